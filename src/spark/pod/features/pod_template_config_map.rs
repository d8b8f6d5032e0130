//! `PodTemplateConfigMapStep`: the executors' pod template, for the driver to read.

use crate::{
    map, seq,
    spark::pod::{Build, FeatureStep, KubernetesConf, config_map, refused},
    text::write::yaml,
    tree::{Diagnostics, Mapping, Node, Origin, Stage},
};

const NAME: &str = "PodTemplateConfigMapStep";
const TEMPLATE_FILE: &str = "spark.kubernetes.executor.podTemplateFile";
const MOUNT: &str = "/opt/spark/pod-template";
const FILE: &str = "pod-spec-template.yml";

/// The key of the template in its ConfigMap.
pub(crate) const TEMPLATE_KEY: &str = "podspec-configmap-key";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let Some(path) = conf.get(TEMPLATE_FILE) else { return };
    let origin = conf.origin(TEMPLATE_FILE);
    let text = match (conf.local_file(TEMPLATE_FILE), &conf.submission.executor_template) {
        (Some(bytes), _) => Node::from(String::from_utf8_lossy(bytes).into_owned()).at(origin.clone()),
        (None, Some(template)) => {
            let mut text = String::with_capacity(1024);
            yaml::write(template, &mut text);
            Node::from(text).at(Origin::derived(Stage::FeatureStep, NAME, template.origins()))
        }
        (None, None) => {
            diagnostics.push(
                refused(conf, TEMPLATE_FILE, format!("the executor pod template `{path}` cannot be read"))
                    .hint("name a file on the machine that submits"),
            );
            return;
        }
    };
    let name = conf.prefixed_name("-driver-podspec-conf-map", NAME);
    let item = map! { "key" => TEMPLATE_KEY, "path" => FILE };
    let step = Origin::derived(Stage::FeatureStep, NAME, [origin.clone()]);
    let volume = map! {
        "configMap" => map! { "items" => seq![item], "name" => name.clone() },
        "name" => "pod-template-volume",
    };
    build.pod.add_volume(volume.stamped(&step));
    let mount = map! { "mountPath" => MOUNT, "name" => "pod-template-volume" };
    build.pod.add_volume_mount(mount.stamped(&step));
    build.system_properties.set(TEMPLATE_FILE, format!("{MOUNT}/{FILE}"), &origin);
    let mut data = Mapping::new();
    data.insert(TEMPLATE_KEY, text);
    build.resources.push(config_map::named(conf, name, data));
}
