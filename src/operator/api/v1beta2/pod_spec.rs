//! The small types that driver and executor share.

use crate::{operator::api::decode::resource, tree::Sourced};

resource! {
    /// `spec.driver.gpu`.
    GPUSpec {
        name = "name": Sourced<String>,
        quantity = "quantity": Sourced<i64>,
    }
}

resource! {
    /// `spec.driver.configMaps[]`.
    NamePath {
        name = "name": Sourced<String>,
        path = "path": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.secrets[]`.
    SecretInfo {
        name = "name": Sourced<String>,
        path = "path": Sourced<String>,
        secret_type = "secretType": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.ports[]`.
    Port {
        container_port = "containerPort": Sourced<i64>,
        name = "name": Sourced<String>,
        protocol = "protocol": Sourced<String>,
    }
}

resource! {
    /// `spec.driver.envSecretKeyRefs.*`.
    NameKey {
        key = "key": Sourced<String>,
        name = "name": Sourced<String>,
    }
}
