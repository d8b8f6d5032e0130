//! `sparkoperator.k8s.io/v1beta2`: SparkApplication and ScheduledSparkApplication, as of operator master (2.6).

mod application;
mod monitoring;
mod pod_spec;
mod role;
mod scheduled;

pub use application::RestartPolicy;
pub(crate) use application::{DynamicAllocation, SparkApplicationSpec};
pub(crate) use monitoring::{DriverIngressConfiguration, MonitoringSpec, PrometheusSpec, SparkUIConfiguration};
pub(crate) use pod_spec::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
pub(crate) use role::{DriverSpec, ExecutorSpec, SparkPodSpec};
pub(crate) use scheduled::ScheduledSparkApplicationSpec;
