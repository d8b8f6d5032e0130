//! `JUnit` XML: one suite a file, one case for each object and code; findings below the threshold are its output.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::args::FailOn;
use crate::{
    review::policy::{Suppressed, Suppressor},
    tree::{
        Diagnostic, Diagnostics, Sources,
        display::{self, Form},
        printers::{DiagnosticFormat, render},
    },
};

/// The suite of a file; a file without findings has one case that passes.
pub(super) fn suite(
    file: &str,
    diagnostics: &Diagnostics,
    suppressed: &[Suppressed],
    sources: &Sources,
    fail_on: FailOn,
) -> TestSuite {
    let shown: Vec<Diagnostic> = diagnostics.iter().map(|one| display::diagnostic(one, sources, Form::Text)).collect();
    let (file, diagnostics) = (display::line(file), &shown);
    let mut cases: BTreeMap<(String, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for one in diagnostics {
        cases.entry((class(one, &file), one.code)).or_default().push(one);
    }
    let mut suite = TestSuite::new(&*file);
    if cases.is_empty() {
        suite.add_test_case(case(&file, "check", TestCaseStatus::success()));
    }
    for ((object, code), found) in cases {
        let text = |some: &[&Diagnostic]| render(some.iter().copied(), sources, DiagnosticFormat::Concise, false);
        let (failed, passed): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| fail_on.is_reached_by(one.severity));
        let status = match failed.first() {
            None => TestCaseStatus::success(),
            Some(first) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_type(first.severity.as_str()).set_message(&first.message).set_description(text(&failed));
                status
            }
        };
        let mut case = case(&object, code, status);
        if !passed.is_empty() {
            case.set_system_out(text(&passed));
        }
        suite.add_test_case(case);
    }
    for one in suppressed.iter().filter(|one| one.by != Suppressor::Select) {
        let shown = display::diagnostic(&one.finding, sources, Form::Text);
        let mut status = TestCaseStatus::skipped();
        status.set_message(display::line(one.reason.as_deref().unwrap_or(match one.by {
            Suppressor::Baseline => "in the baseline",
            _ => "ignored",
        })));
        suite.add_test_case(case(&class(&shown, &file), shown.code, status));
    }
    suite
}

/// The object of a finding, else its file.
fn class(one: &Diagnostic, file: &str) -> String {
    one.object.as_ref().map_or_else(
        || file.to_owned(),
        |object| {
            let namespace = object.namespace.as_deref().unwrap_or_default();
            format!("{} {namespace}/{}", object.kind, object.name)
        },
    )
}

fn case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

/// The document.
pub(super) fn document(suites: &[TestSuite]) -> String {
    let mut report = quick_junit::Report::new("spark-render check");
    report.add_test_suites(suites.iter().cloned());
    report.to_string().expect("texts take everything")
}
