//! Monitoring, the UI and ingresses.

use crate::{
    operator::api::{StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// `spec.monitoring`.
    MonitoringSpec {
        expose_driver_metrics = "exposeDriverMetrics": Sourced<bool>,
        expose_executor_metrics = "exposeExecutorMetrics": Sourced<bool>,
        metrics_properties = "metricsProperties": Sourced<String>,
        metrics_properties_file = "metricsPropertiesFile": Sourced<String>,
        prometheus = "prometheus": PrometheusSpec,
    }
}

resource! {
    /// `spec.monitoring.prometheus`.
    PrometheusSpec {
        config_file = "configFile": Sourced<String>,
        configuration = "configuration": Sourced<String>,
        jmx_exporter_jar = "jmxExporterJar": Sourced<String>,
        port = "port": Sourced<i64>,
        port_name = "portName": Sourced<String>,
    }
}

resource! {
    /// `spec.sparkUIOptions`.
    SparkUIConfiguration {
        ingress_annotations = "ingressAnnotations": StringMap,
        ingress_tls = "ingressTLS": Vec<Node>,
        service_annotations = "serviceAnnotations": StringMap,
        service_labels = "serviceLabels": StringMap,
        service_port = "servicePort": Sourced<i64>,
        service_port_name = "servicePortName": Sourced<String>,
        service_type = "serviceType": Sourced<String>,
    }
}

resource! {
    /// `spec.driverIngressOptions[]`.
    DriverIngressConfiguration {
        ingress_annotations = "ingressAnnotations": StringMap,
        ingress_tls = "ingressTLS": Vec<Node>,
        ingress_urlformat = "ingressURLFormat": Sourced<String>,
        service_annotations = "serviceAnnotations": StringMap,
        service_labels = "serviceLabels": StringMap,
        service_port = "servicePort": Sourced<i64>,
        service_port_name = "servicePortName": Sourced<String>,
        service_type = "serviceType": Sourced<String>,
    }
}
