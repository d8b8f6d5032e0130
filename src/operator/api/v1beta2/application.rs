//! `SparkApplication.spec`.

use std::collections::BTreeMap;

use super::{DriverIngressConfiguration, DriverSpec, ExecutorSpec, MonitoringSpec, SparkUIConfiguration};
use crate::{
    operator::api::{IntOrString, StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// `spec` of a SparkApplication, and `spec.template` of a ScheduledSparkApplication.
    SparkApplicationSpec {
        arguments = "arguments": Vec<Sourced<String>>,
        batch_scheduler = "batchScheduler": Sourced<String>,
        batch_scheduler_options = "batchSchedulerOptions": BatchSchedulerConfiguration,
        deps = "deps": Dependencies,
        driver = "driver": DriverSpec,
        driver_ingress_options = "driverIngressOptions": Vec<DriverIngressConfiguration>,
        driver_pod_disruption_budget = "driverPodDisruptionBudget": Sourced<bool>,
        dynamic_allocation = "dynamicAllocation": DynamicAllocation,
        executor = "executor": ExecutorSpec,
        failure_retries = "failureRetries": Sourced<i64>,
        hadoop_conf = "hadoopConf": StringMap,
        hadoop_config_map = "hadoopConfigMap": Sourced<String>,
        image = "image": Sourced<String>,
        image_pull_policy = "imagePullPolicy": Sourced<String>,
        image_pull_secrets = "imagePullSecrets": Vec<Sourced<String>>,
        main_application_file = "mainApplicationFile": Sourced<String>,
        main_class = "mainClass": Sourced<String>,
        memory_overhead_factor = "memoryOverheadFactor": Sourced<String>,
        mode = "mode": Sourced<String>,
        monitoring = "monitoring": MonitoringSpec,
        node_selector = "nodeSelector": StringMap,
        proxy_user = "proxyUser": Sourced<String>,
        python_version = "pythonVersion": Sourced<String>,
        restart_policy = "restartPolicy": RestartPolicy,
        retry_interval = "retryInterval": Sourced<i64>,
        spark_conf = "sparkConf": StringMap,
        spark_config_map = "sparkConfigMap": Sourced<String>,
        spark_ui_options = "sparkUIOptions": SparkUIConfiguration,
        spark_version = "sparkVersion": Sourced<String>,
        suspend = "suspend": Sourced<bool>,
        time_to_live_seconds = "timeToLiveSeconds": Sourced<i64>,
        r#type = "type": Sourced<String>,
        volumes = "volumes": Vec<Node>,
    }
}

resource! {
    /// `spec.deps`.
    Dependencies {
        archives = "archives": Vec<Sourced<String>>,
        exclude_packages = "excludePackages": Vec<Sourced<String>>,
        files = "files": Vec<Sourced<String>>,
        jars = "jars": Vec<Sourced<String>>,
        packages = "packages": Vec<Sourced<String>>,
        py_files = "pyFiles": Vec<Sourced<String>>,
        repositories = "repositories": Vec<Sourced<String>>,
    }
}

resource! {
    /// `spec.dynamicAllocation`.
    DynamicAllocation {
        enabled = "enabled": Sourced<bool>,
        initial_executors = "initialExecutors": Sourced<i64>,
        max_executors = "maxExecutors": Sourced<i64>,
        min_executors = "minExecutors": Sourced<i64>,
        shuffle_tracking_enabled = "shuffleTrackingEnabled": Sourced<bool>,
        shuffle_tracking_timeout = "shuffleTrackingTimeout": Sourced<i64>,
    }
}

resource! {
    /// `spec.restartPolicy`.
    RestartPolicy {
        on_failure_retries = "onFailureRetries": Sourced<i64>,
        on_failure_retry_interval = "onFailureRetryInterval": Sourced<i64>,
        on_submission_failure_retries = "onSubmissionFailureRetries": Sourced<i64>,
        on_submission_failure_retry_interval = "onSubmissionFailureRetryInterval": Sourced<i64>,
        r#type = "type": Sourced<String>,
    }
}

resource! {
    /// `spec.batchSchedulerOptions`.
    BatchSchedulerConfiguration {
        priority_class_name = "priorityClassName": Sourced<String>,
        queue = "queue": Sourced<String>,
        resources = "resources": Sourced<BTreeMap<String, IntOrString>>,
    }
}
