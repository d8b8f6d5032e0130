//! `LocalDirsFeatureStep`: scratch space, and `SPARK_LOCAL_DIRS`.

use std::borrow::Cow;

use crate::{
    map,
    spark::pod::{Build, FeatureStep, KubernetesConf},
    tree::{Diagnostics, Node, Origin, Stage},
};

const NAME: &str = "LocalDirsFeatureStep";
const KEY: &str = "spark.local.dir";

/// The step.
pub(crate) const STEP: FeatureStep = FeatureStep { name: NAME, needs: None, configure };

fn configure(conf: &KubernetesConf<'_>, build: &mut Build, diagnostics: &mut Diagnostics) {
    let mounted: Vec<Node> = build
        .pod
        .container()
        .get("volumeMounts")
        .and_then(Node::as_sequence)
        .unwrap_or_default()
        .iter()
        .filter(|mount| mount.str_at(&["name"]).is_some_and(|name| name.starts_with("spark-local-dir-")))
        .filter_map(|mount| mount.get("mountPath").cloned())
        .collect();
    if !mounted.is_empty() {
        let paths: Vec<&str> = mounted.iter().filter_map(Node::as_str).collect();
        let origin = Origin::derived(Stage::FeatureStep, NAME, mounted.iter().map(|path| path.origin.clone()));
        build.pod.add_env("SPARK_LOCAL_DIRS", Node::from(paths.join(",")).at(origin));
        return;
    }
    let identity = &conf.submission.identity;
    let key = conf.origin(KEY);
    let step = Origin::derived(Stage::FeatureStep, NAME, [key.clone()]);
    let (dirs, origin) = match (&conf.local_dirs, conf.get(KEY)) {
        (Some((dirs, origin)), _) => {
            (Cow::Borrowed(dirs.as_str()), Origin::derived(Stage::FeatureStep, NAME, [origin.clone()]))
        }
        (None, Some(dirs)) => (Cow::Borrowed(dirs), step.clone()),
        (None, None) => {
            let inputs = [key, identity.origin.clone()];
            let dir = format!("/var/data/spark-{}", identity.local_dir_uuid);
            (Cow::Owned(dir), Origin::derived(Stage::FeatureStep, NAME, inputs))
        }
    };
    let tmpfs_key = "spark.kubernetes.local.dirs.tmpfs";
    let tmpfs = conf.boolean(tmpfs_key, false, diagnostics);
    // `String.split` drops empty texts at the end.
    let dirs = dirs.trim_end_matches(',');
    for (index, dir) in dirs.split(',').enumerate() {
        let name = Node::from(format!("spark-local-dir-{}", index + 1));
        let source = if tmpfs {
            map! { "medium" => Node::from("Memory").at(conf.origin(tmpfs_key)) }
        } else {
            map! {}
        };
        build.pod.add_volume(map! { "emptyDir" => source, "name" => name.clone() }.stamped(&step));
        let path = Node::text(dir).at(&origin);
        build.pod.add_volume_mount(map! { "mountPath" => path, "name" => name }.stamped(&step));
    }
    build.pod.add_env("SPARK_LOCAL_DIRS", Node::text(dirs).at(origin));
}
