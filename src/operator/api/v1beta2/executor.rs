//! `SparkApplication.spec.executor`.

use std::collections::BTreeMap;

use super::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
use crate::{
    operator::api::{StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// `spec.executor`.
    ExecutorSpec {
        /// `executor.affinity`: webhook (replace).
        affinity = "affinity": Node,
        /// `executor.annotations`: conf (spark.kubernetes.executor.annotation.*).
        annotations = "annotations": StringMap,
        /// `executor.configMaps`: webhook (volume name-vol + ro mount).
        config_maps = "configMaps": Vec<NamePath>,
        /// `executor.coreLimit`: conf (spark.kubernetes.executor.limit.cores).
        core_limit = "coreLimit": Sourced<String>,
        /// `executor.coreRequest`: conf (spark.kubernetes.executor.request.cores).
        core_request = "coreRequest": Sourced<String>,
        /// `executor.cores`: conf (spark.executor.cores).
        cores = "cores": Sourced<i64>,
        /// `executor.deleteOnTermination`: conf (spark.kubernetes.executor.deleteOnTermination).
        delete_on_termination = "deleteOnTermination": Sourced<bool>,
        /// `executor.dnsConfig`: webhook (replace).
        dns_config = "dnsConfig": Node,
        /// `executor.env`: webhook (append).
        env = "env": Vec<Node>,
        /// `executor.envFrom`: webhook (append).
        env_from = "envFrom": Vec<Node>,
        /// `executor.envSecretKeyRefs`: conf (spark.kubernetes.executor.secretKeyRef.*=*:key).
        env_secret_key_refs = "envSecretKeyRefs": Sourced<BTreeMap<String, NameKey>>,
        /// `executor.envVars`: conf (spark.executorEnv.*).
        env_vars = "envVars": StringMap,
        /// `executor.gpu`: webhook (container limits).
        gpu = "gpu": GPUSpec,
        /// `executor.hostAliases`: webhook (append).
        host_aliases = "hostAliases": Vec<Node>,
        /// `executor.hostNetwork`: webhook (true -> hostNetwork + ClusterFirstWithHostNet).
        host_network = "hostNetwork": Sourced<bool>,
        /// `executor.image`: conf (spark.kubernetes.executor.container.image).
        image = "image": Sourced<String>,
        /// `executor.initContainers`: webhook (append unless same name+image).
        init_containers = "initContainers": Vec<Node>,
        /// `executor.instances`: conf (spark.executor.instances).
        instances = "instances": Sourced<i64>,
        /// `executor.javaOptions`: conf (spark.executor.extraJavaOptions).
        java_options = "javaOptions": Sourced<String>,
        /// `executor.labels`: conf (spark.kubernetes.executor.label.*).
        labels = "labels": StringMap,
        /// `executor.lifecycle`: webhook (replace (container)).
        lifecycle = "lifecycle": Node,
        /// `executor.memory`: conf (spark.executor.memory).
        memory = "memory": Sourced<String>,
        /// `executor.memoryLimit`: webhook (container limits.memory).
        memory_limit = "memoryLimit": Sourced<String>,
        /// `executor.memoryOverhead`: conf (spark.executor.memoryOverhead).
        memory_overhead = "memoryOverhead": Sourced<String>,
        /// `executor.nodeSelector`: webhook (merge over).
        node_selector = "nodeSelector": StringMap,
        /// `executor.podSecurityContext`: webhook (replace).
        pod_security_context = "podSecurityContext": Node,
        /// `executor.ports`: webhook (append).
        ports = "ports": Vec<Port>,
        /// `executor.priorityClassName`: webhook (set; clear priority/preemptionPolicy).
        priority_class_name = "priorityClassName": Sourced<String>,
        /// `executor.schedulerName`: webhook (if spec.batchScheduler nil).
        scheduler_name = "schedulerName": Sourced<String>,
        /// `executor.secrets`: conf (spark.kubernetes.executor.secrets.*=path).
        secrets = "secrets": Vec<SecretInfo>,
        /// `executor.securityContext`: webhook (replace (container)).
        security_context = "securityContext": Node,
        /// `executor.serviceAccount`: conf (spark.kubernetes.authenticate.executor.serviceAccountName).
        service_account = "serviceAccount": Sourced<String>,
        /// `executor.shareProcessNamespace`: webhook (only true).
        share_process_namespace = "shareProcessNamespace": Sourced<bool>,
        /// `executor.sidecars`: webhook (append unless same name+image).
        sidecars = "sidecars": Vec<Node>,
        /// `executor.template`: pod template (spark.kubernetes.executor.podTemplateFile + podTemplateContainerName=spark-kubernetes-executor).
        template = "template": Node,
        /// `executor.terminationGracePeriodSeconds`: webhook (set).
        termination_grace_period_seconds = "terminationGracePeriodSeconds": Sourced<i64>,
        /// `executor.tolerations`: webhook (append).
        tolerations = "tolerations": Vec<Node>,
        /// `executor.volumeMounts`: webhook, conf (spark-local-dir-* -> spark.kubernetes.executor.volumes.*).
        volume_mounts = "volumeMounts": Vec<Node>,
    }
}
