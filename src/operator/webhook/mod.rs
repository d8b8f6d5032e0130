//! The mutations of the operator's pod webhook, in its order, done ahead of time: on the finished driver pod,
//! and on the template that Spark in the driver builds executors from.

mod base_template;
mod codes;
pub(crate) mod env;
#[cfg(test)]
mod equivalence;
mod executor;
mod executor_confs;
mod executor_env;
mod memory;
mod mutation;
mod role;
mod step;
mod steps;
mod unique;
mod without_templates;

pub(crate) use codes::CODES;
pub(crate) use executor::ConfChange;
pub use executor::{ExecutorTemplate, executor_template};
pub(crate) use role::PodRole;
pub use step::STEPS;
pub(crate) use step::Step;

use std::collections::BTreeSet;

use self::mutation::{MutatedPod, Mutation};
use super::resolve::ResolvedApplication;
use crate::tree::{Diagnostic, Diagnostics, Mapping, Node, Origin};

/// A field that reaches the pods through the webhook only.
#[derive(Debug, Clone)]
pub(crate) struct WebhookField {
    /// `driver` or `executor`.
    pub role: &'static str,
    /// The field of the role, or of the spec.
    pub field: &'static str,
    /// Whether the field is one of the spec, which both roles get.
    pub of_spec: bool,
    /// Its place.
    pub origin: Origin,
}

/// The fields of `app` that only the webhook applies, in the webhook's order, the driver's first.
#[must_use]
pub(crate) fn webhook_fields(app: &ResolvedApplication) -> Vec<WebhookField> {
    let mut fields = Vec::new();
    for role in [PodRole::Driver, PodRole::Executor] {
        let mutation = Mutation::new(app, role);
        fields.extend(STEPS.iter().filter_map(|step| {
            let (role, origin) = (role.key(), lost(step, &mutation)?);
            Some(WebhookField { role, field: step.field, of_spec: step.is_of_spec(), origin })
        }));
    }
    fields
}

/// The place of what the pod lacks without the step, if it lacks anything.
fn lost(step: &Step, mutation: &Mutation<'_>) -> Option<Origin> {
    let is_empty = |context: Option<&Node>| context.and_then(Node::as_mapping).is_none_or(Mapping::is_empty);
    match step.field {
        "volumeMounts" => steps::volumes::added(mutation),
        "securityContext" if is_empty(mutation.fields.security_context.as_ref()) => None,
        "podSecurityContext" if is_empty(mutation.fields.pod_security_context.as_ref()) => None,
        "schedulerName" => steps::scheduling::scheduler_name(mutation).map(|name| name.origin.clone()),
        _ => step.given(mutation),
    }
}

/// Applies all steps to the finished driver pod; afterwards every keyed list has one entry per key.
#[must_use]
pub fn driver(app: &ResolvedApplication, pod: Node, diagnostics: &mut Diagnostics) -> Node {
    let mutation = Mutation::new(app, PodRole::Driver);
    let Some(container) = spark_container(&mutation, &pod, diagnostics) else { return pod };
    let mut target = MutatedPod::new(pod, container, diagnostics);
    step::run(&mutation, &mut target);
    unique::lists(&mutation, &mut target);
    mounts_have_volumes(&mutation, &mut target);
    target.pod
}

/// Spark's container: the one with Spark's name, else the last, since Spark puts its own container behind those
/// of a template.
fn spark_container(mutation: &Mutation<'_>, pod: &Node, diagnostics: &mut Diagnostics) -> Option<usize> {
    let containers = pod.at_keys(&["spec", "containers"])?.as_sequence()?;
    let name = PodRole::Driver.container_name();
    let named = containers.iter().position(|container| container.str_at(&["name"]) == Some(name));
    let index = named.or(containers.len().checked_sub(1))?;
    let others = containers.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    operators_choice(mutation, &containers[index], others, diagnostics);
    Some(index)
}

/// The operator looks for the first container of a fixed name, else changes the first one (`findContainer`). Spark keeps
/// the name that a template gives to its container and puts it behind the others.
fn operators_choice<'n>(
    mutation: &Mutation<'_>,
    spark: &Node,
    others: impl Iterator<Item = &'n Node>,
    diagnostics: &mut Diagnostics,
) {
    let wanted = mutation.role.container_name();
    let name_of = |container: &'n Node| container.str_at(&["name"]).unwrap_or_default();
    let is_looked_for = |name: &str| name == wanted || (mutation.role == PodRole::Executor && name == "executor");
    let others: Vec<&str> = others.map(name_of).collect();
    let name = spark.str_at(&["name"]).unwrap_or(wanted);
    let named = others.iter().find(|name| is_looked_for(name));
    let (which, other, hint) = match (named, others.first()) {
        (Some(other), _) => {
            ("the first container of a name that it knows", *other, format!("rename container `{other}`"))
        }
        (None, Some(other)) if !is_looked_for(name) => {
            ("the first container", *other, format!("name Spark's container `{wanted}` in the pod template"))
        }
        _ => return,
    };
    let Some(given) = step::STEPS.iter().find_map(|step| step.given(mutation)) else { return };
    diagnostics.push(
        Diagnostic::warning(
            "operator-differs",
            format!("Spark runs in container `{name}`; the operator would change {which}, `{other}`, instead"),
        )
        .field(mutation.field("template"))
        .at(given)
        .hint(hint),
    );
}

/// The API server refuses a pod with a mount whose volume is missing.
fn mounts_have_volumes(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let pod = &target.pod;
    let volumes: BTreeSet<&str> = steps::volumes::volumes(pod).collect();
    let diagnostics = &mut *target.diagnostics;
    for list in ["initContainers", "containers"] {
        for container in pod.at_keys(&["spec", list]).and_then(Node::as_sequence).unwrap_or_default() {
            for mount in container.get("volumeMounts").and_then(Node::as_sequence).unwrap_or_default() {
                let missing = |name: &&str| !volumes.contains(name);
                let Some(name) = mount.str_at(&["name"]).filter(missing) else { continue };
                let container = container.str_at(&["name"]).unwrap_or_default();
                diagnostics.push(
                    Diagnostic::error(
                        "volume-not-found",
                        format!("container `{container}` mounts `{name}`, but the pod has no such volume"),
                    )
                    .field(mutation.field("volumeMounts"))
                    .at(&mount.origin)
                    .hint(format!("add `{name}` to `spec.volumes`")),
                );
            }
        }
    }
}
