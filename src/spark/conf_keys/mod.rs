//! Which configuration keys Spark reads below the namespaces that are its own on Kubernetes: `keys.tsv`, made from the
//! `ConfigEntry`s and constants in the jars of each release (`scripts/conf-keys`).

mod near;

use std::sync::LazyLock;

pub(crate) use near::{Kinship, Near, near};

use crate::text::tsv::{self, Cells};

pub(crate) static TABLE: &str = include_str!("keys.tsv");

/// A release of Spark: major, minor, patch.
pub(crate) type Release = (u32, u32, u32);

/// Namespaces in which every key is Spark's: libraries and vendors have theirs elsewhere. Spark reads nothing in the
/// last one, which is a common slip for `spark.kubernetes.driverEnv.`.
const NAMESPACES: &[&str] = &[
    "spark.kubernetes.",
    "spark.executor.",
    "spark.driver.",
    "spark.dynamicAllocation.",
    "spark.submit.",
    "spark.driverEnv.",
];

/// A key, or a family of keys, that some release reads.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfKey {
    /// The key; `*` stands for one part without dots that the user chooses, a last `**` for any text.
    pub key: &'static str,
    /// The first release that reads it; none where all that are known do.
    pub since: Option<Release>,
    /// The last minor that reads it; none where the newest does.
    pub last: Option<(u32, u32)>,
    /// The key that is read today, of an old name.
    pub instead: Option<&'static str>,
}

impl ConfKey {
    /// Whether `release` reads it.
    #[must_use]
    pub fn is_read_by(&self, release: Release) -> bool {
        self.since.is_none_or(|since| since <= release) && self.last.is_none_or(|last| (release.0, release.1) <= last)
    }

    /// Whether `key` is the key, or one of the family.
    fn is(&self, key: &str) -> bool {
        match self.key.split_once('*') {
            None => self.key == key,
            Some((head, _)) => key.starts_with(head) && matches(self.key, key),
        }
    }
}

/// Whether `key` is of the family `pattern`, part by part.
fn matches(pattern: &str, key: &str) -> bool {
    let mut parts = key.split('.');
    let mut wanted = pattern.split('.');
    loop {
        match (wanted.next(), parts.next()) {
            (Some("**"), Some(part)) => return !part.is_empty() || parts.next().is_some(),
            (Some("*"), Some(part)) if !part.is_empty() => {}
            (Some(want), Some(part)) if want == part => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// All rows, in the order of their keys.
pub fn all() -> &'static [ConfKey] {
    static ROWS: LazyLock<Vec<ConfKey>> = LazyLock::new(|| tsv::rows(TABLE).map(row).collect());
    &ROWS
}

fn row(mut cells: Cells) -> ConfKey {
    let key = cells.text();
    let since = cells.filled().map(|text| {
        let mut numbers = numbers(text);
        (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
    });
    let last = cells.filled().map(|text| {
        let mut numbers = numbers(text);
        (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
    });
    ConfKey { key, since, last, instead: cells.filled() }
}

fn numbers(version: &str) -> impl Iterator<Item = u32> {
    version.split('.').map(|number| number.parse().unwrap_or_default())
}

/// Whether `key` is in a namespace where every key is Spark's.
#[must_use]
pub(crate) fn is_watched(key: &str) -> bool {
    NAMESPACES.iter().any(|namespace| key.starts_with(namespace))
}

/// The row of `key`: none where no release that is known reads it.
#[must_use]
pub(crate) fn find(key: &str) -> Option<&'static ConfKey> {
    all().iter().find(|row| row.is(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(key: &str, release: Release) -> bool {
        find(key).is_some_and(|row| row.is_read_by(release))
    }

    #[test]
    fn the_table_is_well_formed_and_in_order() {
        assert!(all().len() > 250);
        assert!(all().iter().all(|row| is_watched(row.key)));
        assert!(all().windows(2).all(|rows| rows[0].key < rows[1].key));
        // Every other mark than a whole part would never match.
        assert!(
            all().iter().all(|row| row.key.split('.').all(|part| !part.contains('*') || ["*", "**"].contains(&part)))
        );
        assert!(all().iter().filter_map(|row| row.since).all(|since| since > (0, 0, 0)));
    }

    #[test]
    fn keys_have_the_releases_that_read_them() {
        let executors = "spark.kubernetes.executor.scheduler.name";
        for (key, release, read) in [
            (executors, (2, 4, 8), false),
            (executors, (3, 1, 3), true),
            ("spark.kubernetes.driver.scheduler.name", (3, 2, 4), false),
            ("spark.kubernetes.scheduler.name", (3, 3, 0), true),
            ("spark.kubernetes.pyspark.pythonVersion", (4, 0, 5), true),
            ("spark.kubernetes.pyspark.pythonVersion", (4, 1, 0), false),
            ("spark.driver.allowMultipleContexts", (2, 4, 8), true),
            ("spark.driver.allowMultipleContexts", (3, 0, 3), false),
        ] {
            assert_eq!(reads(key, release), read, "{key} {release:?}");
        }
    }

    #[test]
    fn families_have_parts_that_the_user_chooses() {
        for key in [
            "spark.kubernetes.driver.label.a.b/c",
            "spark.kubernetes.executor.volumes.nfs.images.options.server",
            "spark.kubernetes.driver.volumes.persistentVolumeClaim.data.label.team.name",
            "spark.executor.resource.gpu.amount",
            "spark.kubernetes.authenticate.driver.mounted.caCertFile",
        ] {
            assert!(find(key).is_some(), "{key}");
        }
        for key in [
            "spark.kubernetes.driver.label.",
            "spark.kubernetes.driver.label",
            "spark.kubernetes.driver.volumes.emptyDir.a.b.mount.path",
            "spark.kubernetes.driver.volumes.emptyDir.a.options.path",
            "spark.executor.resource.gpu.type.amount",
        ] {
            assert!(find(key).is_none(), "{key}");
        }
    }
}
