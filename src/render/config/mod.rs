//! The one configuration: a `SparkRender` resource, as `spark-render.yaml`, as kustomize functionConfig and as
//! Argo CD parameters.

pub mod codes;
pub mod load;
pub mod spark_render;
pub mod texts;

pub use codes::CODES;
pub use load::{API_VERSION, FILE_NAME, KIND, decode, is_config};
pub use spark_render::SparkRenderSpec;
