//! Driver and executor as the webhook sees them.

/// Which pod is mutated. The webhook reads it from the label `spark-role`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodRole {
    /// The driver pod.
    Driver,
    /// An executor pod, or the template that executors are made from.
    Executor,
}

impl PodRole {
    /// The key under `spec`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Executor => "executor",
        }
    }

    /// The name that Spark gives to its container (`Constants.scala`).
    #[must_use]
    pub fn container_name(self) -> &'static str {
        match self {
            Self::Driver => "spark-kubernetes-driver",
            Self::Executor => "spark-kubernetes-executor",
        }
    }
}
