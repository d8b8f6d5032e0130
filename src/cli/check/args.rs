//! Arguments of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{cli::args::ShapeArgs, review::policy, tree::Severity};

/// The heading of the options that say which findings are reported.
const FINDINGS: &str = "Findings";

/// `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files and directories to read, `-` for standard input; the current directory if none is given.
    pub paths: Vec<PathBuf>,
    /// What is shaped how. `--kube-version` also takes `all` or a range such as `1.20-1.34`: for each version, what
    /// is lost there.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
    /// The least severity with which the command ends with 1.
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Validate objects that pass through as well.
    #[arg(long)]
    pub strict: bool,
    /// Look for set-ups of kustomize, Argo CD and Flux in the folders that drop everything or cannot work.
    #[arg(long)]
    pub host: bool,
    /// What `kubectl get -o yaml` printed: report what the operator has left there that collides with what is rendered.
    #[arg(long, value_name = "FILE")]
    pub live: Option<PathBuf>,
    /// Show instead, as a diff, what the pods lose without the operator's webhook.
    #[arg(long)]
    pub webhook_loss: bool,
    /// Report only findings of these codes, instead of those that `spec.check.select` names. What `render` refuses is
    /// always reported, as an error: no option, entry, comment or annotation can change that.
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', value_parser = policy::known, help_heading = FINDINGS)]
    pub select: Vec<&'static str>,
    /// Count findings of these codes, but do not report them; beside `spec.check.ignore`, whose entries name files,
    /// objects and a reason. A single finding is allowed by a comment at its line or above it, `# spark-render: allow
    /// CODE REASON`, those about an object by its annotation `spark-render.io/allow: "CODE: REASON"`.
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', value_parser = policy::known, help_heading = FINDINGS)]
    pub ignore: Vec<&'static str>,
    /// Severity of the findings of a code (`error`, `warning`, `note`), over `spec.check.severity`.
    #[arg(long, value_name = "CODE=LEVEL,…", value_delimiter = ',', value_parser = graded, help_heading = FINDINGS)]
    pub severity: Vec<(&'static str, Severity)>,
    /// Count the findings that this file holds, but do not report them; instead of `spec.check.baseline`.
    #[arg(long, value_name = "FILE", help_heading = FINDINGS)]
    pub baseline: Option<PathBuf>,
    /// Write a baseline with all that is found now; later runs with `--baseline` report what is new.
    #[arg(long, value_name = "FILE", conflicts_with = "baseline", help_heading = FINDINGS)]
    pub write_baseline: Option<PathBuf>,
    /// Report everything, whatever the repository says: its `spec.check`, comments and annotations do not count.
    #[arg(long, help_heading = FINDINGS)]
    pub no_suppressions: bool,
    /// Number of threads; all cores by default.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum CheckFormat {
    /// With the source lines, and a summary by code.
    #[default]
    Full,
    /// One line each: `app.yaml:14:9: error[code]: message`.
    Concise,
    /// One JSON document (version 1).
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// `JUnit` XML: one suite a file, one case a finding.
    Junit,
    /// GitHub workflow commands.
    Github,
}

/// From which severity on a run has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Note,
    /// Nothing: the report is all that is wanted.
    Never,
}

impl FailOn {
    /// Whether a finding of `severity` makes the run fail.
    #[must_use]
    pub(crate) fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => true,
            Self::Never => false,
        }
    }
}

/// A code with its severity: `secret-in-clear=error`.
fn graded(text: &str) -> Result<(&'static str, Severity), String> {
    let (code, level) = text.split_once('=').ok_or("write CODE=LEVEL, for example secret-in-clear=error")?;
    let levels = [Severity::Error, Severity::Warning, Severity::Note];
    let level = levels.into_iter().find(|severity| severity.as_str() == level);
    Ok((policy::known(code)?, level.ok_or("the level is error, warning or note")?))
}
