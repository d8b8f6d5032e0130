//! Arguments of `certs`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    kube::names,
    operator::{
        self,
        certs::{KeyEncoding, KeyType, Layout, Moment, Owner},
    },
};

/// What to do with the certificate.
#[derive(Debug, Subcommand)]
pub(crate) enum CertsCommand {
    /// Make the Secret once: a file that is there and valid (or encrypted) is left as it is.
    Init(InitArgs),
    /// Say what the operator will do with the Secret, and how long.
    Check(CheckArgs),
    /// Make a new server certificate from the same authority, or a new authority.
    Rotate(RotateArgs),
    /// Print the operator's webhook configurations, with failurePolicy Fail and the authority of the Secret.
    Webhook(WebhookArgs),
    /// Print what an Argo CD Application has to ignore.
    IgnoreDifferences(IgnoreDifferencesArgs),
}

impl CertsCommand {
    /// The operator of the command.
    pub(crate) fn operator(&self) -> Option<&OperatorArgs> {
        match self {
            Self::Init(args) => Some(&args.operator),
            Self::Check(args) => Some(&args.operator),
            Self::Rotate(args) => Some(&args.operator),
            Self::Webhook(args) => Some(&args.operator),
            Self::IgnoreDifferences(_) => None,
        }
    }
}

/// The operator and the time, which most commands need.
#[derive(Debug, Clone, Args)]
pub(crate) struct OperatorArgs {
    /// Version of the operator (before 2.0: of its chart): 1.1.26, 1.4, 2.0 … 2.5.
    #[arg(long, value_name = "VERSION", value_parser = operator::Version::read, default_value_t)]
    pub operator_version: operator::Reading,
    /// Take this moment (RFC 3339) for now.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub now: Option<Moment>,
}

impl OperatorArgs {
    /// The version of the operator.
    pub(crate) fn version(&self) -> operator::Version {
        self.operator_version.used
    }

    /// Now.
    pub(crate) fn now(&self) -> Moment {
        self.now.unwrap_or_else(crate::operator::certs::now)
    }
}

/// How long certificates last, and whether they may be written in plain text.
#[derive(Debug, Clone, Args)]
pub(crate) struct MakeArgs {
    /// Days that the server's certificate is valid for.
    #[arg(long, value_name = "N", default_value_t = 3650, value_parser = clap::value_parser!(u32).range(1..=36500))]
    pub days: u32,
    /// Days that the authority is valid for.
    #[arg(long, value_name = "N", default_value_t = 3650, value_parser = clap::value_parser!(u32).range(1..=36500))]
    pub ca_days: u32,
    /// Another name for the server, besides those of its Service; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = dns_name)]
    pub dns_name: Vec<String>,
    /// Write private keys in plain text where git could commit them.
    #[arg(long)]
    pub allow_plaintext: bool,
}

/// `certs init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The webhook's Service: the certificate is for `<service>.<namespace>.svc`.
    #[arg(long)]
    pub service: String,
    /// Namespace of Service and Secret.
    #[arg(short, long)]
    pub namespace: String,
    /// Name of the Secret.
    #[arg(long, value_name = "NAME")]
    pub secret_name: String,
    /// The file to make.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Who owns the Secret: the file in git, or, once it is applied, the cluster.
    #[arg(long, value_enum, default_value_t)]
    pub owner: Owner,
    /// Replace an invalid file.
    #[arg(long)]
    pub renew: bool,
    /// Keys of the Secret: the operator's, or those of cert-manager for other readers.
    #[arg(long, value_enum, default_value_t)]
    pub layout: Layout,
    /// Kind of the private keys; the operator reads RSA only.
    #[arg(long, value_enum, default_value_t)]
    pub key_type: KeyType,
    /// Form of the private keys; the operator reads PKCS#1 only.
    #[arg(long, value_enum, default_value_t)]
    pub key_encoding: KeyEncoding,
    /// Validity and names.
    #[command(flatten)]
    pub make: MakeArgs,
    /// The operator.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// Form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Sentences; findings go to standard error.
    #[default]
    Text,
    /// One JSON object, with the findings.
    Json,
}

