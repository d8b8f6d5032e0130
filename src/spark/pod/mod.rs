//! What real Spark makes: feature steps under the names of Spark's own classes, folded over a [`SparkPod`].

pub(crate) mod allocator;
pub(crate) mod codes;
pub(crate) mod config_map;
pub mod driver;
pub mod executor;
pub(crate) mod executor_checks;
pub(crate) mod executor_config_map;
pub(crate) mod executor_java_options;
pub(crate) mod executor_memory;
pub(crate) mod feature_step;
pub(crate) mod features;
pub(crate) mod kubernetes_conf;
mod module_options;
pub(crate) mod owner;
pub(crate) mod pod_template;
pub(crate) mod refusal;
pub(crate) mod resources;
pub(crate) mod scala_order;
pub(crate) mod spark_pod;
pub(crate) mod template_fields;
pub(crate) mod template_survival;
pub(crate) mod upload;
pub(crate) mod volumes;

pub(crate) use allocator::Allocator;
pub(crate) use codes::CODES;
pub use driver::{KubernetesDriverSpec, driver};
pub(crate) use executor::initial_executors;
pub use executor::{ExecutorRequest, RunningDriver, UNKNOWN_POD_IP, executor};
pub(crate) use executor_memory::ExecutorMemory;
pub(crate) use feature_step::{Build, FEATURES_PACKAGE, FeatureStep, fold, run as run_step};
pub use kubernetes_conf::KubernetesConf;
pub(crate) use kubernetes_conf::Role;
pub(crate) use owner::owner_reference;
pub(crate) use refusal::{REFUSED_BY_SPARK, refused};
pub(crate) use spark_pod::SparkPod;
pub(crate) use volumes::{VolumeSource, VolumeSpec};
