//! Spark's version: the one that was asked for, and the one whose behaviour is used.

use std::{fmt, str::FromStr};

use super::Behaviour;
use crate::text::dotted::Dotted;

/// Major, minor and patch.
pub(crate) type Numbers = (u32, u32, u32);

/// The versions whose output was recorded and is reproduced to the letter, the oldest first.
pub const RECORDED: &[Numbers] = &[
    (3, 1, 3),
    (3, 2, 4),
    (3, 3, 4),
    (3, 4, 1),
    (3, 4, 4),
    (3, 5, 1),
    (3, 5, 9),
    (4, 0, 0),
    (4, 0, 5),
    (4, 1, 4),
    (4, 2, 1),
    (4, 3, 0),
];

/// A version of Apache Spark such as `3.5.1`. Suffixes (`-amzn-0`, `_2.12`) are kept for the label only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As written, without a leading `v`: for the label `spark-version` and for messages.
    pub asked: String,
    /// The numbers of what was asked for.
    numbers: Numbers,
    /// The version whose behaviour is used: the one asked for where its minor is known, else the nearest known one (the
    /// oldest for older ones, the one below for newer ones and gaps).
    pub used: Numbers,
}

impl Version {
    fn of(asked: &str, numbers: Numbers) -> Self {
        let known = RECORDED.iter().any(|known| (known.0, known.1) == (numbers.0, numbers.1));
        let nearest = || *RECORDED.iter().rev().find(|known| **known <= numbers).unwrap_or(&RECORDED[0]);
        Self { asked: asked.to_owned(), numbers, used: if known { numbers } else { nearest() } }
    }

    /// Whether Spark of this version behaves so.
    #[must_use]
    pub fn has(&self, behaviour: Behaviour) -> bool {
        behaviour.is_of(self.used)
    }

    /// Whether the minor that was asked for is one of those that are reproduced to the letter.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.numbers == self.used
    }

    /// The numbers of what was asked for: what runs in the image may know more or less than what is rendered.
    #[must_use]
    pub fn asked_numbers(&self) -> Numbers {
        self.numbers
    }

    /// Major and minor of what was asked for.
    #[must_use]
    pub fn asked_minor(&self) -> (u32, u32) {
        (self.numbers.0, self.numbers.1)
    }

    /// Whether the Spark that was asked for, which runs in the image, builds executors from a pod template (since 3.0).
    /// All versions that can be used do; so this looks at the other one.
    #[must_use]
    pub fn reads_pod_templates(&self) -> bool {
        Behaviour::PodTemplates.is_of(self.numbers)
    }

    /// The version that is used, as text: as it was asked for where that is the one.
    #[must_use]
    pub fn used_text(&self) -> String {
        if self.is_known() { self.asked.clone() } else { dotted(self.used) }
    }

    /// The same version, written as plain numbers.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self { asked: dotted(self.numbers), ..self.clone() }
    }

    /// Whether two versions can be those of one image: `3.5` is any 3.5.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        let covers = |one: &Self, other: &Self| {
            let precise = Dotted::read(&one.asked).is_some_and(|read| read.numbers.len() >= 3);
            one.asked_minor() == other.asked_minor() && (!precise || one.numbers.2 == other.numbers.2)
        };
        covers(self, other) || covers(other, self)
    }

    /// Whether a release of this minor exists, or may once exist. Numbers of something else mostly fail this.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        matches!(self.asked_minor(), (2, 0..=4) | (3, 0..=5) | (4, 0..))
    }
}

fn dotted((major, minor, patch): Numbers) -> String {
    format!("{major}.{minor}.{patch}")
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.asked)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `3.5.1`, `v3.5`, `3`, `3.5.1-amzn-1`, `3.3.2.3.3.7180.0-274`.
    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || format!("`{text}` is no Spark version such as 3.5.1");
        let Dotted { text: asked, numbers, rest } = Dotted::read(text).ok_or_else(problem)?;
        // From the patch on vendors write what they like.
        let readable = match numbers.len() {
            1 => rest.is_empty() || rest.starts_with(['-', '_', '+']),
            2 => rest.is_empty() || rest.starts_with(['-', '_', '+', '.']),
            _ => true,
        };
        if !readable {
            return Err(problem());
        }
        let number = |index: usize| numbers.get(index).copied().unwrap_or_default();
        Ok(Self::of(asked, (number(0), number(1), number(2))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_used_version_is_the_nearest_known_one() {
        for (text, used) in [
            ("2.4.8", (3, 1, 3)),
            ("3", (3, 1, 3)),
            ("3.0.3", (3, 1, 3)),
            ("3.1.1", (3, 1, 1)),
            ("v3.5", (3, 5, 0)),
            ("3.5.1-amzn-1", (3, 5, 1)),
            ("3.3.2.3.3.7180.0-274", (3, 3, 2)),
            ("3.5.1rc1", (3, 5, 1)),
            ("3.6.1", (3, 5, 9)),
            ("4.9", (4, 3, 0)),
            ("5.0.0", (4, 3, 0)),
        ] {
            let version: Version = text.parse().unwrap();
            assert_eq!(version.used, used, "{text}");
            assert_eq!(version.asked, text.trim_start_matches('v'));
            assert_eq!(version.is_known(), version.numbers == used);
        }
        for text in ["", "three", "3.x", "3rc1", "3.5rc1"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_version_without_patch_may_be_any() {
        let may = |one: &str, other: &str| one.parse::<Version>().unwrap().may_be(&other.parse().unwrap());
        assert!(may("3.5", "3.5.1") && may("3.5.1", "3.5") && may("3.5.1", "3.5.1-amzn-0"));
        assert!(!may("3.5.1", "3.5.2") && !may("3.5", "3.4.1"));
    }
}
