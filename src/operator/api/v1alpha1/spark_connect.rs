//! `SparkConnect.spec`.

use crate::{
    operator::api::{StringMap, decode::resource, v1beta2::DynamicAllocation},
    tree::{Node, Sourced},
};

resource! {
    /// `spec` of a SparkConnect.
    SparkConnectSpec {
        dynamic_allocation = "dynamicAllocation": DynamicAllocation,
        executor = "executor": ConnectExecutorSpec,
        hadoop_conf = "hadoopConf": StringMap,
        image = "image": Sourced<String>,
        server = "server": ServerSpec,
        spark_conf = "sparkConf": StringMap,
        spark_version = "sparkVersion": Sourced<String>,
    }
}

resource! {
    /// `spec.server`.
    ServerSpec {
        cores = "cores": Sourced<i64>,
        memory = "memory": Sourced<String>,
        service = "service": Node,
        template = "template": Node,
    }
}

resource! {
    /// `spec.executor`.
    ConnectExecutorSpec {
        cores = "cores": Sourced<i64>,
        instances = "instances": Sourced<i64>,
        memory = "memory": Sourced<String>,
        template = "template": Node,
    }
}
