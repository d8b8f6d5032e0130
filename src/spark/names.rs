//! The names that Spark gives to its objects: `KubernetesConf.getResourceNamePrefix` and kin.

use std::fmt::Write;

use super::{Behaviour, Version};
use crate::kube::names::LABEL_LENGTH;

/// The label with the application id; a driver deletes Services and PersistentVolumeClaims by it at its end
/// (`Constants.SPARK_APP_ID_LABEL`).
pub(crate) const APP_SELECTOR_LABEL: &str = "spark-app-selector";
/// The label that tells drivers from executors (`Constants.SPARK_ROLE_LABEL`).
pub(crate) const ROLE_LABEL: &str = "spark-role";
/// Where driver and executors have the files of their ConfigMap (`Constants.SPARK_CONF_DIR_INTERNAL`).
pub(crate) const SPARK_CONF_DIR: &str = "/opt/spark/conf";

/// `KubernetesConf.getResourceNamePrefix`: the sanitised application name and 16 hex digits. From 3.2 runs of
/// foreign characters become one `-` and a leading digit becomes `x`; 3.1 removes them.
#[must_use]
pub(crate) fn resource_name_prefix(app_name: &str, hash: &str, version: &Version) -> String {
    let mut name = [app_name, "-", hash].concat();
    lower(&mut name);
    if !version.has(Behaviour::NamesByReplacing) {
        return collapsed(name.trim().chars().filter_map(|c| match c {
            '.' | '-' => Some('-'),
            c if c.is_ascii_whitespace() || c == '\u{b}' => Some('-'),
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => Some(c),
            _ => None,
        }));
    }
    let mut name = dashed(name.trim());
    if name.starts_with('-') {
        name.remove(0);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.replace_range(..1, "x");
    }
    name
}

/// `KubernetesConf.getAppNameLabel`: the sanitised application name, cut to 63 characters.
#[must_use]
pub(crate) fn app_name_label(app_name: &str) -> String {
    let mut name = app_name.trim().to_owned();
    lower(&mut name);
    let mut name = dashed(&name);
    name.truncate(LABEL_LENGTH);
    if name.starts_with('-') {
        name.remove(0);
    }
    if name.ends_with('-') {
        name.pop();
    }
    name
}

/// The driver's Service: `<prefix>-driver-svc`, or `spark-<hash>-driver-svc` when that is too long.
#[must_use]
pub(crate) fn driver_service_name(prefix: &str, service_hash: &str) -> String {
    let preferred = [prefix, "-driver-svc"].concat();
    if preferred.len() <= LABEL_LENGTH { preferred } else { format!("spark-{service_hash}-driver-svc") }
}

/// `KubernetesClientUtils.configMapName`: `spark-drv-<hash>-conf-map` and `spark-exec-<hash>-conf-map`, the
/// stem cut so that the whole fits 63 characters.
#[must_use]
pub(crate) fn config_map_name(stem: &str) -> String {
    const SUFFIX: &str = "-conf-map";
    let stem: String = stem.chars().take(LABEL_LENGTH - SUFFIX.len()).collect();
    format!("{stem}{SUFFIX}")
}

/// Lower-case hex digits of `bytes`, as names that Spark draws have them.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("texts take everything");
    }
    text
}

/// `String.toLowerCase`, in place where `text` is ASCII, as nearly all names are.
fn lower(text: &mut String) {
    if text.is_ascii() {
        text.make_ascii_lowercase();
    } else {
        *text = text.to_lowercase();
    }
}

/// Every run of characters other than `[a-z0-9]` becomes one `-`.
fn dashed(lower: &str) -> String {
    collapsed(lower.chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }))
}

/// Every run of dashes becomes one.
fn collapsed(characters: impl Iterator<Item = char>) -> String {
    let mut collapsed = String::with_capacity(LABEL_LENGTH);
    let mut after_dash = false;
    for c in characters {
        if c != '-' || !after_dash {
            collapsed.push(c);
        }
        after_dash = c == '-';
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn prefixes_replace_foreign_characters_and_a_leading_digit() {
        let prefix = |name: &str| resource_name_prefix(name, "0123456789abcdef", &version("3.5.1"));
        assert_eq!(prefix("My_App.Name (v2) Test"), "my-app-name-v2-test-0123456789abcdef");
        assert_eq!(prefix("9lives"), "xlives-0123456789abcdef");
        assert_eq!(prefix("___"), "x123456789abcdef");
        assert_eq!(prefix("-ab--cd__ef-"), "ab-cd-ef-0123456789abcdef");
    }

    #[test]
    fn spark_3_1_removes_foreign_characters_and_may_start_with_a_dash() {
        let prefix = |name: &str| resource_name_prefix(name, "0123456789abcdef", &version("3.1.3"));
        assert_eq!(prefix("My_App.Name (v2) Test"), "myapp-name-v2-test-0123456789abcdef");
        assert_eq!(prefix("-ab--cd__ef-"), "-ab-cdef-0123456789abcdef");
        assert_eq!(prefix("___"), "-0123456789abcdef");
    }

    #[test]
    fn labels_are_cut_and_keep_a_leading_digit() {
        assert_eq!(app_name_label("9lives"), "9lives");
        assert_eq!(app_name_label("___"), "");
        assert_eq!(app_name_label(&"n".repeat(80)).len(), 63);
    }

    #[test]
    fn a_service_name_of_64_characters_gives_way() {
        assert_eq!(driver_service_name(&"n".repeat(52), "0").len(), 63);
        assert_eq!(driver_service_name(&"n".repeat(53), "0"), "spark-0-driver-svc");
    }
}
