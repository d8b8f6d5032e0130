//! Arguments, as clap reads them. `--help` is made of the comments here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    ColorChoice, argocd::args::ArgoCdCommand, certs::args::CertsCommand, check::CheckArgs,
    completions::CompletionsArgs, diff::DiffArgs, explain::ExplainArgs, krm::args::KrmArgs, schema::Schema,
    submit::SubmitArgs, versions::VersionsFormat,
};
use crate::{
    kube::OnUnsupported,
    render::{Executors, NameSuffix, Target, TtlPolicy},
    tree::printers::DiagnosticFormat,
};

/// Expands Kubeflow SparkApplications into the complete Kubernetes manifests that Apache Spark and the Spark
/// operator would otherwise only produce at run time: no cluster, no JVM, no mutating webhook.
#[derive(Debug, Parser)]
#[command(name = "spark-render", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How findings are printed to standard error.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub diagnostics: Option<DiagnosticFormat>,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Print no progress, and of findings on standard error only the errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// SparkApplications in, manifests out.
    Render(RenderArgs),
    /// What spark-submit in cluster mode would create, as Spark sends it; nothing is sent.
    Submit(SubmitArgs),
    /// What is wrong or doubtful in the input, and in what it renders to.
    Check(CheckArgs),
    /// What is different, as Kubernetes sees it: two inputs, a git revision and now, or two targets.
    Diff(DiffArgs),
    /// Where a rendered value comes from, or what a diagnostic's code means.
    Explain(ExplainArgs),
    /// Supported Spark, operator and Kubernetes versions, and their known conflicts.
    Versions {
        /// Form on standard output.
        #[arg(long, value_enum, default_value_t)]
        format: VersionsFormat,
    },
    /// Schemas of our configuration and of Spark resources, for editors and for kustomize.
    Schema {
        /// Which one.
        #[arg(value_enum, default_value_t)]
        schema: Schema,
    },
    /// Versions of this tool and of its tables, and the Spark, Kubernetes and operator versions that they know.
    Version {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Shell completions on standard output, or, with `--install`, where the shell looks for them.
    Completions(CompletionsArgs),
    /// The manual page on standard output.
    Man,
    /// The webhook certificate Secret, made once.
    #[command(subcommand)]
    Certs(CertsCommand),
    /// The commands of an Argo CD config management plugin.
    #[command(subcommand)]
    Argocd(ArgoCdCommand),
    /// A KRM function for kustomize and kpt: a ResourceList on standard input, another on standard output.
    Krm(KrmArgs),
}

/// Options that shape what is rendered; each overrides the same field of the SparkRender configuration.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ShapeArgs {
    /// A SparkRender resource; otherwise `spark-render.yaml` in an input directory.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Target Kubernetes version: 1.28, v1.28.3, v1.28.3-gke.1.
    #[arg(long, value_name = "VERSION")]
    pub kube_version: Option<String>,
    /// Spark version, instead of `spec.sparkVersion`.
    #[arg(long, value_name = "VERSION")]
    pub spark_version: Option<String>,
    /// Spark operator version, for target sparkapplication and checks.
    #[arg(long, value_name = "VERSION")]
    pub operator_version: Option<String>,
    /// Namespace of applications that name none.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// What a SparkApplication becomes.
    #[arg(long, value_parser = lower::<Target>(&["pod", "job", "auto", "sparkapplication"]))]
    pub target: Option<Target>,
    /// Whether the pods that the driver will create are shown.
    #[arg(long, value_parser = lower::<Executors>(&["template", "preview"]))]
    pub executors: Option<Executors>,
    /// What happens to fields that the target version cannot honour.
    #[arg(long, value_parser = lower::<OnUnsupported>(&["drop", "error", "keep"]))]
    pub on_unsupported: Option<OnUnsupported>,
    /// Whether names of Pod and Job carry a hash of their content.
    #[arg(long, value_parser = lower::<NameSuffix>(&["none", "hash"]))]
    pub name_suffix: Option<NameSuffix>,
    /// What becomes of `timeToLiveSeconds`.
    #[arg(long, value_parser = lower::<TtlPolicy>(&["drop", "keep"]))]
    pub ttl: Option<TtlPolicy>,
    /// Values file for `.j2` inputs; may be repeated, later ones win.
    #[arg(long, value_name = "FILE")]
    pub values: Vec<PathBuf>,
    /// A value for `.j2` inputs; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Read files that the input names wherever they lie, not only below the repository: for input that you trust.
    #[arg(long)]
    pub allow_outside: bool,
}

/// Form of manifests on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ManifestFormat {
    /// A stream of YAML documents.
    #[default]
    Yaml,
    /// One `v1` List.
    Json,
    /// One JSON object a line.
    Ndjson,
}

/// `render`.
#[derive(Debug, Args)]
pub(crate) struct RenderArgs {
    /// Files and directories to read, `-` for standard input; the current directory if none is given.
    pub paths: Vec<PathBuf>,
    /// What is shaped how.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// A directory for one file per object, or `-` for standard output.
    #[arg(short, long, value_name = "DIR", default_value = "-")]
    pub output: PathBuf,
    /// Write nothing; end with 1 and a diff if the tree of `-o` is stale.
    #[arg(long, requires = "output")]
    pub check: bool,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub format: ManifestFormat,
    /// Leave out objects that are no Spark resources.
    #[arg(long)]
    pub only_spark: bool,
    /// End with 0 when there is nothing to emit.
    #[arg(long)]
    pub allow_empty: bool,
    /// Write the origin of each value as a comment (YAML only).
    #[arg(long)]
    pub annotate: bool,
    /// Number of threads; all cores by default.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Parses one of `names` through the type's own serde names, so that flag and configuration agree.
fn lower<T: serde::de::DeserializeOwned + Clone + Send + Sync + 'static>(
    names: &'static [&'static str],
) -> impl clap::builder::TypedValueParser<Value = T> {
    use clap::builder::TypedValueParser;
    clap::builder::PossibleValuesParser::new(names)
        .map(|name| serde_json::from_value(serde_json::Value::String(name)).expect("possible values are serde names"))
}
