//! The driver's Service and the executors' NetworkPolicy select as [`Selection`] says, and are named after it. Spark
//! selects by all labels of the driver, its random application id among them.

use super::{properties, stable_names::Renames};
use crate::{
    map,
    operator::{companions::Selection, names::APP_NAME_LABEL, rule},
    render::driver_objects::DriverObjects,
    seq,
    spark::{SparkConf, names::APP_SELECTOR_LABEL},
    tree::{Node, Sourced},
};

/// The kinds that select pods, and what their names end in.
const SELECTING: &[(&str, &str)] = &[("Service", "driver-svc"), ("NetworkPolicy", "policy")];

/// By the name of `application`, as its driver and the executors of `conf` bear it. A driver without that label gets it.
pub(crate) fn by_application(pod: &mut Node, conf: &SparkConf, application: &Sourced<String>) -> Selection {
    let own = Node::from(&application.value).at(rule::render("selectors", [application.origin.clone()]));
    pod.mapping_at("metadata").insert_if_absent("labels", map! {});
    let labels = pod.get_mut("metadata").expect("made above").mapping_at("labels");
    labels.insert_if_absent(APP_NAME_LABEL, own.clone());
    let name = labels.get(APP_NAME_LABEL).filter(|label| label.as_str().is_some()).map_or(own, derived);
    let executors = conf.node(&format!("spark.kubernetes.executor.label.{APP_NAME_LABEL}"));
    let executors = executors.filter(|executors| *executors != name).as_ref().map(derived);
    Selection::Application { name, executors }
}

/// By the application id of the driver `pod`; the names of its objects end in `suffix`.
pub(crate) fn by_run(pod: &Node, suffix: Node) -> Option<Selection> {
    let app_id = pod.at_keys(&["metadata", "labels", APP_SELECTOR_LABEL])?;
    Some(Selection::Run { app_id: derived(app_id), suffix })
}

fn derived(label: &Node) -> Node {
    label.clone().at(rule::render("selectors", [label.origin.clone()]))
}

/// Lets the objects of `parts` select by `selection`, and names them by it, also where `conf` does.
pub(crate) fn apply(
    parts: &mut DriverObjects,
    conf: &mut SparkConf,
    application: &Sourced<String>,
    selection: &Selection,
) {
    let mut renames = Renames::default();
    for object in parts.objects_mut() {
        let kind = object.str_at(&["kind"]);
        let Some((_, what)) = SELECTING.iter().find(|(selecting, _)| kind == Some(selecting)) else { continue };
        select(object, selection);
        match selection {
            // What a name that stays is labelled with stays too.
            Selection::Application { .. } => drop_app_id(object),
            Selection::Run { .. } => {
                let origin = rule::render("stable-names", [application.origin.clone()]);
                renames.rename(object, selection.name(application, what, origin));
            }
        }
    }
    properties::rename(conf, &renames);
}

fn select(object: &mut Node, selection: &Selection) {
    let origin = rule::render("selectors", []);
    if object.str_at(&["kind"]) == Some("Service") {
        object.mapping_at("spec").insert("selector", selection.driver().stamped(&origin));
        return;
    }
    let Some(spec) = object.get_mut("spec").and_then(Node::as_mapping_mut) else { return };
    let peer = |labels: Node| map! { "podSelector" => map! { "matchLabels" => labels } }.stamped(&origin);
    let peers: Vec<Node> = selection.all().into_iter().map(peer).collect();
    spec.insert("ingress", seq![map! { "from" => peers }].stamped(&origin));
    spec.insert("podSelector", map! { "matchLabels" => selection.executors() }.stamped(&origin));
}

fn drop_app_id(object: &mut Node) {
    let labels = object.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    if let Some(labels) = labels.and_then(Node::as_mapping_mut) {
        labels.remove(APP_SELECTOR_LABEL);
    }
}
