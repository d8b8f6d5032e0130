//! Rule: dynamic allocation that cannot keep shuffle data (`ExecutorAllocationManager.validateSettings`).

use super::{Check, Rule, Subject};
use crate::{
    spark::Behaviour,
    tree::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "dynamic-allocation-without-tracking",
        summary: "dynamic allocation without a way to keep shuffle data",
        explanation: "There is no external shuffle service on Kubernetes, so Spark refuses dynamic allocation at start unless \
                      shuffle files are tracked, moved when executors are decommissioned, or kept by a reliable shuffle \
                      plugin. From Spark 3.4 on tracking is on by default; before, it has to be asked for. \
                      `spec.dynamicAllocation` asks for it, `sparkConf` alone does not.",
    },
    check: Check::Rendered(check),
};

const TRACKING: &str = "spark.dynamicAllocation.shuffleTracking.enabled";

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let conf = subject.conf;
    let on = |key: &str| conf.get(key).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let Some(enabled) = conf.entry("spark.dynamicAllocation.enabled").filter(|_| on("spark.dynamicAllocation.enabled"))
    else {
        return;
    };
    let tracked = match conf.get(TRACKING) {
        Some(_) => on(TRACKING),
        None => subject.app.spark_version.has(Behaviour::ShuffleTrackingByDefault),
    };
    let moved = on("spark.decommission.enabled") && on("spark.storage.decommission.shuffleBlocks.enabled");
    let plugin = conf.contains("spark.shuffle.manager") || conf.contains("spark.shuffle.sort.io.plugin.class");
    if tracked || moved || plugin || on("spark.shuffle.service.enabled") {
        return;
    }
    let place = conf.entry(TRACKING).unwrap_or(enabled);
    diagnostics.push(
        Diagnostic::warning(
            RULE.doc.code,
            "dynamic allocation has no way to keep shuffle data, so Spark stops while it starts",
        )
        .field(subject.app.spec_path().key("dynamicAllocation"))
        .at(place.origin())
        .hint(format!("set `{TRACKING}: \"true\"`, or use `spec.dynamicAllocation`")),
    );
}