/// `certs check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A file with the Secret, or `-` for standard input.
    pub file: PathBuf,
    /// Which Secret, if there are several.
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,
    /// The webhook's Service; otherwise it follows from the Secret.
    #[arg(long)]
    pub service: Option<String>,
    /// Namespace of the Service; otherwise the Secret's.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// Report an end that is fewer days ahead.
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub warn_days: u32,
    /// Other programs than the operator read the Secret: any kind of key is right.
    #[arg(long)]
    pub any_key: bool,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// The operator.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// `certs rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// The file with the Secret, in plain text.
    pub file: PathBuf,
    /// Which Secret, if there are several.
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,
    /// Make a new authority, too.
    #[arg(long)]
    pub ca: bool,
    /// Write nothing; print the steps only.
    #[arg(long)]
    pub dry_run: bool,
    /// Who owns the Secret; otherwise its annotations say so.
    #[arg(long, value_enum)]
    pub owner: Option<Owner>,
    /// The webhook's Service; otherwise it follows from the Secret.
    #[arg(long)]
    pub service: Option<String>,
    /// Namespace of the Service; otherwise the Secret's.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// Validity and names.
    #[command(flatten)]
    pub make: MakeArgs,
    /// The operator.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// `certs webhook`.
#[derive(Debug, Args)]
pub(crate) struct WebhookArgs {
    /// The webhook's Service; otherwise it follows from the Secret.
    #[arg(long)]
    pub service: Option<String>,
    /// Namespace of the Service; otherwise the Secret's.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// A file with the Secret, whose authority becomes caBundle; without it caBundle is left to the operator.
    #[arg(long, value_name = "FILE")]
    pub secret: Option<PathBuf>,
    /// Which Secret, if there are several.
    #[arg(long, value_name = "NAME")]
    pub secret_name: Option<String>,
    /// Name of both configurations; otherwise the Service's without `-svc`.
    #[arg(long)]
    pub name: Option<String>,
    /// A namespace of Spark jobs; may be repeated; without it, all.
    #[arg(long, value_name = "NAMESPACE")]
    pub job_namespace: Vec<String>,
    /// Seconds that the API server waits.
    #[arg(long, value_name = "N", default_value_t = crate::operator::certs::webhooks::TIMEOUT_SECONDS, value_parser = clap::value_parser!(u8).range(1..=30))]
    pub timeout_seconds: u8,
    /// The Service's port.
    #[arg(long, default_value_t = crate::operator::certs::webhooks::PORT)]
    pub port: u16,
    /// Let cert-manager's injector write caBundle: `namespace/certificate`.
    #[arg(long, value_name = "NAMESPACE/NAME", conflicts_with = "secret")]
    pub inject_ca_from: Option<String>,
    /// The operator.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// Form of what an Application has to ignore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum SnippetForm {
    /// The part of the Application to paste.
    #[default]
    Yaml,
    /// A patch for `kubectl patch`: with `--application` a JSON patch of what it lacks, otherwise a merge patch.
    Patch,
}

/// `certs ignore-differences`.
#[derive(Debug, Args)]
pub(crate) struct IgnoreDifferencesArgs {
    /// Name of the Secret.
    #[arg(long, value_name = "NAME")]
    pub secret_name: String,
    /// Its namespace.
    #[arg(short, long)]
    pub namespace: String,
    /// Who owns the Secret.
    #[arg(long, value_enum, default_value_t)]
    pub owner: Owner,
    /// Name of the webhook configurations; without it, all of them are meant.
    #[arg(long, value_name = "NAME")]
    pub webhook_name: Option<String>,
    /// YAML to paste, or a patch.
    #[arg(long, value_enum, default_value_t)]
    pub form: SnippetForm,
    /// A file with the Application that the patch is for.
    #[arg(long, value_name = "FILE", requires = "form")]
    pub application: Option<PathBuf>,
}

/// A DNS name, also `*.example.com`; an address is not a name (RFC 6125).
fn dns_name(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    if names::is_dns_subdomain(name) && !is_address {
        return Ok(text.to_owned());
    }
    Err("it must be a DNS name such as hook.example.com, in lower case".to_owned())
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| format!("`{text}` is no RFC 3339 time such as 2026-01-31T12:00:00Z"))
}
