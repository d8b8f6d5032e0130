//! The driver's PodDisruptionBudget (operator master; flag `--enable-driver-pdb` and the application's own field).

use super::Context;
use crate::{
    map,
    operator::rule,
    tree::{Diagnostic, Diagnostics, Node},
};

/// The budget, where flag and field ask for it.
pub(crate) fn budget(context: Context<'_>, pod_name: &Node, diagnostics: &mut Diagnostics) -> Option<Node> {
    let wanted = context.application.spec.driver_pod_disruption_budget.as_ref().filter(|wanted| wanted.value)?;
    if !context.flags.driver_pdb {
        diagnostics.push(
            Diagnostic::warning(
                "operator-option-off",
                "`driverPodDisruptionBudget` has no effect without the operator's `--enable-driver-pdb`",
            )
            .field(context.application.spec_path().key("driverPodDisruptionBudget"))
            .at(&wanted.origin)
            .hint("set `operator.driverPdb: true` in the configuration"),
        );
        return None;
    }
    let budget = map! {
        "apiVersion" => "policy/v1",
        "kind" => "PodDisruptionBudget",
        "metadata" => map! { "name" => pod_name.clone(), "labels" => context.labels() },
        "spec" => map! {
            "minAvailable" => 1,
            "selector" => map! { "matchLabels" => context.driver_selector() },
        },
    };
    Some(budget.stamped(&rule::operator("driverPodDisruptionBudget", [wanted.origin.clone()])))
}
