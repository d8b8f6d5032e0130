//! Pod templates: the application's own, or a file that a conf names.

use smol_str::SmolStr;

use super::Context;
use crate::{
    kube, map,
    operator::resolve::ResolvedApplication,
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, Node, Origin, Place, Sourced, Stage, Value},
};

/// Where the operator puts the driver's template, without the random submission id. Only spark-submit reads it.
const DRIVER_FILE: &str = "/tmp/spark/driver-pod-template.yaml";
/// Where Spark mounts the executors' template into the driver (`Constants.scala`:
/// `EXECUTOR_POD_SPEC_TEMPLATE_MOUNTPATH`).
const EXECUTOR_FILE: &str = "/opt/spark/pod-template/pod-spec-template.yml";

/// A role whose pods can have a template.
struct TemplateRole {
    role: &'static str,
    /// The conf that names the file.
    file_key: &'static str,
    /// The conf that names the container of the template that is Spark's.
    container_key: &'static str,
    /// What the operator sets both to.
    file: &'static str,
    container: &'static str,
}

macro_rules! template_role {
    ($role:literal, $file:expr) => {
        TemplateRole {
            role: $role,
            file_key: concat!("spark.kubernetes.", $role, ".podTemplateFile"),
            container_key: concat!("spark.kubernetes.", $role, ".podTemplateContainerName"),
            file: $file,
            container: concat!("spark-kubernetes-", $role),
        }
    };
}

const DRIVER: TemplateRole = template_role!("driver", DRIVER_FILE);
const EXECUTOR: TemplateRole = template_role!("executor", EXECUTOR_FILE);

/// The pod template files that confs of the application name, so that the caller can look for them in its input.
/// A role with a template of its own in the resource does not read a file.
#[must_use]
pub fn template_files(app: &ResolvedApplication) -> Vec<Sourced<String>> {
    let driver = app.spec.driver.as_ref().is_some_and(|driver| driver.template.is_some());
    let executor = app.spec.executor.as_ref().is_some_and(|executor| executor.template.is_some());
    [(DRIVER, driver), (EXECUTOR, executor)]
        .into_iter()
        .filter(|(_, own)| !own)
        .filter_map(|(role, _)| app.spec.spark_conf.as_ref()?.get(role.file_key).cloned())
        .collect()
}

/// Step 14.
pub(crate) fn driver(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) -> Option<Node> {
    let own = context.spec.driver.as_ref().and_then(|driver| driver.template.as_ref());
    template(context, &DRIVER, own, conf, diagnostics)
}

/// Step 20.
pub(crate) fn executor(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) -> Option<Node> {
    let own = context.spec.executor.as_ref().and_then(|executor| executor.template.as_ref());
    template(context, &EXECUTOR, own, conf, diagnostics)
}

/// The operator passes a template always, a skeleton if need be (2.4 and later). A skeleton says nothing, so we
/// pass one only where there is something to say, and so a file of the user's own can be used again.
fn template(
    context: &Context<'_>,
    role: &TemplateRole,
    own: Option<&Node>,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let TemplateRole { role, file_key, container_key, file, container } = *role;
    if let Some(own) = own {
        let origin = Origin::derived(Stage::Operator, format!("{role}.template"), [own.origin.clone()]);
        conf.set(file_key, SmolStr::new_static(file), origin.clone());
        conf.set(container_key, SmolStr::new_static(container), origin);
        return Some(as_pod(own));
    }
    let (path, origin) = conf.entry(file_key).map(|entry| (entry.value.clone(), entry.origin().clone()))?;
    let Some(node) = context.options.template_files.get(path.as_str()) else {
        diagnostics.push(
            Diagnostic::error("pod-template-file", format!("`{path}` is not part of the input"))
                .field(context.app.spec_path().key("sparkConf").key(file_key))
                .at(&origin)
                .hint(format!("put the template into `{}`", context.app.spec_path().key(role).key("template")))
                .hint("put the file beside the application and name it by a relative path"),
        );
        conf.remove(file_key);
        return None;
    };
    let origin = Origin::derived(Stage::Assemble, "pod-template-file", [origin, node.origin.clone()]);
    conf.set(file_key, SmolStr::new_static(file), origin.clone());
    let mut template = as_pod(node).stamped(&origin);
    // A file is read as it is: only here is it known to be a template.
    kube::keep_well_typed(&mut template, "core.v1.Pod", &Place::Root, diagnostics);
    Some(template)
}

/// A template as a Pod, which is what Spark reads.
fn as_pod(template: &Node) -> Node {
    let mut pod = map! {
        "apiVersion" => Node::from("v1").at(&template.origin),
        "kind" => Node::from("Pod").at(&template.origin),
    };
    pod.origin = template.origin.clone();
    if let (Value::Mapping(pod), Some(fields)) = (&mut pod.value, template.as_mapping()) {
        for (key, value) in fields.entries().filter(|(_, value)| !value.is_null()) {
            pod.insert(key.clone(), value.clone());
        }
    }
    pod
}
