//! Sets of minors.

use super::Version;

/// A set of minors of 1.x, one bit each from 1.16; open intervals reach to the last bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Minors(u64);

impl Minors {
    /// Every minor.
    pub(crate) const ALL: Self = Self(u64::MAX);
    /// None.
    pub(crate) const NONE: Self = Self(0);
    const BASE: u32 = 16;

    fn bit(minor: u32) -> u32 {
        minor.saturating_sub(Self::BASE).min(63)
    }

    /// Every minor from `first`.
    #[must_use]
    pub(crate) fn since(first: u32) -> Self {
        Self(u64::MAX << Self::bit(first))
    }

    /// The set that contains only `version`.
    #[must_use]
    pub(crate) fn only(version: Version) -> Self {
        Self(1 << Self::bit(version.minor()))
    }

    /// Whether the two have a minor in common.
    #[must_use]
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What is in both.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The first minor, if there is one.
    #[must_use]
    pub(crate) fn first(self) -> Option<u32> {
        (self.0 != 0).then(|| Self::BASE + self.0.trailing_zeros())
    }

    /// The last minor, if the set ends.
    #[must_use]
    pub(crate) fn last(self) -> Option<u32> {
        (self.0 != 0 && self.0.leading_zeros() > 0).then(|| Self::BASE + 63 - self.0.leading_zeros())
    }

    /// Reads an interval of the tables: `` all, `23` since, `-24` until, `16-19` both, `never`; commas join.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "" => Self::ALL,
            "never" => Self::NONE,
            _ => text.split(',').map(Self::parse_one).fold(Self::NONE, Self::or),
        }
    }

    fn parse_one(text: &str) -> Self {
        let number = |text: &str| text.parse::<u32>().expect("the tables hold numbers");
        match text.split_once('-') {
            None => Self::since(number(text)),
            Some((low, high)) => {
                let from = if low.is_empty() { Self::ALL } else { Self::since(number(low)) };
                if high.is_empty() { from } else { Self(from.0 & !Self::since(number(high) + 1).0) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_what_they_say() {
        let holds = |text, minor| Minors::parse(text).meets(Minors::only(Version::nearest(minor)));
        assert!(holds("", 16) && holds("", 37));
        assert!(!holds("23", 22) && holds("23", 23) && holds("23", 37));
        assert!(holds("-24", 24) && !holds("-24", 25));
        assert!(!holds("17-21", 16) && holds("17-21", 21) && !holds("17-21", 22));
        assert!(holds("-17,20", 16) && !holds("-17,20", 18) && holds("-17,20", 30));
        assert!(!holds("never", 30));
        assert_eq!((Minors::parse("17-21").first(), Minors::parse("17-21").last()), (Some(17), Some(21)));
        assert_eq!((Minors::parse("23").first(), Minors::parse("23").last()), (Some(23), None));
    }
}
