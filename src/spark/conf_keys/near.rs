//! Which key is meant by one that no Spark reads.

use super::{ConfKey, Release, all, find};

/// How a written key and the one that is meant differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kinship {
    /// It has other words for the same thing.
    Words,
    /// In upper and lower case only.
    Case,
    /// In a few letters, or one goes on where the other ends.
    Spelling,
    /// It belongs to the other role.
    Role,
    /// It is one key for both roles.
    Common,
    /// It is with, or without, `kubernetes.`.
    Namespace,
}

/// A key that Spark reads and that is like a written one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Near {
    /// The key, with the parts that the user chose.
    pub key: String,
    /// How they differ.
    pub kinship: Kinship,
    /// Its row; none for keys that are read by any name, such as those below `spark.executorEnv.`.
    pub row: Option<&'static ConfKey>,
}

/// What people write, and what they mean: a last `**` is the same in both.
const WORDS: &[(&str, &str)] = &[
    ("spark.driverEnv.**", "spark.kubernetes.driverEnv.**"),
    ("spark.driver.env.**", "spark.kubernetes.driverEnv.**"),
    ("spark.kubernetes.driver.env.**", "spark.kubernetes.driverEnv.**"),
    ("spark.executor.env.**", "spark.executorEnv.**"),
    ("spark.kubernetes.executor.env.**", "spark.executorEnv.**"),
    ("spark.kubernetes.executorEnv.**", "spark.executorEnv.**"),
    ("spark.kubernetes.driver.serviceAccount", "spark.kubernetes.authenticate.driver.serviceAccountName"),
    ("spark.kubernetes.driver.serviceAccountName", "spark.kubernetes.authenticate.driver.serviceAccountName"),
    ("spark.kubernetes.executor.serviceAccount", "spark.kubernetes.authenticate.executor.serviceAccountName"),
    ("spark.kubernetes.executor.serviceAccountName", "spark.kubernetes.authenticate.executor.serviceAccountName"),
    ("spark.kubernetes.serviceAccountName", "spark.kubernetes.authenticate.driver.serviceAccountName"),
    ("spark.kubernetes.image", "spark.kubernetes.container.image"),
    ("spark.kubernetes.driver.image", "spark.kubernetes.driver.container.image"),
    ("spark.kubernetes.executor.image", "spark.kubernetes.executor.container.image"),
    ("spark.kubernetes.image.pullPolicy", "spark.kubernetes.container.image.pullPolicy"),
    ("spark.kubernetes.image.pullSecrets", "spark.kubernetes.container.image.pullSecrets"),
    ("spark.kubernetes.imagePullSecrets", "spark.kubernetes.container.image.pullSecrets"),
];

fn by_words(key: &str) -> Option<Near> {
    let meant =
        WORDS.iter().find_map(|(written, meant)| match (written.strip_suffix("**"), meant.strip_suffix("**")) {
            (Some(head), Some(other)) => {
                key.strip_prefix(head).filter(|rest| !rest.is_empty()).map(|rest| format!("{other}{rest}"))
            }
            _ => (*written == key).then(|| (*meant).to_owned()),
        })?;
    Some(Near { row: find(&meant), key: meant, kinship: Kinship::Words })
}

/// The key that is most like `key`: one that `release` reads, else one that another does.
#[must_use]
pub(crate) fn near(key: &str, release: Release) -> Option<Near> {
    if let Some(near) = by_words(key) {
        return Some(near);
    }
    let mut found: Vec<(bool, usize, Near)> = Vec::new();
    for (kinship, variant) in variants(key) {
        for row in all() {
            for candidate in instances(row.key, &variant) {
                if let Some(distance) = distance(&variant, &candidate) {
                    let kinship = match kinship {
                        Kinship::Spelling if distance == 0 => Kinship::Case,
                        other => other,
                    };
                    // A slip of the pen is likelier than a slip in the role or in the namespace.
                    let cost = distance + if kinship > Kinship::Spelling { 2 } else { 0 };
                    found.push((!row.is_read_by(release), cost, Near { key: candidate, kinship, row: Some(row) }));
                }
            }
        }
    }
    found
        .into_iter()
        .min_by(|one, other| (one.0, one.1, one.2.kinship).cmp(&(other.0, other.1, other.2.kinship)))
        .map(|(_, _, near)| near)
}

/// `key` itself, and what it is in the other role, in both, and in the other namespace.
fn variants(key: &str) -> Vec<(Kinship, String)> {
    let mut variants = vec![(Kinship::Spelling, key.to_owned())];
    for (role, other) in [(".driver.", ".executor."), (".executor.", ".driver.")] {
        if key.contains(role) {
            variants.push((Kinship::Role, key.replacen(role, other, 1)));
            variants.push((Kinship::Common, key.replacen(role, ".", 1)));
        }
    }
    variants.push((
        Kinship::Namespace,
        match key.strip_prefix("spark.kubernetes.") {
            Some(rest) => format!("spark.{rest}"),
            None => key.replacen("spark.", "spark.kubernetes.", 1),
        },
    ));
    variants
}

/// The keys of the family `pattern` that have the user's parts where `key` has them. The end of a family may begin a
/// part earlier or later, as `nodeSelector.` and `node.selector.` do.
fn instances(pattern: &str, key: &str) -> Vec<String> {
    let wanted: Vec<&str> = pattern.split('.').collect();
    let parts: Vec<&str> = key.split('.').collect();
    let fill =
        |count: usize| wanted[..count].iter().zip(&parts).map(|(want, part)| if *want == "*" { part } else { want });
    let join = |count: usize| fill(count).copied().collect::<Vec<_>>().join(".");
    if wanted.last() == Some(&"**") {
        let fixed = wanted.len() - 1;
        return (fixed.saturating_sub(1)..=fixed + 1)
            .filter(|from| *from < parts.len() && fixed <= parts.len())
            .map(|from| format!("{}.{}", join(fixed), parts[from..].join(".")))
            .collect();
    }
    if pattern.contains('*') && wanted.len() != parts.len() {
        return Vec::new();
    }
    vec![if pattern.contains('*') { join(wanted.len()) } else { pattern.to_owned() }]
}

