//! `SparkApplication.spec.driver` and `.executor`: what they share, and what only one of them has.

use std::collections::BTreeMap;

use super::{GPUSpec, NameKey, NamePath, Port, SecretInfo};
use crate::{
    operator::api::{StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// The fields of both `spec.driver` and `spec.executor`.
    SparkPodSpec {
        affinity = "affinity": Node,
        annotations = "annotations": StringMap,
        config_maps = "configMaps": Vec<NamePath>,
        core_limit = "coreLimit": Sourced<String>,
        core_request = "coreRequest": Sourced<String>,
        cores = "cores": Sourced<i64>,
        dns_config = "dnsConfig": Node,
        env = "env": Vec<Node>,
        env_from = "envFrom": Vec<Node>,
        env_secret_key_refs = "envSecretKeyRefs": Sourced<BTreeMap<String, NameKey>>,
        env_vars = "envVars": StringMap,
        gpu = "gpu": GPUSpec,
        host_aliases = "hostAliases": Vec<Node>,
        host_network = "hostNetwork": Sourced<bool>,
        image = "image": Sourced<String>,
        init_containers = "initContainers": Vec<Node>,
        java_options = "javaOptions": Sourced<String>,
        labels = "labels": StringMap,
        lifecycle = "lifecycle": Node,
        memory = "memory": Sourced<String>,
        memory_limit = "memoryLimit": Sourced<String>,
        memory_overhead = "memoryOverhead": Sourced<String>,
        node_selector = "nodeSelector": StringMap,
        pod_security_context = "podSecurityContext": Node,
        ports = "ports": Vec<Port>,
        priority_class_name = "priorityClassName": Sourced<String>,
        scheduler_name = "schedulerName": Sourced<String>,
        secrets = "secrets": Vec<SecretInfo>,
        security_context = "securityContext": Node,
        service_account = "serviceAccount": Sourced<String>,
        share_process_namespace = "shareProcessNamespace": Sourced<bool>,
        sidecars = "sidecars": Vec<Node>,
        template = "template": Node,
        termination_grace_period_seconds = "terminationGracePeriodSeconds": Sourced<i64>,
        tolerations = "tolerations": Vec<Node>,
        volume_mounts = "volumeMounts": Vec<Node>,
    }
}

resource! {
    /// `spec.driver`.
    DriverSpec: SparkPodSpec {
        kubernetes_master = "kubernetesMaster": Sourced<String>,
        pod_name = "podName": Sourced<String>,
        service_annotations = "serviceAnnotations": StringMap,
        service_labels = "serviceLabels": StringMap,
    }
}

resource! {
    /// `spec.executor`.
    ExecutorSpec: SparkPodSpec {
        delete_on_termination = "deleteOnTermination": Sourced<bool>,
        instances = "instances": Sourced<i64>,
    }
}
