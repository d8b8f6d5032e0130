//! `KubernetesUtils.loadPodFromTemplate`: a pod template becomes the [`SparkPod`] to start from.

use super::{
    KubernetesConf, Role, SparkPod, kubernetes_conf::role_key, refused, template_fields,
    template_survival::client_model,
};
use crate::{
    kube::{self, DroppedField, SECURITY_UNSUPPORTED},
    spark::Behaviour,
    tree::{Diagnostic, Diagnostics, Node, Place, Value},
};

/// The code of fields that a driver's Spark loses.
pub(crate) const TEMPLATE_FIELD_DROPPED: &str = "template-field-dropped";

/// The pod to start from: of the role's template, or an empty one. A template that Spark cannot use is reported.
pub(crate) fn initial_pod(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> SparkPod {
    let template = match conf.role {
        Role::Driver => &conf.submission.driver_template,
        Role::Executor { .. } => &conf.submission.executor_template,
    };
    let file_key = role_key!(conf, "podTemplateFile");
    let Some(template) = template.as_ref().filter(|_| conf.contains(file_key)) else {
        return SparkPod::initial();
    };
    let kind = template.str_at(&["kind"]);
    if template.as_mapping().is_none() || kind.is_some_and(|kind| kind != "Pod") {
        let what = kind.map_or_else(|| "no object".to_owned(), |kind| format!("a `{kind}`"));
        diagnostics.push(
            refused(conf, file_key, format!("the {} pod template is {what}, not a `Pod`", conf.role.word()))
                .hint("write a Pod: `apiVersion: v1`, `kind: Pod`, `spec: …`"),
        );
        return SparkPod::initial();
    }
    if template.get("spec").is_none_or(|spec| spec.as_mapping().is_none()) {
        diagnostics.push(
            refused(conf, file_key, format!("the {} pod template has no `spec`", conf.role.word()))
                .at(template.origin.clone())
                .hint("write `spec: {}` at least"),
        );
        return SparkPod::initial();
    }
    // Without the key the client has an empty list, with a null it has none.
    if let Some(containers) = template.at_keys(&["spec", "containers"]).filter(|containers| containers.is_null()) {
        let message = format!("`containers` of the {} pod template is null, on which Spark ends", conf.role.word());
        diagnostics.push(
            refused(conf, file_key, message)
                .at(containers.origin.clone())
                .hint("write `containers: []`, or remove the key"),
        );
        return SparkPod::initial();
    }
    let mut pod = template.clone();
    let mapping = pod.as_mapping_mut().expect("checked above");
    mapping.insert_if_absent("apiVersion", "v1");
    mapping.insert_if_absent("kind", "Pod");
    drop_unknown_fields(conf, &mut pod, diagnostics);
    normalise(&mut pod, conf.has(Behaviour::EmptyMapsOmitted));
    kube::keep_well_typed(&mut pod, "core.v1.Pod", &Place::Root, diagnostics);
    replace_namespace(conf, file_key, &mut pod, diagnostics);
    select_spark_container(conf, pod)
}

/// The driver's client builds executors from what its own model knows; older clients drop the rest without a word.
fn drop_unknown_fields(conf: &KubernetesConf<'_>, pod: &mut Node, diagnostics: &mut Diagnostics) {
    let Some(model) = client_model(conf.version()).filter(|_| conf.role != Role::Driver) else { return };
    for DroppedField { path, origin, secures } in kube::drop_unknown_fields(pod, model) {
        let version = conf.version();
        diagnostics.push(
            Diagnostic::warning(
                if secures { SECURITY_UNSUPPORTED } else { TEMPLATE_FIELD_DROPPED },
                format!(
                    "executors lack `{path}` of their template: Spark {version} knows the fields of Kubernetes {model}"
                ),
            )
            .field(path)
            .at(origin)
            .hint(format!(
                "use Spark {} or newer, which carries every field",
                Behaviour::UnknownTemplateFieldsKept.first()
            )),
        );
    }
}

/// `selectSparkContainer`: the one of the conf's name, else the first; the others stay in the pod.
fn select_spark_container(conf: &KubernetesConf<'_>, mut pod: Node) -> SparkPod {
    let wanted = conf.get(role_key!(conf, "podTemplateContainerName"));
    let spec = pod.get_mut("spec").expect("checked by the caller");
    let containers = spec.sequence_at("containers");
    let named = |container: &Node| wanted.is_some() && container.str_at(&["name"]) == wanted;
    let unique = containers.iter().filter(|container| named(container)).count() == 1;
    let position = if unique { containers.iter().position(named) } else { None };
    let container = if containers.is_empty() {
        crate::map! {}
    } else {
        containers.remove(position.unwrap_or(0))
    };
    SparkPod::new(pod, container)
}

/// A template's namespace: replaced from 3.4, refused before if it is another.
fn replace_namespace(conf: &KubernetesConf<'_>, file_key: &str, pod: &mut Node, diagnostics: &mut Diagnostics) {
    let namespace = conf.namespace();
    let Some(written) = pod.get_mut("metadata").and_then(|metadata| metadata.get_mut("namespace")) else { return };
    if conf.has(Behaviour::TemplateNamespaceReplaced) {
        *written = namespace;
    } else if *written != namespace {
        let message = format!(
            "the {} pod template is in namespace `{}`, the application in `{}`",
            conf.role.word(),
            written.as_str().unwrap_or_default(),
            namespace.as_str().unwrap_or_default()
        );
        diagnostics.push(
            refused(conf, file_key, message)
                .at(written.origin.clone())
                .label(namespace.origin, "the application's namespace")
                .hint("remove `metadata.namespace` from the template"),
        );
    }
}

/// What Spark's Kubernetes client makes of any object that it reads: nulls and empty lists are gone, empty maps
/// too from 3.4, text fields are text and integer fields integers.
fn normalise(node: &mut Node, omit_empty_maps: bool) {
    match &mut node.value {
        Value::Mapping(mapping) => {
            mapping.retain(|key, value| {
                normalise(value, omit_empty_maps);
                template_fields::coerce(key, value);
                match &value.value {
                    Value::Null => false,
                    Value::Sequence(items) => !items.is_empty() || key == "containers",
                    Value::Mapping(entries) => {
                        !(omit_empty_maps && entries.is_empty() && template_fields::is_string_map(key))
                    }
                    _ => true,
                }
            });
        }
        Value::Sequence(items) => {
            items.retain(|item| !item.is_null());
            for item in items {
                normalise(item, omit_empty_maps);
            }
        }
        _ => {}
    }
}
