//! Monitoring, the UI and ingresses.

use crate::{
    operator::api::{StringMap, decode::resource},
    tree::{Node, Sourced},
};

resource! {
    /// `spec.monitoring`.
    MonitoringSpec {
        /// `monitoring.exposeDriverMetrics`: changes other fields, webhook (driver annotations+javaagent (conf); volume/mount/port (webhook)).
        expose_driver_metrics = "exposeDriverMetrics": Sourced<bool>,
        /// `monitoring.exposeExecutorMetrics`: changes other fields, webhook (executor annotations+javaagent; volume/mount/port).
        expose_executor_metrics = "exposeExecutorMetrics": Sourced<bool>,
        /// `monitoring.metricsProperties`: object (ConfigMap app-prom-conf key metrics.properties).
        metrics_properties = "metricsProperties": Sourced<String>,
        /// `monitoring.metricsPropertiesFile`: changes other fields (sparkConf spark.metrics.conf=value; suppresses key).
        metrics_properties_file = "metricsPropertiesFile": Sourced<String>,
        /// `monitoring.prometheus`: changes other fields, object, webhook.
        prometheus = "prometheus": PrometheusSpec,
    }
}

resource! {
    /// `spec.monitoring.prometheus`.
    PrometheusSpec {
        /// `monitoring.prometheus.configFile`: changes other fields (agent config path; suppresses key prometheus.yaml).
        config_file = "configFile": Sourced<String>,
        /// `monitoring.prometheus.configuration`: object (ConfigMap key prometheus.yaml).
        configuration = "configuration": Sourced<String>,
        /// `monitoring.prometheus.jmxExporterJar`: changes other fields (-javaagent:value=port:file in extraJavaOptions).
        jmx_exporter_jar = "jmxExporterJar": Sourced<String>,
        /// `monitoring.prometheus.port`: changes other fields, webhook (default 8090).
        port = "port": Sourced<i64>,
        /// `monitoring.prometheus.portName`: webhook (default jmx-exporter).
        port_name = "portName": Sourced<String>,
    }
}

resource! {
    /// `spec.sparkUIOptions`.
    SparkUIConfiguration {
        /// `sparkUIOptions.ingressAnnotations`: object (Ingress app-ui-ingress).
        ingress_annotations = "ingressAnnotations": StringMap,
        /// `sparkUIOptions.ingressTLS`: object (Ingress app-ui-ingress).
        ingress_tls = "ingressTLS": Vec<Node>,
        /// `sparkUIOptions.serviceAnnotations`: object (Service app-ui-svc).
        service_annotations = "serviceAnnotations": StringMap,
        /// `sparkUIOptions.serviceLabels`: object (Service app-ui-svc).
        service_labels = "serviceLabels": StringMap,
        /// `sparkUIOptions.servicePort`: object (Service app-ui-svc).
        service_port = "servicePort": Sourced<i64>,
        /// `sparkUIOptions.servicePortName`: object (Service app-ui-svc).
        service_port_name = "servicePortName": Sourced<String>,
        /// `sparkUIOptions.serviceType`: object (Service app-ui-svc).
        service_type = "serviceType": Sourced<String>,
    }
}

resource! {
    /// `spec.driverIngressOptions[]`.
    DriverIngressConfiguration {
        /// `driverIngressOptions[].ingressAnnotations`: N (<=2.5.2), O (master).
        ingress_annotations = "ingressAnnotations": StringMap,
        /// `driverIngressOptions[].ingressTLS`: N (<=2.5.2), O (master).
        ingress_tls = "ingressTLS": Vec<Node>,
        /// `driverIngressOptions[].ingressURLFormat`: object (Ingress app-ing-port).
        ingress_urlformat = "ingressURLFormat": Sourced<String>,
        /// `driverIngressOptions[].serviceAnnotations`: object (Service app-driver-port).
        service_annotations = "serviceAnnotations": StringMap,
        /// `driverIngressOptions[].serviceLabels`: object (Service app-driver-port).
        service_labels = "serviceLabels": StringMap,
        /// `driverIngressOptions[].servicePort`: object (Service app-driver-port).
        service_port = "servicePort": Sourced<i64>,
        /// `driverIngressOptions[].servicePortName`: object (Service app-driver-port).
        service_port_name = "servicePortName": Sourced<String>,
        /// `driverIngressOptions[].serviceType`: object (Service app-driver-port).
        service_type = "serviceType": Sourced<String>,
    }
}
