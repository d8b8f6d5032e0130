//! `VolcanoFeatureStep`: the pod joins a PodGroup, which is sent before it.

use crate::{
    map,
    spark::{
        Behaviour,
        pod::{Build, FeatureStep, KubernetesConf, Role, refused},
    },
    tree::{Diagnostics, Mapping, Node},
};

/// The file that a PodGroup starts from.
pub(crate) const TEMPLATE_FILE: &str = "spark.kubernetes.scheduler.volcano.podGroupTemplateFile";

/// The step.
pub(crate) const STEP: FeatureStep =
    FeatureStep { name: "VolcanoFeatureStep", needs: Some(Behaviour::VolcanoFeatureStep), configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let name = Node::from(format!("{}-podgroup", conf.app_id()));
    let mut annotations = Mapping::new();
    annotations.insert("scheduling.k8s.io/group-name", name.clone());
    build.pod.add_to_metadata("annotations", annotations);
    if conf.role != Role::Driver {
        return;
    }
    let mut group = match (conf.get(TEMPLATE_FILE), &conf.submission.pod_group_template) {
        (Some(_), Some(template)) if template.as_mapping().is_some() => template.clone(),
        (Some(path), _) => {
            diagnostics.push(
                refused(conf, TEMPLATE_FILE, format!("the PodGroup template `{path}` cannot be read"))
                    .hint("name a file on the machine that submits"),
            );
            return;
        }
        (None, _) => map! {},
    };
    let namespace = conf.namespace();
    let metadata = group.mapping_at("metadata");
    metadata.insert("name", name);
    metadata.insert("namespace", namespace);
    group.mapping_at("spec");
    let mapping = group.as_mapping_mut().expect("checked above");
    mapping.insert_if_absent("apiVersion", Node::from("scheduling.volcano.sh/v1beta1"));
    mapping.insert_if_absent("kind", "PodGroup");
    build.pre_resources.push(group);
}
