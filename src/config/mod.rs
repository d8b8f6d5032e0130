//! The one configuration: a `SparkRender` resource, as `spark-render.yaml`, as kustomize functionConfig and as
//! Argo CD parameters. Flags override it. Everything that shapes output is here; no environment variable is.

mod argocd_options;
mod certificates_options;
mod choices;
mod codes;
mod flux_options;
mod load;
mod on_unsupported;
mod operator_options;
mod spark_render;
pub mod texts;

pub use load::{API_VERSION, FILE_NAME, KIND, decode, is_config};

pub use argocd_options::ArgoCdOptions;
pub use certificates_options::CertificatesOptions;
pub use choices::{Executors, NameSuffix, Target, TtlPolicy};
pub use codes::CODES;
pub use flux_options::FluxOptions;
pub use on_unsupported::OnUnsupported;
pub use operator_options::OperatorOptions;
pub use spark_render::SparkRenderSpec;
