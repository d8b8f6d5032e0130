//! The one configuration: a `SparkRender` resource, as `spark-render.yaml`, as kustomize functionConfig and as
//! Argo CD parameters.

pub mod codes;
pub mod config_map;
pub mod layers;
pub mod load;
mod schema;
pub mod spark_render;
pub mod texts;

pub use crate::text::read::{API_VERSION, FILE_NAME, KIND, is_config};
pub use codes::CODES;
pub use config_map::config_of_config_map;
pub use layers::{Configuration, Layers};
pub use load::read;
pub use spark_render::{ArgoCdSpec, CertificatesSpec, OperatorSpec, SparkRenderSpec};
pub use texts::Entry;
