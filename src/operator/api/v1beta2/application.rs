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
        /// `arguments`: spark-submit argument (positional, verbatim).
        arguments = "arguments": Vec<Sourced<String>>,
        /// `batchScheduler`: changes other fields, object, webhook (PodGroup/annotations; pod schedulerName from stored CR).
        batch_scheduler = "batchScheduler": Sourced<String>,
        /// `batchSchedulerOptions`: changes other fields, object.
        batch_scheduler_options = "batchSchedulerOptions": BatchSchedulerConfiguration,
        /// `deps`.
        deps = "deps": Dependencies,
        /// `driver`.
        driver = "driver": DriverSpec,
        /// `driverIngressOptions`: object.
        driver_ingress_options = "driverIngressOptions": Vec<DriverIngressConfiguration>,
        /// `driverPodDisruptionBudget`: O (master) (PDB).
        driver_pod_disruption_budget = "driverPodDisruptionBudget": Sourced<bool>,
        /// `dynamicAllocation`: conf (only when enabled).
        dynamic_allocation = "dynamicAllocation": DynamicAllocation,
        /// `executor`.
        executor = "executor": ExecutorSpec,
        /// `failureRetries`: no effect (unused).
        failure_retries = "failureRetries": Sourced<i64>,
        /// `hadoopConf`: conf (spark.hadoop.*).
        hadoop_conf = "hadoopConf": StringMap,
        /// `hadoopConfigMap`: W driver+executor (volume hadoop-configmap-volume, mount /etc/hadoop/conf ro, env HADOOP_CONF_DIR).
        hadoop_config_map = "hadoopConfigMap": Sourced<String>,
        /// `image`: conf (spark.kubernetes.container.image; also driver/executor.container.image fallback).
        image = "image": Sourced<String>,
        /// `imagePullPolicy`: conf (spark.kubernetes.container.image.pullPolicy).
        image_pull_policy = "imagePullPolicy": Sourced<String>,
        /// `imagePullSecrets`: conf (spark.kubernetes.container.image.pullSecrets (comma joined)).
        image_pull_secrets = "imagePullSecrets": Vec<Sourced<String>>,
        /// `mainApplicationFile`: spark-submit argument (positional).
        main_application_file = "mainApplicationFile": Sourced<String>,
        /// `mainClass`: spark-submit argument (--class value if non-nil).
        main_class = "mainClass": Sourced<String>,
        /// `memoryOverheadFactor`: conf (spark.kubernetes.memoryOverheadFactor).
        memory_overhead_factor = "memoryOverheadFactor": Sourced<String>,
        /// `mode`: spark-submit argument (--deploy-mode value (always)).
        mode = "mode": Sourced<String>,
        /// `monitoring`: changes other fields, object, webhook (only if prometheus set).
        monitoring = "monitoring": MonitoringSpec,
        /// `nodeSelector`: conf (spark.kubernetes.node.selector.*).
        node_selector = "nodeSelector": StringMap,
        /// `proxyUser`: spark-submit argument (--proxy-user value if non-empty (arg step 27)).
        proxy_user = "proxyUser": Sourced<String>,
        /// `pythonVersion`: conf (spark.kubernetes.pyspark.pythonVersion).
        python_version = "pythonVersion": Sourced<String>,
        /// `restartPolicy`: lifecycle.
        restart_policy = "restartPolicy": RestartPolicy,
        /// `retryInterval`: no effect (unused).
        retry_interval = "retryInterval": Sourced<i64>,
        /// `sparkConf`: conf (each key verbatim except spark.kubernetes.driver.pod.name).
        spark_conf = "sparkConf": StringMap,
        /// `sparkConfigMap`: W driver+executor (volume spark-configmap-volume, mount /etc/spark/conf ro, env SPARK_CONF_DIR).
        spark_config_map = "sparkConfigMap": Sourced<String>,
        /// `sparkUIOptions`: object.
        spark_ui_options = "sparkUIOptions": SparkUIConfiguration,
        /// `sparkVersion`: validated only (semver>=3.0.0 gate for template and mutated-by label; not emitted).
        spark_version = "sparkVersion": Sourced<String>,
        /// `suspend`: lifecycle (no submission while true).
        suspend = "suspend": Sourced<bool>,
        /// `timeToLiveSeconds`: lifecycle.
        time_to_live_seconds = "timeToLiveSeconds": Sourced<i64>,
        /// `type`: validated only (enum; memory factor estimates only; not emitted).
        r#type = "type": Sourced<String>,
        /// `volumes`: webhook, conf (only when mounted by role; spark-local-dir-* via conf).
        volumes = "volumes": Vec<Node>,
    }
}