/// How far `candidate` is from `key` in letters; none where it is too far to be meant.
fn distance(key: &str, candidate: &str) -> Option<usize> {
    // `serviceAccount` for `serviceAccountName`.
    let goes_on = [(key, candidate), (candidate, key)].into_iter().any(|(short, long)| {
        let rest = long.strip_prefix(short).filter(|rest| rest.len() <= LONGEST_REST && !rest.contains('.'));
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
    });
    if goes_on {
        return Some(1);
    }
    let (parts, wanted) = (key.split('.'), candidate.split('.'));
    if parts.clone().count() == wanted.clone().count() {
        return parts.zip(wanted).map(|(part, want)| within(part, want, limit(want))).sum();
    }
    within(key, candidate, 2)
}

/// The distance of two texts, in whatever case, if it is not above `limit`.
fn within(one: &str, other: &str, limit: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > limit {
        return None;
    }
    let distance = strsim::damerau_levenshtein(&one.to_ascii_lowercase(), &other.to_ascii_lowercase());
    Some(distance).filter(|distance| *distance <= limit)
}

/// How many letters of a word may be wrong.
fn limit(word: &str) -> usize {
    match word.len() {
        0..=3 => 0,
        4..=5 => 1,
        6..=11 => 2,
        _ => 3,
    }
}

/// How many letters one of two names may go on where the other ends.
const LONGEST_REST: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_found() {
        use Kinship::{Case, Common, Namespace, Role, Spelling, Words};
        for (key, kinship, meant) in [
            ("spark.driverEnv.FOO", Words, "spark.kubernetes.driverEnv.FOO"),
            ("spark.kubernetes.executor.env.FOO", Words, "spark.executorEnv.FOO"),
            (
                "spark.kubernetes.driver.serviceAccountName",
                Words,
                "spark.kubernetes.authenticate.driver.serviceAccountName",
            ),
            ("spark.kubernetes.memoryOverheadfactor", Case, "spark.kubernetes.memoryOverheadFactor"),
            (
                "spark.dynamicAllocation.shuffletracking.enabled",
                Case,
                "spark.dynamicAllocation.shuffleTracking.enabled",
            ),
            (
                "spark.kubernetes.authenticate.driver.serviceAccount",
                Spelling,
                "spark.kubernetes.authenticate.driver.serviceAccountName",
            ),
            (
                "spark.kubernetes.driver.waitToReusePersistentVolumeClaims",
                Spelling,
                "spark.kubernetes.driver.waitToReusePersistentVolumeClaim",
            ),
            (
                "spark.kubernetes.executor.reusePersistentVolume",
                Role,
                "spark.kubernetes.driver.reusePersistentVolumeClaim",
            ),
            ("spark.kubernetes.executor.nodeSelector.pool", Spelling, "spark.kubernetes.executor.node.selector.pool"),
            ("spark.kubernetes.driver.annotations.foo", Spelling, "spark.kubernetes.driver.annotation.foo"),
            ("spark.kubernetes.driver.labels.foo", Spelling, "spark.kubernetes.driver.label.foo"),
            ("spark.kubernetes.container.image.pullSecret", Spelling, "spark.kubernetes.container.image.pullSecrets"),
            ("spark.kubernetes.executor.memory", Namespace, "spark.executor.memory"),
            ("spark.driver.label.team", Namespace, "spark.kubernetes.driver.label.team"),
            ("spark.kubernetes.driver.namespace", Common, "spark.kubernetes.namespace"),
            ("spark.kubernetes.driver.disableConfigMap", Role, "spark.kubernetes.executor.disableConfigMap"),
            (
                "spark.kubernetes.executor.volumes.emptyDir.x.mount.readonly",
                Case,
                "spark.kubernetes.executor.volumes.emptyDir.x.mount.readOnly",
            ),
        ] {
            let near = near(key, (3, 5, 1)).map(|near| (near.kinship, near.key));
            assert_eq!(near, Some((kinship, meant.to_owned())), "{key}");
        }
    }

    #[test]
    fn words_for_the_same_thing_are_no_keys_and_mean_some() {
        for (written, meant) in WORDS {
            assert_eq!(find(&written.replace("**", "x")), None, "{written}");
            let is_free = meant.starts_with("spark.executorEnv.");
            assert!(is_free || find(&meant.replace("**", "x")).is_some(), "{meant}");
            assert_eq!(written.ends_with("**"), meant.ends_with("**"));
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for key in [
            "spark.kubernetes.driver.tolerations",
            "spark.kubernetes.executor.limit.memory",
            "spark.kubernetes.executor.affinity",
            "spark.executor.foo",
            "spark.driver.",
        ] {
            assert_eq!(near(key, (3, 5, 1)), None, "{key}");
        }
    }

    #[test]
    fn a_key_that_the_release_reads_comes_first() {
        let near = |release| near("spark.kubernetes.executor.nodeSelectors.pool", release).map(|near| near.key);
        assert_eq!(near((3, 3, 0)).as_deref(), Some("spark.kubernetes.executor.node.selector.pool"));
        assert_eq!(near((3, 2, 0)).as_deref(), Some("spark.kubernetes.node.selector.pool"));
    }
}
