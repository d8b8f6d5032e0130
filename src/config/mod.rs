//! The one configuration: a `SparkRender` resource, as `spark-render.yaml`, as kustomize functionConfig and as
//! Argo CD parameters. Flags override it. Everything that shapes output is here; no environment variable is.

mod spark_render;

pub use spark_render::{
    ArgoCdOptions, CertificatesOptions, Executors, FluxOptions, NameSuffix, OnUnsupported, OperatorOptions,
    SparkRenderSpec, Target, TtlPolicy,
};
