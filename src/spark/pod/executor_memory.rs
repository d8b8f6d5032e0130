//! What an executor pod asks for: heap and overhead as for the driver, and what only executors have
//! (`ResourceProfile.getResourcesForClusterManager`).

use super::KubernetesConf;
use crate::{
    spark::{
        memory::{self, PodMemory},
        size,
    },
    tree::{Diagnostics, Origin},
};

const OFF_HEAP_ENABLED: &str = "spark.memory.offHeap.enabled";
const OFF_HEAP_SIZE: &str = "spark.memory.offHeap.size";
const RESOURCE_TYPE: &str = "spark.kubernetes.resource.type";
const PYTHON_MEMORY: &str = "spark.executor.pyspark.memory";

/// The parts of an executor's memory, in MiB.
#[derive(Debug, Clone)]
pub(crate) struct ExecutorMemory {
    /// Heap and overhead.
    pub pod: PodMemory,
    /// Off-heap memory, if it is on.
    pub off_heap_mib: i64,
    /// Memory of Python workers, for Python applications.
    pub python_mib: i64,
}

impl ExecutorMemory {
    /// Adds up what the confs say; what Spark cannot read is reported.
    pub(crate) fn of(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> Self {
        let mut pod = memory::pod_memory(conf, diagnostics);
        let mut off_heap_mib = 0;
        if conf.boolean(OFF_HEAP_ENABLED, false, diagnostics) {
            let size = conf.get(OFF_HEAP_SIZE).unwrap_or("0");
            off_heap_mib = size::bytes_for(size, conf.version()).map_or(0, |bytes| bytes >> 20);
            pod.inputs.extend([conf.origin(OFF_HEAP_ENABLED), conf.origin(OFF_HEAP_SIZE)]);
        }
        let mut python_mib = 0;
        let is_python = conf.get(RESOURCE_TYPE) == Some("python");
        if conf.contains(PYTHON_MEMORY) {
            pod.inputs.push(conf.origin(RESOURCE_TYPE));
        }
        if is_python && let Some(size) = memory::conf_mib(conf, PYTHON_MEMORY, diagnostics) {
            python_mib = size;
            pod.inputs.push(conf.origin(PYTHON_MEMORY));
        }
        Self { pod, off_heap_mib, python_mib }
    }

    /// All parts together, in MiB. A sum that is more than Spark can count is reported.
    pub(crate) fn total_mib(&self, conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) -> i64 {
        self.pod.sum(conf, &[self.off_heap_mib, self.python_mib], diagnostics)
    }

    /// Where the sum comes from.
    #[must_use]
    pub(crate) fn origin(&self, step: &'static str) -> Origin {
        self.pod.origin(step)
    }
}
