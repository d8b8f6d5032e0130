//! Robustness over a folder of real files, which are not part of the project: `SPARK_RENDER_FOLDER` names it.

use std::{fs, path::Path};

use spark_render::internals::{
    operator::{
        self, Class, PlanOptions,
        resolve::{ResolveOptions, resolve},
    },
    tree::{Diagnostics, Sources},
};

/// Applications, planned ones, and the concise findings of a file.
#[derive(Default)]
struct Outcome {
    applications: usize,
    planned: usize,
    errors: Vec<String>,
    warnings: Vec<String>,
}

fn run(path: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let Ok(text) = fs::read_to_string(path) else { return outcome };
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let id = sources.add(path.file_name().unwrap().to_string_lossy(), text);
    for document in spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics) {
        let class = operator::classify(&document, &mut diagnostics);
        if !matches!(class, Class::SparkApplication | Class::ScheduledSparkApplication) {
            continue;
        }
        outcome.applications += 1;
        let application = resolve(&document, &ResolveOptions::default(), &mut diagnostics);
        let plan = application.and_then(|app| operator::plan(&app, &PlanOptions::default(), &mut diagnostics));
        outcome.planned += usize::from(plan.is_some());
    }
    for item in &diagnostics {
        let place = item.origin.span().map_or_else(|| "?".to_owned(), |span| sources.place(span));
        let line = format!("{place}: {}[{}] {}", item.severity.as_str(), item.code, item.message);
        match item.severity {
            spark_render::internals::tree::Severity::Error => outcome.errors.push(line),
            _ => outcome.warnings.push(line),
        }
    }
    outcome
}

/// Every file that the folder's CORE-VALID.txt lists is planned without an error, and no file causes a panic.
#[test]
#[expect(clippy::disallowed_methods, reason = "the folder is none of the project's")]
#[expect(clippy::print_stdout, reason = "figures for whoever runs this")]
fn real_files_of_a_given_folder_are_planned_or_explained() {
    let Some(folder) = std::env::var_os("SPARK_RENDER_FOLDER") else { return };
    let folder = Path::new(&folder);
    let valid = fs::read_to_string(folder.join("CORE-VALID.txt")).unwrap();
    let mut faults = Vec::new();
    for part in ["apps", "broken", "templated", "other-crd"] {
        let mut files: Vec<_> = fs::read_dir(folder.join(part)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let (mut applications, mut planned, mut clean, mut silent) = (0, 0, 0, 0);
        for file in &files {
            let outcome = run(file);
            applications += outcome.applications;
            planned += outcome.planned;
            clean += usize::from(outcome.errors.is_empty());
            silent += usize::from(outcome.applications == outcome.planned && outcome.errors.is_empty());
            let name = file.file_name().unwrap().to_string_lossy();
            if outcome.planned < outcome.applications && outcome.errors.is_empty() {
                faults.push(format!("{name}: not planned, and no error says why"));
            }
            if part == "apps" && valid.lines().any(|line| line == name) {
                faults.extend(outcome.errors.clone());
            }
            outcome.errors.iter().chain(&outcome.warnings).for_each(|line| println!("{part}/{line}"));
        }
        println!(
            "{part}: {} files, {clean} without error, {silent} planned whole; {applications} applications, {planned} planned",
            files.len()
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
