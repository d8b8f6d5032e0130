//! The target's version in every spelling that clouds use.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use super::Feature;
use crate::{
    text::dotted::Dotted,
    tree::{Diagnostic, Diagnostics, Origin},
};

/// A minor of Kubernetes 1.x that the tables know. A field's life is counted in minors, so versions are compared by
/// them; a patch decides only about what it repaired ([`Feature::since`]).
#[derive(Debug, Clone, Copy)]
pub struct Version {
    minor: u32,
    patch: Option<u32>,
}

impl Version {
    /// The oldest version whose schema is known.
    pub const OLDEST: Self = Self::of_minor(16);
    /// The newest version whose schema is known.
    pub const NEWEST: Self = Self::of_minor(37);

    const fn of_minor(minor: u32) -> Self {
        Self { minor, patch: None }
    }

    /// 1.`minor`, else the nearest known version.
    #[must_use]
    pub const fn nearest(minor: u32) -> Self {
        if minor < Self::OLDEST.minor {
            Self::OLDEST
        } else if minor > Self::NEWEST.minor {
            Self::NEWEST
        } else {
            Self::of_minor(minor)
        }
    }

    /// `28` of 1.28.
    #[must_use]
    pub const fn minor(self) -> u32 {
        self.minor
    }

    /// Whether `feature` is there without flags, in all that this version can be.
    #[must_use]
    pub fn has(self, feature: Feature) -> bool {
        let since = feature.since();
        self > since || (self == since && since.patch.is_none_or(|first| self.patch >= Some(first)))
    }

    /// Whether it takes the patch, which is not given, to know whether `feature` is there.
    #[must_use]
    pub fn needs_patch_for(self, feature: Feature) -> bool {
        let since = feature.since();
        self == since && self.patch.is_none() && since.patch.is_some()
    }

    /// This minor with the patch `patch`.
    pub(crate) const fn with_patch(self, patch: Option<u32>) -> Self {
        Self { patch, ..self }
    }

    /// The version as far as it is known: `1.20.6`, else `1.20`.
    #[must_use]
    pub fn full(self) -> String {
        self.patch.map_or_else(|| self.to_string(), |patch| format!("{self}.{patch}"))
    }

