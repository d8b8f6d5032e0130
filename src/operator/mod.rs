//! What the Kubeflow Spark operator knows: its resources, defaults and admission rules, what it hands to
//! spark-submit, what its webhook adds, and the objects that it makes itself.

pub(crate) mod api;
pub(crate) mod certs;
pub mod classify;
pub(crate) mod companions;
pub(crate) mod documents;
pub(crate) mod fields;
pub(crate) mod flags;
pub(crate) mod names;
pub mod plan;
pub(crate) mod resolve;
pub(crate) mod rule;
pub(crate) mod schema;
mod since;
pub(crate) mod version;
pub(crate) mod webhook;

pub use certs::options::CertificatesOptions;
pub use classify::{Class, classify, is_spark};
pub(crate) use classify::{GROUP, newest_api_version};
pub(crate) use flags::MetricNames;
pub use flags::OperatorOptions;
pub(crate) use plan::{CODES, template_files};
pub use plan::{Plan, PlanOptions, plan};
pub use version::Version;
pub(crate) use version::{Reading, Treatment, VERIFIED_DAYS};
