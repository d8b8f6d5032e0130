//! `KubernetesClientUtils.loadSparkConfDirFiles`: which files of `SPARK_CONF_DIR` go into the ConfigMap.

use super::Machine;
use crate::spark::{ConfFile, SparkConf};

/// `spark.kubernetes.configMap.maxSize`, else 1 MiB.
const DEFAULT_MAX_SIZE: usize = 1 << 20;

/// The files, smallest first as long as they fit, then by name.
pub(super) fn files(directory: &str, conf: &SparkConf, machine: &dyn Machine) -> Vec<ConfFile> {
    let max =
        conf.get("spark.kubernetes.configMap.maxSize").and_then(|size| size.parse().ok()).unwrap_or(DEFAULT_MAX_SIZE);
    let mut candidates: Vec<(usize, String, String)> = machine
        .list(directory)
        .unwrap_or_default()
        .into_iter()
        .filter(|name| is_kept(name))
        .filter_map(|name| {
            let bytes = machine.read(&format!("{}/{name}", directory.trim_end_matches('/')))?;
            let size = bytes.len();
            let text = String::from_utf8(bytes).ok()?;
            (size + name.len() <= max).then_some((size, name, text))
        })
        .collect();
    candidates.sort();
    let mut total = 0;
    let mut kept: Vec<ConfFile> = candidates
        .into_iter()
        .filter_map(|(_, name, text)| {
            let length = name.encode_utf16().count() + text.encode_utf16().count();
            let fits = total + length < max;
            if fits {
                total += length;
            }
            fits.then_some(ConfFile { name, text })
        })
        .collect();
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    kept
}

/// No archives, no templates, and not Spark's own properties, which go in another way.
fn is_kept(name: &str) -> bool {
    let archive = [".gz", ".zip", ".jar", ".tar"].iter().any(|ending| name.ends_with(ending));
    let properties = name.starts_with("spark") && (name.ends_with("conf") || name.ends_with("properties"));
    !archive && !name.ends_with(".template") && !properties
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn sparks_own_properties_templates_and_archives_stay_out() {
        for name in ["log4j2.properties", "spark-env.sh", "hive-site.xml", "metrics.properties", "my-spark.conf"] {
            assert!(is_kept(name), "{name}");
        }
        for name in
            ["spark-defaults.conf", "spark.properties", "sparkconf", "log4j.properties.template", "a.jar", "a.tar.gz"]
        {
            assert!(!is_kept(name), "{name}");
        }
    }
}
