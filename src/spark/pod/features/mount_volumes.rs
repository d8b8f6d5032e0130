//! `MountVolumesFeatureStep`: the volumes of the confs, and the PVCs that Spark makes for them.

use std::collections::BTreeMap;

use crate::map;
use crate::seq;
use crate::spark::Behaviour;
use crate::spark::names::APP_SELECTOR_LABEL;
use crate::spark::pod::Build;
use crate::spark::pod::FeatureStep;
use crate::spark::pod::KubernetesConf;
use crate::spark::pod::Role;
use crate::spark::pod::VolumeSource;
use crate::spark::pod::VolumeSpec;
use crate::spark::pod::kubernetes_conf::role_key;
use crate::spark::pod::refused;
use crate::spark::pod::volumes;
use crate::tree::Diagnostics;
use crate::tree::Mapping;
use crate::tree::Node;
use crate::tree::Origin;
use crate::tree::Stage;

const NAME: &str = "MountVolumesFeatureStep";
const ACCESS_MODE: &str = "spark.kubernetes.legacy.useReadWriteOnceAccessMode";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let specs = volumes::parse(conf, role_key!(conf, "volumes."), diagnostics);
    report_duplicated_paths(conf, &specs, diagnostics);
    for (index, spec) in specs.iter().enumerate() {
        let mut volume = map! { "name" => spec.name.clone() };
        let (field, source) = source(conf, spec, index, build);
        volume.as_mapping_mut().expect("made by map!").insert(field, source);
        build.pod.add_volume(volume.stamped(&spec.origin));
        build.pod.add_volume_mount(mount(conf, spec));
    }
}

fn mount(conf: &KubernetesConf<'_>, spec: &VolumeSpec) -> Node {
    let mut mount = map! {
        "mountPath" => spec.mount_path.clone(),
        "name" => spec.name.clone(),
        "readOnly" => spec.read_only.clone(),
        "subPath" => spec.sub_path.clone(),
    };
    if conf.has(Behaviour::SubPathExpr) {
        mount.as_mapping_mut().expect("made by map!").insert("subPathExpr", spec.sub_path_expr.clone());
    }
    mount.stamped(&spec.origin)
}

fn source(conf: &KubernetesConf<'_>, spec: &VolumeSpec, index: usize, build: &mut Build) -> (&'static str, Node) {
    match &spec.source {
        VolumeSource::HostPath { path, kind } => ("hostPath", map! { "path" => path.clone(), "type" => kind.clone() }),
        VolumeSource::EmptyDir { medium, size_limit } => {
            let mut source = map! { "medium" => medium.clone() };
            if let Some(size) = size_limit {
                source.as_mapping_mut().expect("made by map!").insert("sizeLimit", size.clone());
            }
            ("emptyDir", source)
        }
        VolumeSource::Nfs { path, server } => ("nfs", map! { "path" => path.clone(), "server" => server.clone() }),
        VolumeSource::PersistentVolumeClaim { claim_name, storage_class, size_limit, labels, annotations } => {
            let name = claim(conf, claim_name, index);
            if let (Some(class), Some(size)) = (storage_class, size_limit) {
                let claim = persistent_volume_claim(conf, &name, class, size, labels, annotations);
                // With both a claim is made, whatever its name.
                let inputs = [class.origin.clone(), size.origin.clone()];
                build.resources.push(claim.stamped(&Origin::derived(Stage::FeatureStep, NAME, inputs)));
            }
            let source = map! { "claimName" => name, "readOnly" => spec.read_only.clone() };
            ("persistentVolumeClaim", source)
        }
    }
}

/// The claim's name: `OnDemand` becomes a name of the pod's own, `SPARK_EXECUTOR_ID` the executor's id.
fn claim(conf: &KubernetesConf<'_>, template: &Node, index: usize) -> Node {
    let text = template.as_str().unwrap_or_default();
    let prefix = conf.resource_name_prefix();
    let name = match &conf.role {
        Role::Driver => text.replace("OnDemand", &format!("{prefix}-driver-pvc-{index}")),
        Role::Executor { id } => {
            text.replace("OnDemand", &format!("{prefix}-exec-{id}-pvc-{index}")).replace("SPARK_EXECUTOR_ID", id)
        }
    };
    if !text.contains("OnDemand") {
        return Node::from(name).at(template.origin.clone());
    }
    let inputs = [template.origin.clone(), conf.resource_name_origin()];
    Node::from(name).at(Origin::derived(Stage::FeatureStep, NAME, inputs))
}

fn persistent_volume_claim(
    conf: &KubernetesConf<'_>,
    name: &Node,
    class: &Node,
    size: &Node,
    labels: &Mapping,
    annotations: &Mapping,
) -> Node {
    let mut metadata = map! { "name" => name.clone() };
    let mut all_labels = labels.clone();
    if conf.has(Behaviour::SelectorLabelOnResources) {
        all_labels.insert(APP_SELECTOR_LABEL, conf.app_id_node());
    }
    let entries = metadata.as_mapping_mut().expect("made by map!");
    for (field, values) in [("labels", all_labels), ("annotations", annotations.clone())] {
        if !values.is_empty() {
            entries.insert(field, values);
        }
    }
    let legacy = match conf.get(ACCESS_MODE).filter(|_| conf.has(Behaviour::ReadWriteOnceConf)) {
        Some(flag) => flag.trim().eq_ignore_ascii_case("true"),
        None => !conf.has(Behaviour::ReadWriteOncePod),
    };
    let mode = if legacy { "ReadWriteOnce" } else { "ReadWriteOncePod" };
    map! {
        "apiVersion" => "v1",
        "kind" => "PersistentVolumeClaim",
        "metadata" => metadata,
        "spec" => map! {
            "accessModes" => seq![mode],
            "resources" => map! { "requests" => map! { "storage" => size.clone() } },
            "storageClassName" => class.clone(),
        },
    }
}

fn report_duplicated_paths(conf: &KubernetesConf<'_>, specs: &[VolumeSpec], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &VolumeSpec> = BTreeMap::new();
    let name = |spec: &VolumeSpec| spec.name.as_str().unwrap_or_default().to_owned();
    for spec in specs {
        let path = spec.mount_path.as_str().unwrap_or_default();
        if let Some(first) = seen.insert(path, spec) {
            diagnostics.push(
                refused(
                    conf,
                    "",
                    format!("volumes `{}` and `{}` have the same mount path `{path}`", name(first), name(spec)),
                )
                .at(spec.mount_path.origin.clone())
                .label(first.mount_path.origin.clone(), "first given here")
                .hint("mount them at different paths"),
            );
        }
    }
}
