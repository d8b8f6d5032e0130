//! What is done with a finding of `check`: reported, with which severity, or suppressed, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use globset::{Glob, GlobBuilder, GlobMatcher};

use super::codes;
use crate::{
    render::config::{Configuration, spark_render::SparkRenderSpec},
    tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath, Node, ObjectRef, Origin, Severity, Sourced},
};

/// Codes of this module.
pub(super) const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "unused-ignore",
        summary: "an entry of `spec.check.ignore` that ignores nothing",
        explanation: "No finding of this code is there (any more) in these files and about these objects, or all of them \
                      are errors of `render`, which cannot be ignored. Remove the entry, so that it does not hide a later \
                      finding.",
    },
    CodeDoc {
        code: "stale-baseline",
        summary: "an entry of the baseline whose findings are not there any more",
        explanation: "The baseline holds what was found when `check --write-baseline FILE` ran. This was mended since, or its \
                      file was renamed: write the baseline again, so that it does not hide a later finding.",
    },
];

/// Why a finding is not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Suppressor {
    /// A comment or an annotation beside it.
    Allow,
    /// `spec.check.ignore` or `--ignore`.
    Ignore,
    /// The baseline.
    Baseline,
    /// `select` names other codes.
    Select,
}

/// A finding that is counted, not reported.
#[derive(Debug, Clone)]
pub(crate) struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// By what.
    pub by: Suppressor,
    /// The reason that was given, if one was.
    pub reason: Option<String>,
}

/// What a configuration and the flags say about findings.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    select: BTreeSet<String>,
    ignore: Vec<Ignore>,
    severity: BTreeMap<String, Severity>,
    /// The baseline that the configuration names.
    pub baseline: Option<Sourced<String>>,
    /// The folder of the configuration, as files are shown.
    base: PathBuf,
}

#[derive(Debug, Clone)]
struct Ignore {
    code: String,
    paths: Vec<GlobMatcher>,
    objects: Vec<GlobMatcher>,
    reason: Option<String>,
    origin: Origin,
    used: bool,
}

/// Whether `one` is what `render` refuses: an error that is no matter of taste. `check` always reports it.
#[must_use]
pub(crate) fn is_refusal(one: &Diagnostic) -> bool {
    let tables = [super::rules::CODES, crate::operator::certs::CODES, crate::hosts::setup::CODES];
    one.severity == Severity::Error && !tables.iter().any(|table| table.iter().any(|doc| doc.code == one.code))
}

/// The registry's name of `code`.
///
/// # Errors
/// Says that there is none, and which is near.
pub(crate) fn known(code: &str) -> Result<&'static str, String> {
    if let Some(doc) = codes::find(code) {
        return Ok(doc.code);
    }
    let near = codes::registry().into_iter().map(|doc| (strsim::damerau_levenshtein(doc.code, code), doc.code)).min();
    let near = near.filter(|(distance, _)| *distance <= 3).map(|(_, near)| format!("; did you mean `{near}`?"));
    Err(format!("`{code}` is not the code of a finding{}", near.unwrap_or_default()))
}

impl Policy {
    /// That of a configuration in the folder `base`; what is wrong with it is reported.
    pub(crate) fn settle(configuration: &Configuration, base: &Path, diagnostics: &mut Diagnostics) -> Self {
        let SparkRenderSpec { check, .. } = &configuration.spec;
        let written = |keys: &[&str]| configuration.written(&[&["check"], keys].concat());
        let place = |node: Option<&Node>| node.map(|node| node.origin.clone()).unwrap_or_default();
        let mut fault = |path: FieldPath, origin: &Origin, message: String, hint: &str| {
            diagnostics.push(Diagnostic::error("invalid-config", message).field(path).at(origin).hint(hint));
        };
        let list = "see `spark-render explain CODE`, and the end of `check` for the codes of its findings";
        let root = FieldPath::keys(&["spec", "check"]);
        let item =
            |node: Option<&'_ Node>, index: usize| place(node.and_then(|node| node.as_sequence()?.get(index)).or(node));
        for (index, code) in check.select.iter().enumerate() {
            if let Err(message) = known(code) {
                fault(root.key("select").index(index), &item(written(&["select"]), index), message, list);
            }
        }
        for code in check.severity.keys() {
            if let Err(message) = known(code) {
                fault(root.key("severity").key(code.as_str()), &place(written(&["severity", code])), message, list);
            }
        }
        let mut ignore = Vec::new();
        for (index, entry) in check.ignore.iter().enumerate() {
            let (path, origin) = (root.key("ignore").index(index), item(written(&["ignore"]), index));
            if entry.code.is_empty() {
                fault(path.key("code"), &origin, format!("`{path}` names no code"), "write the `code` of the finding");
            } else if let Err(message) = known(&entry.code) {
                fault(path.key("code"), &origin, message, list);
            }
            if entry.reason.trim().is_empty() {
                let message = format!("`{path}` gives no reason");
                fault(path.key("reason"), &origin, message, "write a `reason`: the next reader will ask for it");
            }
            let mut globs = |field: &str, globs: &[String]| -> Vec<GlobMatcher> {
                let compiled = globs.iter().filter_map(|text| match glob(text) {
                    Ok(glob) => Some(glob.compile_matcher()),
                    Err(error) => {
                        fault(path.key(field), &origin, format!("`{text}` is not a valid glob: {}", error.kind()), {
                            "`*` stands for a part of a name, `**` for any folders"
                        });
                        None
                    }
                });
                compiled.collect()
            };
            let (paths, objects) = (globs("paths", &entry.paths), globs("objects", &entry.objects));
            let (code, reason) = (entry.code.clone(), Some(entry.reason.clone()));
            ignore.push(Ignore { code, paths, objects, reason, origin, used: false });
        }
        let baseline = check.baseline.as_ref().map(|file| Sourced::new(file.clone(), place(written(&["baseline"]))));
        let (select, severity) = (check.select.iter().cloned().collect(), check.severity.clone());
        Self { select, ignore, severity, baseline, base: base.to_owned() }
    }

