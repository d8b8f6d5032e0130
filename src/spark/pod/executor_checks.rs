//! What the driver refuses before it asks for the first executor: a row per rule, with Spark's reason.

use super::{KubernetesConf, refused};
use crate::{
    kube::{Quantity, names},
    spark::{Behaviour, size, time},
    tree::{Diagnostic, Diagnostics, secret},
};

const PREFIX: &str = "spark.kubernetes.executor.podNamePrefix";
const LIMIT_CORES: &str = "spark.kubernetes.executor.limit.cores";
const REQUEST_CORES: &str = "spark.kubernetes.executor.request.cores";
const BLOCK_MANAGER_PORT: &str = "spark.blockManager.port";
const SECRET_FILES: [&str; 2] = ["spark.authenticate.secret.driver.file", "spark.authenticate.secret.executor.file"];

/// Reports everything for which the driver would stop.
pub(crate) fn check(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let rules = [java_options, encryption, secret_files, timeouts, ports, cores, least_memory, prefix];
    for rule in rules {
        rule(conf, diagnostics);
    }
}

fn prefix(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let prefix = conf.resource_name_prefix();
    if conf.has(Behaviour::ExecutorPrefixValidated) && !is_valid_prefix(&prefix) {
        diagnostics.push(
            refused(
                conf,
                PREFIX,
                format!("`{prefix}` in `{PREFIX}` is no DNS subdomain name of at most 237 characters"),
            )
            .hint("use lower-case letters, digits, `-` and `.`, with a letter or digit at both ends"),
        );
    }
}

/// `UnifiedMemoryManager.getMaxMemory`. A warning only: `spark.testing.*` confs lift the limit.
fn least_memory(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    const KEY: &str = "spark.executor.memory";
    const LEAST_MIB: i64 = 450;
    let Some(size) = conf.get(KEY).and_then(|text| size::mib_for(text, conf.version()).ok()) else { return };
    if size < LEAST_MIB && !conf.contains("spark.testing.reservedMemory") {
        diagnostics.push(
            Diagnostic::warning(
                "executor-memory-too-small",
                format!("executor memory of {size} MiB is less than {LEAST_MIB} MiB, so the driver stops"),
            )
            .at(conf.origin(KEY))
            .hint(format!("raise the executors' memory (`{KEY}`) to `512m` or more")),
        );
    }
}

/// A DNS subdomain name that leaves room for `-exec-` and the longest id (`Config.isValidExecutorPodNamePrefix`).
fn is_valid_prefix(prefix: &str) -> bool {
    prefix.len() <= names::SUBDOMAIN_LENGTH - 16 && names::is_dns_subdomain(prefix)
}

fn java_options(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    for key in ["spark.executor.extraJavaOptions", "spark.executor.defaultJavaOptions"] {
        let checked = key == "spark.executor.extraJavaOptions" || conf.has(Behaviour::DefaultJavaOptionsChecked);
        let Some(options) = conf.get(key).filter(|_| checked) else { continue };
        let shown = secret::covered(options);
        if options.contains("-Dspark") {
            diagnostics.push(
                refused(conf, key, format!("`{key}` is not allowed to set Spark options (was `{shown}`)"))
                    .hint("set them as Spark confs"),
            );
        }
        if options.contains("-Xmx") {
            diagnostics.push(
                refused(
                    conf,
                    key,
                    format!("`{key}` is not allowed to specify max heap memory settings (was `{shown}`)"),
                )
                .hint("use `spark.executor.memory` instead"),
            );
        }
    }
}

fn encryption(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let is_on = |key: &str| conf.get(key).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let encrypted =
        ["spark.network.crypto.enabled", "spark.authenticate.enableSaslEncryption"].into_iter().find(|key| is_on(key));
    if let Some(key) = encrypted.filter(|_| !is_on("spark.authenticate")) {
        diagnostics.push(
            refused(conf, key, format!("`spark.authenticate` must be enabled when `{key}` is"))
                .hint("set `spark.authenticate` to `true`"),
        );
    }
}

fn secret_files(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    if conf.get("spark.authenticate") != Some("true") || conf.contains("spark.authenticate.secret.file") {
        return;
    }
    let [driver, executor] = SECRET_FILES.map(|key| conf.contains(key));
    if driver != executor {
        let given = if driver { SECRET_FILES[0] } else { SECRET_FILES[1] };
        diagnostics.push(
            refused(
                conf,
                given,
                format!("secret files must be specified for both the driver and the executors, only `{given}` is"),
            )
            .hint("use `spark.authenticate.secret.file` for both"),
        );
    }
}

fn timeouts(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let (timeout, heartbeat) = ("spark.network.timeout", "spark.executor.heartbeatInterval");
    let timeout_ms = conf.get(timeout).map_or(Some(120_000), |text| time::milliseconds(text, 1000));
    let heartbeat_ms = conf.get(heartbeat).map_or(Some(10_000), |text| time::milliseconds(text, 1));
    if let (Some(timeout_ms), Some(heartbeat_ms)) = (timeout_ms, heartbeat_ms)
        && timeout_ms <= heartbeat_ms
    {
        let culprit = if conf.contains(timeout) { timeout } else { heartbeat };
        diagnostics.push(refused(
            conf,
            culprit,
            format!("`{timeout}` ({timeout_ms} ms) must be greater than `{heartbeat}` ({heartbeat_ms} ms)"),
        ));
    }
}

fn ports(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let Some(text) = conf.get(BLOCK_MANAGER_PORT) else {
        return;
    };
    if !text.trim().parse::<u32>().is_ok_and(|port| port == 0 || (1024..65536).contains(&port)) {
        diagnostics.push(refused(
            conf,
            BLOCK_MANAGER_PORT,
            format!("`{BLOCK_MANAGER_PORT}` is `{text}`: port number must be 0 or in [1024, 65535]"),
        ));
    }
}

fn cores(conf: &KubernetesConf<'_>, diagnostics: &mut Diagnostics) {
    let Some(limit) = conf.get(LIMIT_CORES).filter(|_| conf.has(Behaviour::CpuLimitChecked)) else { return };
    let nanos = |text: &str| Quantity::parse(text.trim()).and_then(Quantity::nanos);
    let request = conf.get(REQUEST_CORES).or_else(|| conf.get("spark.executor.cores")).unwrap_or("1");
    if let (Some(low), Some(high)) = (nanos(request), nanos(limit))
        && low > high
    {
        diagnostics.push(
            refused(
                conf,
                LIMIT_CORES,
                format!("the executor cpu request ({request}) should be less than or equal to cpu limit ({limit})"),
            )
            .hint("raise the limit, or lower the request"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_leaves_room_for_the_longest_id() {
        assert!(is_valid_prefix("a.b-c") && is_valid_prefix(&"p".repeat(237)));
        for bad in ["My_Exec", "-a", "a-", "a..b", "", &"p".repeat(238)] {
            assert!(!is_valid_prefix(bad), "{bad}");
        }
    }
}
