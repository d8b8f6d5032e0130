//! `memoryLimit` and `gpu`: limits of Spark's container.

use crate::{
    kube::Quantity,
    operator::{
        since,
        webhook::{
            memory::{bytes, kubernetes_quantity},
            mutation::{MutatedPod, Mutation, webhook},
            role::PodRole,
        },
    },
    tree::{Diagnostic, Node, Origin, Stage, Value},
};

/// `memoryLimit`.
pub(crate) fn memory_limit_given(mutation: &Mutation<'_>) -> Option<Origin> {
    super::text_origin(mutation.fields.memory_limit.as_ref())
}

/// `addMemoryLimit`. Spark overwrites the memory limit of a template, so for executors nothing is done here: see
/// [`crate::operator::webhook::executor_confs`].
pub(crate) fn memory_limit(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(written) = mutation.fields.memory_limit.as_ref() else { return };
    let field = mutation.field("memoryLimit");
    let quantity = kubernetes_quantity(written);
    let Some(size) = bytes(&quantity) else {
        target.report(
            Diagnostic::error("invalid-quantity", format!("`{field}` is no amount of memory: `{}`", written.value))
                .field(field)
                .at(&written.origin)
                .hint("write a number with a unit, such as `2g` or `2Gi`"),
        );
        return;
    };
    if written.ends_with(|letter: char| "KMGTPB".contains(letter)) {
        target.report(
            Diagnostic::warning(
                "operator-differs",
                format!(
                    "`{field}` is read as `{quantity}`; operators before {} refuse a unit in upper case",
                    since::UPPER_CASE_UNITS
                ),
            )
            .field(field.clone())
            .at(&written.origin)
            .hint(format!("write `{quantity}`")),
        );
    }
    if mutation.role == PodRole::Executor {
        return;
    }
    let request = target.container().str_at(&["resources", "requests", "memory"]).map(str::to_owned);
    if let Some(request) = request
        && bytes(&request).is_some_and(|requested| requested > size)
    {
        target.report(
            Diagnostic::error(
                "memory-limit-below-request",
                format!("`{field}` is `{quantity}`, but the driver requests `{request}` of memory"),
            )
            .field(field)
            .at(&written.origin)
            .hint("raise the limit, or lower `memory` or `memoryOverhead`"),
        );
        return;
    }
    target.limits().insert("memory", Node::from(quantity).at(webhook("memoryLimit", &written.origin)));
}

/// `gpu`.
pub(crate) fn gpu_given(mutation: &Mutation<'_>) -> Option<Origin> {
    mutation.fields.gpu.as_ref().map(|gpu| gpu.origin.clone())
}

/// `addGPU`. Without a name or a positive quantity nothing is added.
pub(crate) fn gpu(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(gpu) = mutation.fields.gpu.as_ref() else { return };
    let name = gpu.name.as_ref().filter(|name| !name.is_empty());
    let quantity = gpu.quantity.as_ref().filter(|quantity| quantity.value > 0);
    let (Some(name), Some(quantity)) = (name, quantity) else {
        let field = mutation.field("gpu");
        target.report(
            Diagnostic::warning("no-effect", format!("`{field}` has no effect without a name and a positive quantity"))
                .field(field)
                .at(&gpu.origin)
                .hint("give `name`, such as `nvidia.com/gpu`, and `quantity`, or remove the field"),
        );
        return;
    };
    let origin = Origin::derived(Stage::Webhook, "gpu", [quantity.origin.clone(), name.origin.clone()]);
    let value = Node::from(quantity.value.to_string()).at(origin);
    let replaced = target.limits().insert(&name.value, value.clone());
    if let Some(replaced) = replaced.filter(|replaced| quantity_of(replaced) != quantity_of(&value)) {
        let field = mutation.field("gpu");
        let message = format!("`{field}` wins over the limit `{}` that is set elsewhere", name.value);
        target.report(
            Diagnostic::warning("overruled-field", message)
                .field(field)
                .at(&quantity.origin)
                .label(&replaced.origin, "has no effect")
                .hint("set it in one place"),
        );
    }
}

fn quantity_of(node: &Node) -> Option<i128> {
    match &node.value {
        Value::Number(number) => Quantity::parse(&number.to_string())?.nanos(),
        _ => Quantity::parse(node.as_str()?)?.nanos(),
    }
}
