//! `SparkApplication.spec.driver`.

use std::collections::BTreeMap;

use super::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
use crate::{
    operator::api::{StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// `spec.driver`.
    DriverSpec {
        /// `driver.affinity`: webhook (replace).
        affinity = "affinity": Node,
        /// `driver.annotations`: conf (spark.kubernetes.driver.annotation.*).
        annotations = "annotations": StringMap,
        /// `driver.configMaps`: webhook (volume name-vol + ro mount).
        config_maps = "configMaps": Vec<NamePath>,
        /// `driver.coreLimit`: conf (spark.kubernetes.driver.limit.cores).
        core_limit = "coreLimit": Sourced<String>,
        /// `driver.coreRequest`: conf (spark.kubernetes.driver.request.cores).
        core_request = "coreRequest": Sourced<String>,
        /// `driver.cores`: conf (spark.driver.cores).
        cores = "cores": Sourced<i64>,
        /// `driver.dnsConfig`: webhook (replace).
        dns_config = "dnsConfig": Node,
        /// `driver.env`: webhook (append).
        env = "env": Vec<Node>,
        /// `driver.envFrom`: webhook (append).
        env_from = "envFrom": Vec<Node>,
        /// `driver.envSecretKeyRefs`: conf (spark.kubernetes.driver.secretKeyRef.*=*:key).
        env_secret_key_refs = "envSecretKeyRefs": Sourced<BTreeMap<String, NameKey>>,
        /// `driver.envVars`: conf (spark.kubernetes.driverEnv.*).
        env_vars = "envVars": StringMap,
        /// `driver.gpu`: webhook (container limits).
        gpu = "gpu": GPUSpec,
        /// `driver.hostAliases`: webhook (append).
        host_aliases = "hostAliases": Vec<Node>,
        /// `driver.hostNetwork`: webhook (true -> hostNetwork + ClusterFirstWithHostNet).
        host_network = "hostNetwork": Sourced<bool>,
        /// `driver.image`: conf (spark.kubernetes.driver.container.image).
        image = "image": Sourced<String>,
        /// `driver.initContainers`: webhook (append unless same name+image).
        init_containers = "initContainers": Vec<Node>,
        /// `driver.javaOptions`: conf (spark.driver.extraJavaOptions).
        java_options = "javaOptions": Sourced<String>,
        /// `driver.kubernetesMaster`: conf (spark.kubernetes.driver.master).
        kubernetes_master = "kubernetesMaster": Sourced<String>,
        /// `driver.labels`: conf (spark.kubernetes.driver.label.*).
        labels = "labels": StringMap,
        /// `driver.lifecycle`: webhook (replace (container)).
        lifecycle = "lifecycle": Node,
        /// `driver.memory`: conf (spark.driver.memory).
        memory = "memory": Sourced<String>,
        /// `driver.memoryLimit`: webhook (container limits.memory).
        memory_limit = "memoryLimit": Sourced<String>,
        /// `driver.memoryOverhead`: conf (spark.driver.memoryOverhead).
        memory_overhead = "memoryOverhead": Sourced<String>,
        /// `driver.nodeSelector`: webhook (merge over).
        node_selector = "nodeSelector": StringMap,
        /// `driver.podName`: conf (spark.kubernetes.driver.pod.name).
        pod_name = "podName": Sourced<String>,
        /// `driver.podSecurityContext`: webhook (replace).
        pod_security_context = "podSecurityContext": Node,
        /// `driver.ports`: webhook (append).
        ports = "ports": Vec<Port>,
        /// `driver.priorityClassName`: webhook (set; clear priority/preemptionPolicy).
        priority_class_name = "priorityClassName": Sourced<String>,
        /// `driver.schedulerName`: webhook (if spec.batchScheduler nil).
        scheduler_name = "schedulerName": Sourced<String>,
        /// `driver.secrets`: conf (spark.kubernetes.driver.secrets.*=path).
        secrets = "secrets": Vec<SecretInfo>,
        /// `driver.securityContext`: webhook (replace (container)).
        security_context = "securityContext": Node,
        /// `driver.serviceAccount`: conf (spark.kubernetes.authenticate.driver.serviceAccountName).
        service_account = "serviceAccount": Sourced<String>,
        /// `driver.serviceAnnotations`: conf (spark.kubernetes.driver.service.annotation.*).
        service_annotations = "serviceAnnotations": StringMap,
        /// `driver.serviceLabels`: conf (spark.kubernetes.driver.service.label.*).
        service_labels = "serviceLabels": StringMap,
        /// `driver.shareProcessNamespace`: webhook (only true).
        share_process_namespace = "shareProcessNamespace": Sourced<bool>,
        /// `driver.sidecars`: webhook (append unless same name+image).
        sidecars = "sidecars": Vec<Node>,
        /// `driver.template`: pod template (spark.kubernetes.driver.podTemplateFile + podTemplateContainerName=spark-kubernetes-driver).
        template = "template": Node,
        /// `driver.terminationGracePeriodSeconds`: webhook (set).
        termination_grace_period_seconds = "terminationGracePeriodSeconds": Sourced<i64>,
        /// `driver.tolerations`: webhook (append).
        tolerations = "tolerations": Vec<Node>,
        /// `driver.volumeMounts`: webhook, conf (spark-local-dir-* -> spark.kubernetes.driver.volumes.*).
        volume_mounts = "volumeMounts": Vec<Node>,
    }
}
