//! `check --webhook-loss`: the pods as they would be without the operator's webhook, as a diff.

use crate::{
    cli::{ExitStatus, inputs::RunInputs, rendered_file, reporter::Reporter},
    operator::Class,
    review::{diff, rules},
    text::write::yaml,
    tree::{Node, Severity, Value, failure::Failure},
};

/// The same object with its keys in order: fields that only moved are no difference.
fn sorted(mut node: Node) -> Node {
    fn sort(node: &mut Node) {
        match &mut node.value {
            Value::Mapping(mapping) => {
                mapping.sort();
                mapping.values_mut().for_each(sort);
            }
            Value::Sequence(items) => items.iter_mut().for_each(sort),
            _ => {}
        }
    }
    sort(&mut node);
    node
}

/// Prints the differences; 1 if there are some.
pub(super) fn run(plan: &RunInputs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    reporter.findings(&plan.diagnostics, &plan.sources);
    if plan.diagnostics.has_errors() {
        return Ok(ExitStatus::Findings);
    }
    let (mut text, mut errors) = (String::new(), false);
    for job in &plan.jobs {
        let settings = &plan.roots[job.root];
        let file = job.input.path.display().to_string();
        let mut unit = rendered_file::inspect_input(&job.input, settings, true, &plan.sources, &mut |inspected, _| {
            if !matches!(inspected.class, Class::SparkApplication | Class::ScheduledSparkApplication) {
                return;
            }
            for pair in rules::webhook_loss(inspected.rendered, &settings.options) {
                let (mut with, mut without) = (String::new(), String::new());
                yaml::write(&sorted(pair.with), &mut with);
                yaml::write(&sorted(pair.without), &mut without);
                let name = format!("{file}: {} {}", pair.role, pair.application);
                let names = [format!("{name} with the webhook"), format!("{name} without the webhook")];
                text.push_str(&diff::unified_covered(&with, &without, &names[0], &names[1]));
            }
        })?;
        // What else is wrong is for `check` to say.
        unit.diagnostics.retain(|item| item.severity == Severity::Error);
        errors |= unit.diagnostics.has_errors();
        reporter.findings(&unit.diagnostics, &unit.sources);
    }
    reporter.terminal.data(text.as_bytes())?;
    Ok(if errors || !text.is_empty() { ExitStatus::Findings } else { ExitStatus::Done })
}
