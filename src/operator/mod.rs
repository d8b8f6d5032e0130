//! What the Kubeflow Spark operator knows: its resources, defaults and admission rules, what it hands to
//! spark-submit, what its webhook adds, and the objects that it makes itself.

pub mod api;
pub mod certs;
pub mod classify;
pub mod companions;
pub mod documents;
pub(crate) mod fields;
pub mod flags;
pub mod names;
pub mod plan;
pub mod resolve;
pub mod rule;
pub mod schema;
mod since;
pub mod version;
pub mod webhook;

pub use certs::options::CertificatesOptions;
pub use classify::{Class, GROUP, classify, is_spark};
pub use companions::{batch_scheduler, url_format};
pub use flags::OperatorOptions;
pub use plan::{CODES, Plan, PlanOptions, plan, template_files};
pub use version::{Reading, Treatment, VERIFIED_DAYS, Version};
