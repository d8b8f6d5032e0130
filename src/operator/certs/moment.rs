//! Points in time as certificates have them: whole seconds, UTC.

use std::{fmt, time::Duration};

const DAY: i64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z. Displays as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// From Unix time.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// As Unix time.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// `days` of 24 hours later (earlier, if negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY)))
    }

    /// `seconds` later (earlier, if negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Whole days from `self` to `later`, rounded down: negative as soon as `later` is past.
    #[must_use]
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).div_euclid(DAY)
    }

    /// Time since 1970, for the crates that want it so.
    #[must_use]
    pub fn since_epoch(self) -> Duration {
        Duration::from_secs(u64::try_from(self.0).unwrap_or(0))
    }

    /// `2026-01-31`.
    #[must_use]
    pub fn date(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Parses `2026-01-31T12:00:00Z`, with `Z` or an offset, or a bare date (its midnight).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| -> Option<i64> {
            let digits = text.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let sign = |at: usize, wanted: &[u8]| text.as_bytes().get(at).is_some_and(|byte| wanted.contains(byte));
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        if !sign(4, b"-") || !sign(7, b"-") || !(1..=12).contains(&month) {
            return None;
        }
        let days = days_from_civil(year, month, day);
        if civil(days) != (year, month, day) {
            return None;
        }
        if text.len() == 10 {
            return Some(Self(days * DAY));
        }
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        if !sign(10, b"Tt ") || !sign(13, b":") || !sign(16, b":") || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let zone = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let start = text.len() - zone.len();
        let offset = match zone.as_bytes().first()? {
            b'Z' | b'z' if zone.len() == 1 => 0,
            first @ (b'+' | b'-') if zone.len() == 6 && sign(start + 3, b":") => {
                let seconds = number(start + 1, start + 3)? * 3600 + number(start + 4, start + 6)? * 60;
                if *first == b'+' { seconds } else { -seconds }
            }
            _ => return None,
        };
        Some(Self(days * DAY + hour * 3600 + minute * 60 + second - offset))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(DAY);
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.date(), second / 3600, second / 60 % 60, second % 60)
    }
}

/// The day `days` after 1970-01-01 in the Gregorian calendar (Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
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
    fn days_are_counted_down() {
        let now = Moment::from_unix(1_000_000);
        assert_eq!(now.days_until(now.plus_days(180)), 180);
        assert_eq!(now.days_until(now.plus_days(180).plus_seconds(-1)), 179);
        assert_eq!(now.days_until(now.plus_seconds(-1)), -1);
    }
}
