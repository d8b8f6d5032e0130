//! Points in time as certificates have them: whole seconds, UTC.

use std::fmt;

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// The last second that a certificate can state, that of the year 9999 (RFC 5280), as Unix time.
const LAST: i64 = 253_402_300_799;

/// A second from 1970 to the end of 9999, in UTC; what is outside becomes the nearest of them. Displays as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// From Unix time.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds.clamp(0, LAST)))
    }

    /// As Unix time.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// `days` of 24 hours later (earlier, if negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(Duration::DAY.whole_seconds()))
    }

    /// `seconds` later (earlier, if negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix(self.unix().saturating_add(seconds))
    }

    /// Whole days from `self` to `later`, rounded down: negative as soon as `later` is past.
    #[must_use]
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).whole_seconds().div_euclid(Duration::DAY.whole_seconds())
    }

    /// For the crates that want it so.
    #[must_use]
    pub fn date_time(self) -> OffsetDateTime {
        self.0
    }

    /// `2026-01-31`.
    #[must_use]
    pub fn date(self) -> String {
        self.0.date().to_string()
    }

    /// Parses `2026-01-31T12:00:00Z`, with `Z` or an offset, or a bare date (its midnight).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let midnight = (text.len() == 10).then(|| format!("{text}T00:00:00Z"));
        let read = OffsetDateTime::parse(midnight.as_deref().unwrap_or(text), &Rfc3339).ok()?;
        Some(Self::from_unix(read.unix_timestamp()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read_as_rfc_3339() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ] {
            assert_eq!(Moment::from_unix(unix).to_string(), text);
            assert_eq!(Moment::parse(text), Some(Moment::from_unix(unix)));
        }
        assert_eq!(Moment::parse("2000-02-29"), Some(Moment::from_unix(951_782_400)));
        assert_eq!(Moment::parse("2000-02-29T02:00:00.5+02:00"), Some(Moment::from_unix(951_782_400)));
        for text in
            ["", "2001-02-29", "2000-13-01", "2000-01-01T00:00:00", "2000-01-01T24:00:00Z", "20000101", "é000-01-01"]
        {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_moment_is_that_of_the_year_9999() {
        let last = Moment::parse("9999-12-31T23:59:59Z").unwrap();
        assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
        for beyond in [last.plus_seconds(1), last.plus_days(i64::MAX), Moment::from_unix(i64::MAX)] {
            assert_eq!(beyond, last);
        }
        assert_eq!(Moment::parse("9999-12-31T23:59:59-01:00"), Some(last));
        assert_eq!(Moment::parse("0000-01-01"), Some(Moment::from_unix(0)));
    }

    #[test]
    fn days_are_counted_down() {
        let now = Moment::from_unix(1_000_000);
        assert_eq!(now.days_until(now.plus_days(180)), 180);
        assert_eq!(now.days_until(now.plus_days(180).plus_seconds(-1)), 179);
        assert_eq!(now.days_until(now.plus_seconds(-1)), -1);
    }
}
