//! What executors learn from the driver that makes them, as far as it is known before the driver runs.

use crate::{
    kube::env,
    spark::names::SPARK_CONF_DIR,
    tree::{Node, Origin, Stage},
};

/// What stands where a running driver has its IP: known to nobody before the pod runs.
pub const UNKNOWN_POD_IP: &str = "<driver-pod-ip>";
/// What stands for the driver's user where a Secret, a ConfigMap or the pod itself says who that is.
const UNKNOWN_USER: &str = "<driver-spark-user>";
/// What stands for the driver's scratch directories where they are known only at run time: a path, for it is mounted.
const UNKNOWN_LOCAL_DIRS: &str = "/<driver-spark-local-dirs>";

/// Whether `value` holds what stands for something that only a running driver knows. Such a value is for previews: in an
/// object that is applied it would be taken for the value itself.
#[must_use]
pub(crate) fn has_placeholder(value: &str) -> bool {
    [UNKNOWN_POD_IP, UNKNOWN_USER, UNKNOWN_LOCAL_DIRS].iter().any(|placeholder| value.contains(placeholder))
}

/// What executors learn from the process that makes them.
#[derive(Debug, Clone)]
pub struct RunningDriver {
    /// `SPARK_USER` in the driver's environment.
    pub spark_user: Node,
    /// `SPARK_LOCAL_DIRS` in the driver's environment.
    pub local_dirs: Option<(String, Origin)>,
    /// Whether its `SPARK_CONF_DIR` is the directory of Spark's own ConfigMap. The files of another are unknown.
    pub has_own_conf_dir: bool,
    /// The driver pod's IP, or [`UNKNOWN_POD_IP`].
    pub pod_ip: Node,
}

impl RunningDriver {
    /// Reads the environment of the driver's container. The last entry of a name counts, as in Kubernetes; a value that
    /// is known only at run time has a placeholder.
    #[must_use]
    pub fn of(container: &Node, pod_ip: Option<&str>) -> Self {
        let unknown = Origin::derived(Stage::FeatureStep, "SPARK_DRIVER_BIND_ADDRESS", []);
        let no_origin = || Origin::derived(Stage::FeatureStep, "BasicDriverFeatureStep", []);
        let user = Variable::of(container, "SPARK_USER");
        Self {
            spark_user: user.map_or_else(
                || Node::text(UNKNOWN_USER).at(no_origin()),
                |user| Node::text(user.value.as_deref().unwrap_or(UNKNOWN_USER)).at(user.origin),
            ),
            local_dirs: Variable::of(container, "SPARK_LOCAL_DIRS")
                .map(|dirs| (dirs.value.unwrap_or_else(|| UNKNOWN_LOCAL_DIRS.to_owned()), dirs.origin)),
            has_own_conf_dir: Variable::of(container, "SPARK_CONF_DIR")
                .is_none_or(|dir| dir.value.as_deref() == Some(SPARK_CONF_DIR)),
            pod_ip: Node::text(pod_ip.unwrap_or(UNKNOWN_POD_IP)).at(unknown),
        }
    }
}

/// A variable of a container.
struct Variable {
    /// `None` if it is known only at run time.
    value: Option<String>,
    origin: Origin,
}

impl Variable {
    fn of(container: &Node, name: &str) -> Option<Self> {
        let entries = container.get("env").and_then(Node::as_sequence).unwrap_or_default();
        let entry = entries.iter().rev().find(|entry| env::name(entry) == name)?;
        let origin = entry.get("value").map_or(&entry.origin, |value| &value.origin).clone();
        let literal = env::literal(entry);
        // Most values refer to nothing.
        if literal.is_some_and(|text| text.contains('$')) {
            return Some(Self { value: env::evaluated(container).remove(name).flatten(), origin });
        }
        Some(Self { value: literal.map(str::to_owned), origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    #[test]
    fn what_only_a_run_knows_has_a_placeholder() {
        let secret = || map! { "secretKeyRef" => map! { "name" => "who", "key" => "user" } };
        let driver = |env: Node| RunningDriver::of(&map! { "env" => env }, None);
        let user = |env: Node| driver(env).spark_user.as_str().unwrap_or_default().to_owned();
        assert_eq!(user(seq![map! { "name" => "SPARK_USER", "value" => "jane" }]), "jane");
        assert_eq!(user(seq![map! { "name" => "SPARK_USER", "valueFrom" => secret() }]), UNKNOWN_USER);
        assert_eq!(user(seq![]), UNKNOWN_USER);
        let who = map! { "name" => "WHO", "valueFrom" => secret() };
        assert_eq!(user(seq![who, map! { "name" => "SPARK_USER", "value" => "$(WHO)" }]), UNKNOWN_USER);
        let who = map! { "name" => "WHO", "value" => "jane" };
        assert_eq!(user(seq![who, map! { "name" => "SPARK_USER", "value" => "$(WHO)" }]), "jane");
        let elsewhere = driver(seq![
            map! { "name" => "SPARK_LOCAL_DIRS", "valueFrom" => secret() },
            map! { "name" => "SPARK_CONF_DIR", "valueFrom" => secret() },
        ]);
        assert_eq!(elsewhere.local_dirs.map(|(dirs, _)| dirs).as_deref(), Some(UNKNOWN_LOCAL_DIRS));
        assert!(!elsewhere.has_own_conf_dir);
    }
}
