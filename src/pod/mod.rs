//! What real Spark makes: feature steps under the names of Spark's own classes, folded over a [`SparkPod`].
//!
//! A feature step never knows which command runs: `submit` and `render` differ only by the confs and
//! identities that they put into [`Submission`], and by passes after this stage.

mod allocator;
mod codes;
pub mod config_map;
mod driver;
mod duration;
mod executor;
mod executor_checks;
mod executor_config_map;
pub mod executor_java_options;
mod executor_memory;
mod feature_step;
pub mod features;
mod kubernetes_conf;
pub mod memory;
pub mod names;
mod owner;
pub mod pod_template;
pub mod quantity;
mod refusal;
pub mod resources;
mod scala_order;
mod spark_pod;
pub mod spark_properties;
mod submission;
pub mod template_fields;
pub mod template_survival;
pub mod upload;
pub mod volumes;

pub use allocator::Allocator;
pub use codes::CODES;
pub use driver::{DriverSpec, STEPS as DRIVER_STEPS, driver};
pub use executor::{ExecutorRequest, ExecutorSpec, RunningDriver, UNKNOWN_POD_IP, executor, initial_executors};
pub use executor_memory::ExecutorMemory;
pub use feature_step::{Build, FEATURES_PACKAGE, FeatureStep, fold, run as run_step};
pub use kubernetes_conf::{KubernetesConf, Role};
pub use owner::{UNKNOWN_UID, owner_reference};
pub use refusal::{REFUSED_BY_SPARK, refused};
pub use spark_pod::SparkPod;
pub use submission::{ConfFile, Identity, LocalFile, ResourceType, Submission};
pub use volumes::{VolumeSource, VolumeSpec};