    /// All known versions, the oldest first.
    pub fn known() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (Self::OLDEST.minor..=Self::NEWEST.minor).map(Self::nearest)
    }

    /// Reads `text` and settles on a known version; says so where that is another one. Nothing after an error.
    pub fn resolve(text: &str, origin: &Origin, diagnostics: &mut Diagnostics) -> Option<Self> {
        match numbers(text) {
            Err(message) => {
                diagnostics.push(Diagnostic::error("kube-version-invalid", message).at(origin).hint(format!(
                    "write a version from {} to {}, for example `1.28`, in quotes where the file is YAML",
                    Self::OLDEST,
                    Self::NEWEST
                )));
                None
            }
            Ok((minor, patch)) => {
                let used = Self::nearest(minor);
                if used.minor != minor {
                    diagnostics.push(
                        Diagnostic::note(
                            "kube-version-unknown",
                            format!("Kubernetes 1.{minor} is newer than the newest known version; the output is made for {used}"),
                        )
                        .at(origin)
                        .hint("look for a newer release of this tool"),
                    );
                }
                Some(used.with_patch(patch.filter(|_| used.minor == minor)))
            }
        }
    }

    /// Reads `all`, one version, or a range such as `1.25-1.31`, `1.25..1.31`, `1.25..`, `..1.31`.
    ///
    /// # Errors
    ///
    /// The text is none of these, or the range is empty.
    pub fn parse_range(text: &str) -> Result<Vec<Self>, String> {
        let text = text.trim();
        if text == "all" {
            return Ok(Self::known().collect());
        }
        let (low, high) = if let Some((low, high)) = text.split_once("..") {
            let high = high.trim_start_matches('=');
            let low = if low.is_empty() { Self::OLDEST } else { low.parse()? };
            (low, if high.is_empty() { Self::NEWEST } else { high.parse()? })
        } else if let Some((low, high)) =
            text.split_once('-').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)))
        {
            (low, high)
        } else {
            return Ok(vec![text.parse()?]);
        };
        if low > high {
            return Err(format!("`{text}` is an empty range of Kubernetes versions"));
        }
        Ok(Self::known().filter(|version| (low..=high).contains(version)).collect())
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1.28`, `v1.28`, `1.28.3`, `v1.28.3-gke.1`, `1.28+`, `v1.28.3+k3s1`, `1.28.3-eks-a1b2c3`, `1.28-alpha.1`. A
    /// newer version than the newest known one is read as that one; [`Version::resolve`] says so.
    fn from_str(text: &str) -> Result<Self, String> {
        numbers(text).map(|(minor, patch)| {
            let used = Self::nearest(minor);
            used.with_patch(patch.filter(|_| used.minor == minor))
        })
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.minor == other.minor
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.minor.cmp(&other.minor)
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.minor.hash(state);
    }
}

/// The minor that `text` asks for, at least the oldest known one, and its patch where it names one.
fn numbers(text: &str) -> Result<(u32, Option<u32>), String> {
    let no_version = || format!("`{text}` is no Kubernetes version such as 1.28");
    let Dotted { numbers, rest, .. } = Dotted::read(text).ok_or_else(no_version)?;
    let is_suffix = rest.is_empty() || rest.starts_with(['-', '+', '_']);
    if !is_suffix || !rest.chars().all(|c| c.is_ascii_alphanumeric() || "-+_.~".contains(c)) {
        return Err(no_version());
    }
    let oldest = Version::OLDEST;
    match numbers[..] {
        [1, minor] if minor >= oldest.minor => Ok((minor, None)),
        [1, minor, patch] if minor >= oldest.minor => Ok((minor, Some(patch))),
        [1, minor] if (2..=3).contains(&minor) => Err(format!(
            "`{text}` is older than {oldest}, the oldest version supported; an unquoted `1.{minor}0` in YAML is the number 1.{minor}"
        )),
        [1, _] | [1, _, _] => Err(format!("Kubernetes `{text}` is older than {oldest}, the oldest version supported")),
        _ => Err(no_version()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_cloud_is_read() {
        for text in [
            "1.28",
            "v1.28",
            "V1.28",
            " 1.28 ",
            "1.28.3",
            "v1.28.3",
            "v1.28.3-gke.1",
            "1.28.3-gke.1067004",
            "1.28+",
            "v1.28+",
            "v1.28.3+k3s1",
            "v1.28.3-eks-a1b2c3d",
            "1.28-eks",
            "v1.28.3+rke2r2",
            "1.28.0-alpha.0",
            "v1.28.3-aliyun.1",
            "v1.28.9+2f7b992",
            "v1.28.3-rc.0+build.7",
        ] {
            assert_eq!(text.parse::<Version>(), Ok(Version::nearest(28)), "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in
            ["", "28", "v", "1", "1.x", "2.28", "1.28.3.4", "1.28 beta", "latest", "1.15", "1.3", "-1.28", "1.+28"]
        {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert!("1.3".parse::<Version>().expect_err("too old").contains("unquoted `1.30`"));
    }

    #[test]
    fn a_newer_version_is_the_nearest_known_with_a_note() {
        let mut diagnostics = Diagnostics::new();
        let version = Version::resolve("1.52", &Origin::Unknown, &mut diagnostics);
        assert_eq!(version, Some(Version::NEWEST));
        assert_eq!(diagnostics.iter().map(|item| item.code).collect::<Vec<_>>(), ["kube-version-unknown"]);
    }

    /// Server-side apply of a Service without `protocol`: 1.20.5 refuses it, 1.20.15 does not.
    #[test]
    fn a_patch_decides_about_what_it_repaired_and_nothing_else() {
        let version = |text: &str| text.parse::<Version>().expect("a version");
        let feature = Feature::ServiceApply;
        for (text, has, needs_patch) in [
            ("1.19.16", false, false),
            ("1.20", false, true),
            ("1.20+", false, true),
            ("1.20.5", false, false),
            ("1.20.6", true, false),
            ("v1.20.15-gke.300", true, false),
            ("1.21", true, false),
            ("1.21.0", true, false),
        ] {
            assert_eq!(
                (version(text).has(feature), version(text).needs_patch_for(feature)),
                (has, needs_patch),
                "{text}"
            );
        }
        assert!(version("1.22.0").has(Feature::JobSuspend) && !version("1.22").needs_patch_for(Feature::JobSuspend));
        assert_eq!((version("1.20.5").full(), version("1.20").full()), ("1.20.5".to_owned(), "1.20".to_owned()));
        let resolved = Version::resolve("1.20.5", &Origin::Unknown, &mut Diagnostics::new());
        assert_eq!(resolved.map(Version::full), Some("1.20.5".to_owned()));
        assert_eq!(Version::parse_range("1.20.5").map(|all| all[0].full()), Ok("1.20.5".to_owned()));
    }

    #[test]
    fn ranges_are_read() {
        let minors =
            |text: &str| Version::parse_range(text).map(|all| (all[0].minor(), all[all.len() - 1].minor(), all.len()));
        assert_eq!(minors("all"), Ok((16, 37, 22)));
        assert_eq!(minors("1.25-1.31"), Ok((25, 31, 7)));
        assert_eq!(minors("v1.25..1.31"), Ok((25, 31, 7)));
        assert_eq!(minors("1.30.."), Ok((30, 37, 8)));
        assert_eq!(minors("..1.17"), Ok((16, 17, 2)));
        assert_eq!(minors("v1.28.3-gke.1"), Ok((28, 28, 1)));
        assert!(minors("1.31-1.25").is_err());
        assert!(minors("some").is_err());
    }
}
