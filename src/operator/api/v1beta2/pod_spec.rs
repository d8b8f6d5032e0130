//! The small types that driver and executor share.

use crate::{operator::api::decode::resource, tree::Sourced};

resource! {
    /// `spec.driver.gpu`.
    GPUSpec {
        /// `driver.gpu.name`: webhook (limit key).
        name = "name": Sourced<String>,
        /// `driver.gpu.quantity`: webhook (limit value).
        quantity = "quantity": Sourced<i64>,
    }
}

resource! {
    /// `spec.driver.configMaps[]`.
    NamePath {
        /// `driver.configMaps[].name`: webhook.
        name = "name": Sourced<String>,
        /// `driver.configMaps[].path`: webhook.
        path = "path": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.secrets[]`.
    SecretInfo {
        /// `driver.secrets[].name`: conf.
        name = "name": Sourced<String>,
        /// `driver.secrets[].path`: conf.
        path = "path": Sourced<String>,
        /// `driver.secrets[].secretType`: conf (spark.kubernetes.driverEnv.{GOOGLE_APPLICATION_CREDENTIALS|HADOOP_TOKEN_FILE_LOCATION}).
        secret_type = "secretType": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.ports[]`.
    Port {
        /// `driver.ports[].containerPort`: webhook.
        container_port = "containerPort": Sourced<i64>,
        /// `driver.ports[].name`: webhook.
        name = "name": Sourced<String>,
        /// `driver.ports[].protocol`: webhook.
        protocol = "protocol": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.envSecretKeyRefs.*`.
    NameKey {
        /// `driver.envSecretKeyRefs.*.key`: conf.
        key = "key": Sourced<String>,
        /// `driver.envSecretKeyRefs.*.name`: conf.
        name = "name": Sourced<String>,
    }
}
