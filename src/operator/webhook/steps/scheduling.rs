//! `priorityClassName`, `schedulerName`, `nodeSelector`, `affinity` and `tolerations`.

use super::{list_origin, text_node, text_origin};
use crate::{
    operator::webhook::mutation::{MutatedPod, Mutation, carried},
    tree::{Diagnostic, Node, Origin, Sourced},
};

/// `priorityClassName`.
pub(crate) fn priority_given(mutation: &Mutation<'_>) -> Option<Origin> {
    text_origin(mutation.fields.priority_class_name.as_ref())
}

/// `addPriorityClassName`. Numeric values of a template would contradict the class.
pub(crate) fn priority(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(class) = mutation.fields.priority_class_name.as_ref() {
        target.spec().insert("priorityClassName", text_node(class, "priorityClassName"));
        target.spec().remove("priority");
        target.spec().remove("preemptionPolicy");
    }
}

/// The scheduler that the pods ask for: `spec.batchScheduler`, even an empty one, else the role's `schedulerName`.
pub(crate) fn scheduler_name<'a>(mutation: &Mutation<'a>) -> Option<&'a Sourced<String>> {
    let batch = mutation.app.spec.batch_scheduler.as_ref();
    batch.or(mutation.fields.scheduler_name.as_ref()).filter(|name| !name.is_empty())
}

fn own_scheduler_name<'a>(mutation: &Mutation<'a>) -> Option<&'a Sourced<String>> {
    mutation.fields.scheduler_name.as_ref().filter(|name| !name.is_empty())
}

/// `schedulerName`, `spec.batchScheduler`. What an empty `batchScheduler` overrules is told.
pub(crate) fn scheduler_given(mutation: &Mutation<'_>) -> Option<Origin> {
    scheduler_name(mutation).or(own_scheduler_name(mutation)).map(|name| name.origin.clone())
}

/// `addSchedulerName`.
pub(crate) fn scheduler(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(name) = scheduler_name(mutation) {
        target.spec().insert("schedulerName", text_node(name, "schedulerName"));
    }
    let (Some(own), Some(batch)) = (own_scheduler_name(mutation), &mutation.app.spec.batch_scheduler) else { return };
    if batch.value != own.value {
        let field = mutation.field("schedulerName");
        let empty = if batch.is_empty() { ", though that is empty" } else { "" };
        target.report(
            Diagnostic::warning("overruled-field", format!("`{field}` is overruled by `spec.batchScheduler`{empty}"))
                .field(field)
                .at(&own.origin)
                .label(&batch.origin, "wins")
                .hint("remove one of the two"),
        );
    }
}

/// `nodeSelector`.
pub(crate) fn node_selector_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation
        .fields
        .node_selector
        .as_ref()
        .filter(|selector| !selector.is_empty())
        .map(|selector| selector.origin.clone())
}

/// `addNodeSelectors`.
pub(crate) fn node_selector(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(selector) = mutation.fields.node_selector.as_ref() else { return };
    let pairs = target.node_selector();
    for (key, value) in &selector.value {
        pairs.insert(key, text_node(value, "nodeSelector"));
    }
}

/// `affinity`.
pub(crate) fn affinity_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.affinity.as_ref().map(|affinity: &Node| affinity.origin.clone())
}

/// `addAffinity`.
pub(crate) fn affinity(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    if let Some(affinity) = mutation.fields.affinity.as_ref() {
        target.spec().insert("affinity", carried(affinity, "affinity"));
    }
}

/// `tolerations`.
pub(crate) fn tolerations_given(mutation: &Mutation<'_>) -> Option<Origin> {
    list_origin(mutation.fields.tolerations.as_ref())
}

/// `addTolerations`.
pub(crate) fn tolerations(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let items = mutation.fields.tolerations.as_ref().into_iter().flatten().map(|item| carried(item, "tolerations"));
    target.spec_list("tolerations").extend(items);
}
