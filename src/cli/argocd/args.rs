//! Arguments of `argocd`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    cli::args::ShapeArgs,
    kube::{Quantity, names},
    operator::certs::Owner,
};

/// What Argo CD, or somebody who sets it up, wants.
#[derive(Debug, Subcommand)]
pub(crate) enum ArgoCdCommand {
    /// Render the current directory, as the plugin's generate command; options come from `ARGOCD_APP_PARAMETERS`.
    Generate(GenerateArgs),
    /// Announce the parameters that an Application may set.
    Parameters,
    /// Say whether the current directory is for this plugin: prints the file that tells, or nothing.
    Discover,
    /// Print what puts the plugin into a repo-server.
    Install(InstallArgs),
    /// Copy this program to a new file, as the init container of `argocd install --binary-from init` does.
    CopyBinary(CopyArgs),
    /// Print what an Application has to ignore, and check what it does ignore against the rendered objects.
    IgnoreDifferences(IgnoreArgs),
    /// List the files that an application reads, for `manifest-generate-paths`.
    Paths(PathsArgs),
}

/// `argocd generate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct GenerateArgs {
    /// What is shaped how, over configuration and parameters.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// End with 0 when there is nothing to emit: Argo CD may then prune everything.
    #[arg(long)]
    pub allow_empty: bool,
    /// What the work may take of memory, as a Kubernetes quantity.
    #[arg(long, value_name = "QUANTITY", default_value = "1Gi", value_parser = memory)]
    pub memory_limit: u64,
    /// What the work may take of time, in seconds: of the processors and by the clock.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub time_limit: u64,
    /// This process is the one that works within the limits.
    #[arg(long, hide = true)]
    pub within_limits: bool,
}

/// A quantity of memory in which the work can begin.
fn memory(text: &str) -> Result<u64, String> {
    const LEAST: u64 = 64 << 20;
    let bytes = Quantity::parse(text).and_then(Quantity::units).and_then(|bytes| u64::try_from(bytes).ok());
    bytes.filter(|bytes| *bytes >= LEAST).ok_or_else(|| "give 64Mi or more, such as 512Mi or 1Gi".to_owned())
}

/// A part of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// plugin.yaml, to be baked into the image.
    Plugin,
    /// A ConfigMap with plugin.yaml.
    ConfigMap,
    /// A patch of the repo-server's Deployment.
    Sidecar,
    /// An Application, to start from.
    Application,
    /// A kustomization that puts ConfigMap and patch together.
    Kustomization,
    /// The same as values of the Helm chart argo-cd.
    HelmValues,
}

/// How the sidecar comes to the tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum BinaryFrom {
    /// The sidecar runs the tool's image.
    #[default]
    Image,
    /// An init container copies the tool from its image; the sidecar runs `--sidecar-image`.
    Init,
    /// The tool's image is mounted as a volume; the sidecar runs `--sidecar-image`. From Kubernetes 1.35.
    Volume,
}

/// `argocd copy-binary`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CopyArgs {
    /// The new file; one that is there is left alone, and an error unless it is the same.
    pub destination: PathBuf,
}

/// `argocd install`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InstallArgs {
    /// The part to print.
    #[arg(value_enum, required_unless_present = "output")]
    pub part: Option<Part>,
    /// A directory for all parts; files that are there and differ are left alone, with an error.
    #[arg(short, long, value_name = "DIR", conflicts_with = "part")]
    pub output: Option<PathBuf>,
    /// The plugin's name.
    #[arg(long, default_value = "spark-render", value_parser = label)]
    pub name: String,
    /// The plugin's version; Applications then name `<name>-<version>`.
    #[arg(long, value_name = "VERSION", value_parser = label)]
    pub plugin_version: Option<String>,
    /// How the sidecar comes to the tool: `volume` needs Kubernetes 1.35.
    #[arg(long, value_enum, default_value_t, value_name = "WAY")]
    pub binary_from: BinaryFrom,
    /// The image with the tool.
    #[arg(long, default_value = concat!("spark-render:", env!("CARGO_PKG_VERSION")), value_parser = word)]
    pub image: String,
    /// The sidecar's image, where it is not the one with the tool; Argo CD's own has git, kustomize and helm.
    #[arg(long, value_name = "IMAGE", default_value = "quay.io/argoproj/argocd:v3.5.1", value_parser = word)]
    pub sidecar_image: String,
    /// Where the tool is in its image.
    #[arg(long, default_value = "/usr/local/bin/spark-render", value_parser = word)]
    pub binary: String,
    /// Namespace of Argo CD.
    #[arg(short, long, default_value = "argocd", value_parser = label)]
    pub namespace: String,
    /// Also for Applications that name no plugin, where a directory has a spark-render.yaml.
    #[arg(long)]
    pub discover: bool,
}

/// Form of `argocd ignore-differences`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum IgnoreForm {
    /// The part of a `spec` to paste.
    #[default]
    Yaml,
    /// A JSON patch for the Application or ApplicationSet of `--application`, else a merge patch.
    Patch,
}

/// `argocd ignore-differences`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct IgnoreArgs {
    /// What the application renders; the current directory if nothing is given.
    pub paths: Vec<PathBuf>,
    /// What is shaped how.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// The Application or ApplicationSet; what it ignores already is checked too.
    #[arg(long, value_name = "FILE")]
    pub application: Option<PathBuf>,
    /// Name of the certificate Secret; otherwise `certs.secretName` of the configuration.
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,
    /// Namespace of the Secret; otherwise `certs.namespace` of the configuration.
    #[arg(long, value_name = "NAMESPACE")]
    pub secret_namespace: Option<String>,
    /// Who owns the Secret: the file in git, or, once it is applied, the cluster.
    #[arg(long, value_enum)]
    pub owner: Option<Owner>,
    /// Form on standard output.
    #[arg(long, value_enum, default_value_t)]
    pub form: IgnoreForm,
}

/// `argocd paths`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PathsArgs {
    /// The application's directory, from here.
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// What is shaped how.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// As the value of the annotation `argocd.argoproj.io/manifest-generate-paths`.
    #[arg(long)]
    pub annotation: bool,
}

/// A name that may stand in a host name (RFC 1123).
fn label(text: &str) -> Result<String, String> {
    if text.len() <= 50 && names::is_dns_subdomain(text) {
        Ok(text.to_owned())
    } else {
        Err("lower-case letters, digits, `-` and `.` only".to_owned())
    }
}

/// A word that YAML takes as it is.
fn word(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.:_@-+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("no spaces, no special characters".to_owned())
    }
}
