//! `sparkoperator.k8s.io/v1beta2`: all 182 field paths of SparkApplication as of operator master (2.6).

mod application;
mod driver;
mod executor;
mod monitoring;
mod pod_spec;
mod scheduled;

pub use application::{
    BatchSchedulerConfiguration, Dependencies, DynamicAllocation, RestartPolicy, SparkApplicationSpec,
};
pub use driver::DriverSpec;
pub use executor::ExecutorSpec;
pub use monitoring::{DriverIngressConfiguration, MonitoringSpec, PrometheusSpec, SparkUIConfiguration};
pub use pod_spec::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
pub use scheduled::ScheduledSparkApplicationSpec;
