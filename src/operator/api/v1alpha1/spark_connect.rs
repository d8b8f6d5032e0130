//! `SparkConnect.spec`.

use crate::{
    operator::api::{StringMap, decode::resource, v1beta2::DynamicAllocation},
    tree::{Node, Sourced},
};

resource! {
    /// `spec` of a SparkConnect.
    SparkConnectSpec {
        /// `dynamicAllocation`: conf, only when enabled.
        dynamic_allocation = "dynamicAllocation": DynamicAllocation,
        /// `executor`.
        executor = "executor": ConnectExecutorSpec,
        /// `hadoopConf`: conf (spark.hadoop.*; the prefix is added only where it is missing).
        hadoop_conf = "hadoopConf": StringMap,
        /// `image`: the server's container, and conf spark.kubernetes.container.image.
        image = "image": Sourced<String>,
        /// `server`.
        server = "server": ServerSpec,
        /// `sparkConf`: conf.
        spark_conf = "sparkConf": StringMap,
        /// `sparkVersion`: the label spark-version.
        spark_version = "sparkVersion": Sourced<String>,
    }
}

resource! {
    /// `spec.server`.
    ServerSpec {
        /// `server.cores`: conf (spark.driver.cores).
        cores = "cores": Sourced<i64>,
        /// `server.memory`: conf (spark.driver.memory).
        memory = "memory": Sourced<String>,
        /// `server.service`: the base of the server's Service.
        service = "service": Node,
        /// `server.template`: the base of the server's Pod.
        template = "template": Node,
    }
}

resource! {
    /// `spec.executor`.
    ConnectExecutorSpec {
        /// `executor.cores`: conf (spark.executor.cores).
        cores = "cores": Sourced<i64>,
        /// `executor.instances`: conf (spark.executor.instances).
        instances = "instances": Sourced<i64>,
        /// `executor.memory`: conf (spark.executor.memory).
        memory = "memory": Sourced<String>,
        /// `executor.template`: pod template, through the ConfigMap.
        template = "template": Node,
    }
}
