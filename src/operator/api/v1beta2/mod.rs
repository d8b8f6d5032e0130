//! `sparkoperator.k8s.io/v1beta2`: SparkApplication and ScheduledSparkApplication, as of operator master (2.6).

mod application;
mod monitoring;
mod pod_spec;
mod role;
mod scheduled;

pub use application::{
    BatchSchedulerConfiguration, Dependencies, DynamicAllocation, RestartPolicy, SparkApplicationSpec,
};
pub use monitoring::{DriverIngressConfiguration, MonitoringSpec, PrometheusSpec, SparkUIConfiguration};
pub use pod_spec::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
pub use role::{DriverSpec, ExecutorSpec, SparkPodSpec};
pub use scheduled::ScheduledSparkApplicationSpec;
