//! Arguments of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{cli::args::ShapeArgs, tree::Severity};

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
