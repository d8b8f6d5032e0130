//! What real Spark makes: feature steps under the names of Spark's own classes, folded over a [`SparkPod`].

pub mod allocator;
pub mod codes;
pub mod config_map;
pub mod driver;
pub mod executor;
pub mod executor_checks;
pub mod executor_config_map;
pub mod executor_java_options;
pub mod executor_memory;
pub mod feature_step;
pub mod features;
pub mod kubernetes_conf;
mod module_options;
pub mod owner;
pub mod pod_template;
pub mod refusal;
pub mod resources;
pub mod scala_order;
pub mod spark_pod;
pub mod template_fields;
pub mod template_survival;
pub mod upload;
pub mod volumes;

pub use allocator::Allocator;
pub use codes::CODES;
pub use driver::{KubernetesDriverSpec, STEPS as DRIVER_STEPS, driver};
pub use executor::{
    ExecutorRequest, KubernetesExecutorSpec, RunningDriver, UNKNOWN_POD_IP, executor, initial_executors,
};
pub use executor_memory::ExecutorMemory;
pub use feature_step::{Build, FEATURES_PACKAGE, FeatureStep, fold, run as run_step};
pub use kubernetes_conf::{KubernetesConf, Role};
pub use owner::{UNKNOWN_UID, owner_reference};
pub use refusal::{REFUSED_BY_SPARK, refused};
pub use spark_pod::SparkPod;
pub use volumes::{VolumeSource, VolumeSpec};