    /// Forgets what the configuration says.
    pub(crate) fn forget(&mut self) {
        *self = Self { base: std::mem::take(&mut self.base), ..Self::default() };
    }

    /// Lays flags over it: `select` takes the place of the configuration's, the others add to it.
    pub(crate) fn lay(&mut self, select: &[&str], ignore: &[&str], severity: &[(&str, Severity)]) {
        if !select.is_empty() {
            self.select = select.iter().map(|code| (*code).to_owned()).collect();
        }
        self.ignore.extend(ignore.iter().map(|code| Ignore {
            code: (*code).to_owned(),
            paths: Vec::new(),
            objects: Vec::new(),
            reason: None,
            origin: Origin::Unknown,
            used: false,
        }));
        self.severity.extend(severity.iter().map(|(code, level)| ((*code).to_owned(), *level)));
    }

    /// Whether findings of `code` are reported.
    pub(crate) fn selects(&self, code: &str) -> bool {
        self.select.is_empty() || self.select.contains(code)
    }

    /// What suppresses `one` in `file`, with the reason, if anything does.
    pub(crate) fn suppressor(&mut self, one: &Diagnostic, file: &str) -> Option<(Suppressor, Option<String>)> {
        if is_refusal(one) {
            return None;
        }
        let file = relative(file, &self.base);
        let names = object_names(one.object.as_ref());
        let mut found = None;
        for entry in &mut self.ignore {
            let matches = entry.code == one.code
                && (entry.paths.is_empty() || entry.paths.iter().any(|glob| glob.is_match(&file)))
                && (entry.objects.is_empty()
                    || entry.objects.iter().any(|glob| names.iter().any(|name| glob.is_match(name))));
            if matches {
                entry.used = true;
                found = found.or_else(|| Some((Suppressor::Ignore, entry.reason.clone())));
            }
        }
        found.or_else(|| (!self.selects(one.code)).then_some((Suppressor::Select, None)))
    }

    /// Gives `one` its severity; what `render` refuses keeps its own.
    pub(crate) fn grade(&self, one: &mut Diagnostic) {
        if let Some(severity) = self.severity.get(one.code).filter(|_| !is_refusal(one)) {
            one.severity = *severity;
        }
    }

    /// The places of the entries that ignored something.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Origin> {
        self.ignore.iter().filter(|entry| entry.used).map(|entry| &entry.origin)
    }

    /// Reports the entries of the configuration that ignored nothing.
    pub(crate) fn report_unused(
        &self,
        mut is_used_elsewhere: impl FnMut(&Origin) -> bool,
        diagnostics: &mut Diagnostics,
    ) {
        for entry in self.ignore.iter().filter(|entry| !entry.used && entry.origin.span().is_some()) {
            if !is_used_elsewhere(&entry.origin) {
                let message = format!("this entry ignores nothing: no `{}` that can be ignored is found", entry.code);
                diagnostics.push(
                    Diagnostic::warning("unused-ignore", message)
                        .field(FieldPath::keys(&["spec", "check", "ignore"]))
                        .at(&entry.origin)
                        .hint("remove the entry, or correct its `paths` and `objects`"),
                );
            }
        }
    }
}

/// A glob in which `*` stops at `/`.
fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text.strip_prefix("./").unwrap_or(text)).literal_separator(true).build()
}

/// `file` relative to `base`, with `/` between its parts; as it is where it lies elsewhere.
#[must_use]
pub(crate) fn relative(file: &str, base: &Path) -> String {
    let path = Path::new(file);
    let inside = path.strip_prefix(base).unwrap_or(path);
    let inside = inside.strip_prefix(".").unwrap_or(inside);
    inside.to_string_lossy().replace('\\', "/")
}

/// The forms in which an object can be named: `name`, `Kind/name`, `Kind/namespace/name`.
fn object_names(object: Option<&ObjectRef>) -> Vec<String> {
    let Some(ObjectRef { kind, namespace, name, .. }) = object else { return Vec::new() };
    let full = namespace.as_ref().map(|namespace| format!("{kind}/{namespace}/{name}"));
    [Some(name.clone()), Some(format!("{kind}/{name}")), full].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_stops_at_folders_and_a_path_is_relative_to_the_configuration() {
        let matches =
            |text: &str, file: &str| glob(text).unwrap().compile_matcher().is_match(relative(file, Path::new("repo")));
        assert!(matches("legacy/*.yaml", "repo/legacy/a.yaml") && matches("./legacy/*.yaml", "legacy/a.yaml"));
        assert!(!matches("legacy/*.yaml", "repo/legacy/deep/a.yaml"));
        assert!(matches("legacy/**", "repo/legacy/deep/a.yaml"));
    }

    #[test]
    fn only_what_render_refuses_is_out_of_reach() {
        let mut policy = Policy::default();
        policy.lay(&[], &["missing-field", "secret-in-clear"], &[("missing-field", Severity::Note)]);
        let mut refusal = Diagnostic::error("missing-field", "");
        policy.grade(&mut refusal);
        assert_eq!(refusal.severity, Severity::Error);
        assert!(policy.suppressor(&refusal, "a.yaml").is_none());
        assert!(policy.suppressor(&Diagnostic::warning("missing-field", ""), "a.yaml").is_some());
        assert!(policy.suppressor(&Diagnostic::error("secret-in-clear", ""), "a.yaml").is_some());
        assert!(known("secret-in-cleer").is_err_and(|text| text.contains("did you mean `secret-in-clear`")));
    }
}
