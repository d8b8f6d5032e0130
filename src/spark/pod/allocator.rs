//! Who makes the executor pods: the driver itself, a StatefulSet, or a Deployment
//! (`AbstractPodsAllocator` and its implementations).

use super::{KubernetesConf, owner_reference, refused};
use crate::spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL};
use crate::{
    map,
    spark::Behaviour,
    tree::{Diagnostic, Diagnostics, Mapping, Node, Origin, Stage},
};

/// The conf that names the allocator.
pub(crate) const KEY: &str = "spark.kubernetes.allocation.pods.allocator";
/// The id in the pod template of a controller.
pub(crate) const TEMPLATE_ID: &str = "EXECID";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const DELETION_COST_CONF: &str = "spark.kubernetes.executor.podDeletionCost";

/// An allocator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allocator {
    /// `ExecutorPodsAllocator`: one pod at a time.
    Direct,
    /// `StatefulSetPodsAllocator`.
    StatefulSet,
    /// `DeploymentPodsAllocator`.
    Deployment,
}

impl Allocator {
    /// The allocator in force; one that this Spark does not have is refused. Before 3.3 the conf means nothing.
    pub(crate) fn of(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Self {
        let Some(word) = conf.get(KEY).filter(|_| conf.has(Behaviour::StatefulSetAllocator)) else {
            return Self::Direct;
        };
        match word {
            "direct" => Self::Direct,
            "statefulset" => Self::StatefulSet,
            "deployment" if conf.has(Behaviour::DeploymentAllocator) => Self::Deployment,
            class if class.contains('.') => {
                diagnostics.push(
                    Diagnostic::warning("custom-pods-allocator", format!("executors are made by the class `{class}`"))
                        .at(conf.origin(KEY))
                        .hint("expect the pods to differ from the preview, which shows what `direct` would make"),
                );
                Self::Direct
            }
            _ => {
                let (version, known) = (conf.version(), Self::known_words(conf));
                let message = format!("Spark {version} has no pods allocator `{word}`, so the driver stops");
                diagnostics.push(refused(conf, KEY, message).hint(format!("use {known}")));
                Self::Direct
            }
        }
    }

    fn known_words(conf: &KubernetesConf<'_>) -> &'static str {
        if conf.has(Behaviour::DeploymentAllocator) {
            "`direct`, `statefulset` or `deployment`"
        } else {
            "`direct` or `statefulset`"
        }
    }
}

/// The controller around the pod template `pod` (built with [`TEMPLATE_ID`]) and its OnDemand claims.
pub(crate) fn controller(
    conf: &KubernetesConf<'_>,
    allocator: Allocator,
    mut pod: Node,
    claims: Vec<Node>,
    replicas: u32,
    diagnostics: &mut Diagnostics,
) -> Node {
    let (kind, letter) = match allocator {
        Allocator::Deployment => ("Deployment", 'd'),
        Allocator::Direct | Allocator::StatefulSet => ("StatefulSet", 's'),
    };
    let rule = format!("{kind}PodsAllocator");
    let mut spec = Mapping::new();
    if allocator == Allocator::StatefulSet {
        spec.insert("podManagementPolicy", "Parallel");
    }
    spec.insert("replicas", i64::from(replicas));
    let labels = map! {
        APP_SELECTOR_LABEL => conf.app_id_node(), ROLE_LABEL => "executor", "spark-exec-resourceprofile-id" => "0",
    };
    spec.insert("selector", map! { "matchLabels" => labels });
    let mut claim_templates = Vec::new();
    if allocator == Allocator::Deployment {
        refuse_claims(conf, &pod, &claims, diagnostics);
        let metadata = pod.mapping_at("metadata");
        if metadata.get("annotations").is_none_or(Node::is_null) {
            metadata.insert("annotations", Mapping::new());
        }
        let annotations = metadata.get_mut("annotations").and_then(Node::as_mapping_mut).expect("made above");
        annotations.insert_if_absent(DELETION_COST, "0");
    } else {
        claim_templates = claims.into_iter().map(|claim| claim_template(&mut pod, claim)).collect();
    }
    let part = |key: &str| pod.get(key).cloned().unwrap_or_default();
    spec.insert("template", map! { "metadata" => part("metadata"), "spec" => part("spec") });
    if !claim_templates.is_empty() {
        spec.insert("volumeClaimTemplates", Node::new(claim_templates));
    }
    let object = map! {
        "apiVersion" => "apps/v1",
        "kind" => kind,
        "metadata" => map! {
            "name" => format!("spark-{letter}-{}-0", conf.app_id()),
            "namespace" => conf.namespace(),
            "ownerReferences" => vec![owner_reference(conf.driver_pod_name())],
        },
        "spec" => Node::new(spec),
    };
    object.stamped(&Origin::derived(Stage::FeatureStep, rule, [conf.origin(KEY)]))
}

/// A StatefulSet names claims after their volumes and adds these itself: the volume leaves the pod.
fn claim_template(pod: &mut Node, mut claim: Node) -> Node {
    let claim_name = claim.str_at(&["metadata", "name"]).unwrap_or_default().to_owned();
    let volumes = pod.get_mut("spec").map(|spec| spec.sequence_at("volumes")).expect("executor pods have a spec");
    let refers = |volume: &Node| volume.str_at(&["persistentVolumeClaim", "claimName"]) == Some(&claim_name);
    if let Some(index) = volumes.iter().position(refers) {
        let volume = volumes.remove(index);
        if let Some(name) = volume.get("name") {
            claim.mapping_at("metadata").insert("name", name.clone());
        }
    }
    claim
}

fn refuse_claims(conf: &KubernetesConf<'_>, pod: &Node, claims: &[Node], diagnostics: &mut Diagnostics) {
    let volumes = pod.at_keys(&["spec", "volumes"]).and_then(Node::as_sequence).unwrap_or_default();
    let mounted = volumes.iter().find_map(|volume| volume.get("persistentVolumeClaim"));
    if mounted.is_some() || !claims.is_empty() {
        let message = "PersistentVolumeClaims are not supported with the deployment allocator, so the driver stops";
        let mut diagnostic =
            refused(conf, KEY, message).hint("use the allocator `direct` or `statefulset`, or remove the claims");
        if let Some(claim) = mounted {
            diagnostic = diagnostic.label(&claim.origin, "the claim is used here");
        }
        diagnostics.push(diagnostic);
    }
    let dynamic = "spark.dynamicAllocation.enabled";
    if conf.boolean(dynamic, false, diagnostics) && !conf.contains(DELETION_COST_CONF) {
        let message = format!(
            "dynamic allocation with the deployment allocator needs `{DELETION_COST_CONF}`, so the driver stops"
        );
        diagnostics.push(refused(conf, dynamic, message).hint(format!("set `{DELETION_COST_CONF}`")));
    }
}

/// Who owns the claims that come with an executor: the driver (by default from 3.4), else the executor.
pub(crate) fn own_claims(
    conf: &KubernetesConf<'_>,
    claims: &mut [Node],
    executor_name: &Node,
    diagnostics: &mut Diagnostics,
) {
    const OWN: &str = "spark.kubernetes.driver.ownPersistentVolumeClaim";
    let by_default = conf.has(Behaviour::DriverOwnsClaimsByDefault);
    let driver_owns = conf.has(Behaviour::DriverMayOwnClaims) && conf.boolean(OWN, by_default, diagnostics);
    for claim in claims {
        let owner = if driver_owns { conf.driver_pod_name() } else { executor_name.clone() };
        let origin = Origin::derived(Stage::FeatureStep, "ExecutorPodsAllocator", [conf.origin(OWN)]);
        let owners = Node::from(vec![owner_reference(owner)]).stamped(&origin);
        claim.mapping_at("metadata").insert("ownerReferences", owners);
    }
}
