//! Folders whose files are not what is applied: kustomize or Helm builds them.

use std::{ffi::OsStr, path::Path};

use crate::{
    text::read::FILE_NAME,
    tree::{Diagnostic, display},
};

/// Kustomize's own files (`konfig.RecognizedKustomizationFileNames`); a walk passes them by.
pub(super) const KUSTOMIZATION_FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// The file that makes a folder a chart (Helm, `chartutil.ChartfileName`).
const CHART_FILE: &str = "Chart.yaml";
const CODE: &str = "built-folder";

/// A folder that is built.
pub(super) struct Folder {
    /// The file that says so.
    pub(super) file: &'static str,
    /// By Helm, not by kustomize.
    pub(super) is_chart: bool,
}

impl Folder {
    /// What the folder with files of these names is, if it is built.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a OsStr> + Clone) -> Option<Self> {
        let holds = |file: &str| names.clone().any(|name| name == file);
        if let Some(file) = KUSTOMIZATION_FILES.into_iter().find(|file| holds(file)) {
            return Some(Self { file, is_chart: false });
        }
        holds(CHART_FILE).then_some(Self { file: CHART_FILE, is_chart: true })
    }

    /// The error: what is below the folder is not what its builder makes of it. `is_nested` if nobody named it.
    pub(super) fn refused(&self, file: &Path, folder: &Path, is_nested: bool) -> Diagnostic {
        let finding =
            Diagnostic::error(CODE, format!("{}: its files are not what would be applied", self.subject(file)))
                .hint(format!("pipe what it builds: `{} | spark-render render -`", self.command(folder)));
        let finding = if self.is_chart {
            finding
        } else {
            finding.hint("or let kustomize call `spark-render krm` as a transformer: docs/kustomize.md")
        };
        if is_nested {
            finding.hint(
                "or name the files and folders that are to be read, without this one: `inputs` of the configuration",
            )
        } else {
            finding
        }
    }

    /// The warning of `check`.
    pub(super) fn told(&self, file: &Path, folder: &Path) -> Diagnostic {
        let what = if self.is_chart {
            "its files are not looked at"
        } else {
            "its files are looked at as they stand, without what the build changes"
        };
        Diagnostic::warning(CODE, format!("{}: {what}", self.subject(file)))
            .hint(format!("check what it builds: `{} | spark-render check -`", self.command(folder)))
    }

    fn subject(&self, file: &Path) -> String {
        let (what, program) = if self.is_chart { ("chart", "Helm") } else { ("kustomization", "kustomize") };
        format!("`{}` makes this folder a {what}, which {program} builds", shown(file))
    }

    fn command(&self, folder: &Path) -> String {
        let folder = shown(folder);
        if self.is_chart { format!("helm template RELEASE {folder}") } else { format!("kustomize build {folder}") }
    }
}

fn shown(path: &Path) -> String {
    display::line(&path.display().to_string()).into_owned()
}

/// Whether a file was meant to be the configuration.
pub(super) fn is_near_configuration(name: &OsStr) -> bool {
    let Some(name) = name.to_str().filter(|name| *name != FILE_NAME) else { return false };
    let name = name.to_ascii_lowercase();
    let stem = name
        .trim_start_matches('.')
        .strip_suffix(".yaml")
        .or_else(|| name.trim_start_matches('.').strip_suffix(".yml"));
    stem.is_some_and(|stem| ["spark-render", "spark_render", "sparkrender"].contains(&stem))
}

/// The error about such a file, which would have no effect.
pub(super) fn near_configuration(file: &Path) -> Diagnostic {
    Diagnostic::error(
        "configuration-name",
        format!("`{}` is not read: the configuration is `{FILE_NAME}`", shown(file)),
    )
    .hint(format!("rename it to `{FILE_NAME}`"))
}
