//! Rule: less driver memory than Spark starts with (`UnifiedMemoryManager.getMaxMemory`). That of executors is looked
//! at where they are built.

use super::{Check, Rule, Subject};
use crate::{
    spark::size,
    tree::{CodeDoc, Diagnostic, Diagnostics},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "driver-memory-too-small",
        summary: "less driver memory than Spark starts with",
        explanation: "Spark's memory manager stops the driver while it starts when its heap is below one and a half times \
                      the 300 MiB that Spark reserves. `spark.driver.memory` is the heap; the overhead comes on top.",
    },
    check: Check::Rendered(check),
};

const KEY: &str = "spark.driver.memory";

/// One and a half times `RESERVED_SYSTEM_MEMORY_BYTES`.
const LEAST_MIB: i64 = 450;

fn check(subject: &Subject<'_>, diagnostics: &mut Diagnostics) {
    let Some(entry) = subject.conf.entry(KEY).filter(|_| !subject.conf.contains("spark.testing.reservedMemory")) else {
        return;
    };
    let Ok(size) = size::mib_for(&entry.value, &subject.app.spark_version) else { return };
    if size < LEAST_MIB {
        diagnostics.push(
            Diagnostic::warning(
                RULE.doc.code,
                format!("driver memory of {size} MiB is less than {LEAST_MIB} MiB, so Spark stops while it starts"),
            )
            .field(subject.app.spec_path().key("driver").key("memory"))
            .at(entry.origin())
            .hint("raise `driver.memory` to `512m` or more"),
        );
    }
}