resource! {
    /// `spec.deps`.
    Dependencies {
        /// `deps.archives`: spark-submit argument (--archives comma joined).
        archives = "archives": Vec<Sourced<String>>,
        /// `deps.excludePackages`: spark-submit argument (--exclude-packages comma joined).
        exclude_packages = "excludePackages": Vec<Sourced<String>>,
        /// `deps.files`: spark-submit argument (--files comma joined).
        files = "files": Vec<Sourced<String>>,
        /// `deps.jars`: spark-submit argument (--jars comma joined).
        jars = "jars": Vec<Sourced<String>>,
        /// `deps.packages`: spark-submit argument (--packages comma joined).
        packages = "packages": Vec<Sourced<String>>,
        /// `deps.pyFiles`: spark-submit argument (--py-files comma joined).
        py_files = "pyFiles": Vec<Sourced<String>>,
        /// `deps.repositories`: spark-submit argument (--repositories comma joined).
        repositories = "repositories": Vec<Sourced<String>>,
    }
}

resource! {
    /// `spec.dynamicAllocation`.
    DynamicAllocation {
        /// `dynamicAllocation.enabled`: conf (spark.dynamicAllocation.enabled=true).
        enabled = "enabled": Sourced<bool>,
        /// `dynamicAllocation.initialExecutors`: conf (spark.dynamicAllocation.initialExecutors).
        initial_executors = "initialExecutors": Sourced<i64>,
        /// `dynamicAllocation.maxExecutors`: conf (spark.dynamicAllocation.maxExecutors).
        max_executors = "maxExecutors": Sourced<i64>,
        /// `dynamicAllocation.minExecutors`: conf (spark.dynamicAllocation.minExecutors).
        min_executors = "minExecutors": Sourced<i64>,
        /// `dynamicAllocation.shuffleTrackingEnabled`: conf (spark.dynamicAllocation.shuffleTracking.enabled).
        shuffle_tracking_enabled = "shuffleTrackingEnabled": Sourced<bool>,
        /// `dynamicAllocation.shuffleTrackingTimeout`: conf (spark.dynamicAllocation.shuffleTracking.timeout (int, ms)).
        shuffle_tracking_timeout = "shuffleTrackingTimeout": Sourced<i64>,
    }
}

resource! {
    /// `spec.restartPolicy`.
    RestartPolicy {
        /// `restartPolicy.onFailureRetries`: lifecycle.
        on_failure_retries = "onFailureRetries": Sourced<i64>,
        /// `restartPolicy.onFailureRetryInterval`: lifecycle.
        on_failure_retry_interval = "onFailureRetryInterval": Sourced<i64>,
        /// `restartPolicy.onSubmissionFailureRetries`: lifecycle.
        on_submission_failure_retries = "onSubmissionFailureRetries": Sourced<i64>,
        /// `restartPolicy.onSubmissionFailureRetryInterval`: lifecycle.
        on_submission_failure_retry_interval = "onSubmissionFailureRetryInterval": Sourced<i64>,
        /// `restartPolicy.type`: lifecycle.
        r#type = "type": Sourced<String>,
    }
}

resource! {
    /// `spec.batchSchedulerOptions`.
    BatchSchedulerConfiguration {
        /// `batchSchedulerOptions.priorityClassName`: object (volcano PodGroup only (1.x: both pods)).
        priority_class_name = "priorityClassName": Sourced<String>,
        /// `batchSchedulerOptions.queue`: object, changes other fields (volcano PodGroup.queue; yunikorn label queue).
        queue = "queue": Sourced<String>,
        /// `batchSchedulerOptions.resources`: object (volcano PodGroup.minResources).
        resources = "resources": Sourced<BTreeMap<String, IntOrString>>,
    }
}
