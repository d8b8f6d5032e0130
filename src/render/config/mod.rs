//! The one configuration: a `SparkRender` resource, as `spark-render.yaml`, as kustomize functionConfig and as
//! Argo CD parameters.

pub(crate) mod check;
pub(crate) mod codes;
pub(crate) mod config_map;
pub(crate) mod layers;
pub(crate) mod load;
mod schema;
pub(crate) mod spark_render;
pub(crate) mod texts;

pub(crate) use crate::text::read::{API_VERSION, FILE_NAME, KIND, is_config};
pub(crate) use codes::CODES;
pub use config_map::config_of_config_map;
pub(crate) use layers::Configuration;
pub use layers::Layers;
pub use load::read;
pub use spark_render::SparkRenderSpec;
pub(crate) use texts::Entry;
