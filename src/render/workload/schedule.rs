//! Schedules: robfig/cron's standard syntax, which the operator and CronJobs share, less what a CronJob cannot say.

use crate::kube::duration;

/// A schedule that a CronJob understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Five fields, or a word such as `@daily`.
    pub expression: String,
    /// The time zone of a `TZ=` or `CRON_TZ=` prefix.
    pub time_zone: Option<String>,
    /// Whether `@every` was turned into fields.
    pub from_every: bool,
}

/// A field of the five: its name, its range, and the words that stand for numbers.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    words: &'static [&'static str],
}

/// The five fields. Sunday is 0 only: robfig knows no 7.
const FIELDS: [Field; 5] = [
    Field { name: "minute", min: 0, max: 59, words: &[] },
    Field { name: "hour", min: 0, max: 23, words: &[] },
    Field { name: "day of month", min: 1, max: 31, words: &[] },
    Field {
        name: "month",
        min: 1,
        max: 12,
        words: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { name: "day of week", min: 0, max: 6, words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS: &[&str] = &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

impl Schedule {
    /// Reads what the operator's `schedule` field holds (`cron.ParseStandard`), or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// A phrase about the first fault.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut text = text.trim();
        let mut time_zone = None;
        if let Some(rest) = text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) {
            let (zone, fields) = rest.split_once(' ').ok_or_else(|| "nothing follows the time zone".to_owned())?;
            time_zone = Some(zone.to_owned());
            text = fields.trim();
        }
        let (expression, from_every) = if let Some(duration) = text.strip_prefix("@every ") {
            (every(duration.trim())?, true)
        } else if text.starts_with('@') {
            if !DESCRIPTORS.contains(&text) {
                return Err(format!("`{text}` is not one of {}", DESCRIPTORS.join(", ")));
            }
            (text.to_owned(), false)
        } else {
            check_fields(text)?;
            (text.split_whitespace().collect::<Vec<_>>().join(" "), false)
        };
        Ok(Self { expression, time_zone, from_every })
    }
}

fn check_fields(text: &str) -> Result<(), String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("{} fields instead of 5: minute, hour, day of month, month, day of week", fields.len()));
    }
    for (text, field) in fields.iter().zip(&FIELDS) {
        for item in text.split(',').filter(|item| !item.is_empty()) {
            check_range(item, field)?;
        }
        if text.split(',').all(str::is_empty) {
            return Err(format!("the {} is empty", field.name));
        }
    }
    Ok(())
}

/// `number`, `number-number`, `*`, `?`, each with an optional `/step`.
fn check_range(item: &str, field: &Field) -> Result<(), String> {
    let mut parts = item.split('/');
    let range = parts.next().unwrap_or_default();
    let step = parts.next();
    if parts.next().is_some() {
        return Err(format!("`{item}` has more than one step"));
    }
    let (low, high) = if matches!(range, "*" | "?") {
        (field.min, field.max)
    } else {
        let mut ends = range.split('-');
        let low = number(ends.next().unwrap_or_default(), field)?;
        let high = ends.next().map(|end| number(end, field)).transpose()?;
        if ends.next().is_some() {
            return Err(format!("`{range}` has more than two ends"));
        }
        (low, high.unwrap_or(low))
    };
    if low < field.min || high > field.max {
        return Err(format!("`{range}` is outside {}-{} of the {}", field.min, field.max, field.name));
    }
    if low > high {
        return Err(format!("`{range}` ends before it begins"));
    }
    match step.map(str::parse::<u32>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(_) => Err(format!("the step of `{item}` is no number above 0")),
    }
}

fn number(text: &str, field: &Field) -> Result<u32, String> {
    let lower = text.to_ascii_lowercase();
    if let Some(position) = field.words.iter().position(|word| *word == lower) {
        return Ok(u32::try_from(position).expect("at most twelve words") + field.min);
    }
    text.parse().map_err(|_| format!("`{text}` is no {}", field.name))
}

/// `@every` counts from the operator's start; only what divides an hour or a day has a like among cron's fields.
fn every(every: &str) -> Result<String, String> {
    let nanoseconds = duration::nanoseconds(every).filter(|nanoseconds| *nanoseconds >= 0);
    let seconds = nanoseconds.ok_or_else(|| format!("`{every}` is no duration such as 1h30m"))? / 1_000_000_000;
    let fault = || format!("`@every {every}` has no like among cron's fields: it divides neither an hour nor a day");
    if seconds == 0 || seconds % 60 != 0 {
        return Err(fault());
    }
    match seconds / 60 {
        1 => Ok("* * * * *".to_owned()),
        minutes @ 2..60 if 60 % minutes == 0 => Ok(format!("*/{minutes} * * * *")),
        60 => Ok("0 * * * *".to_owned()),
        1440 => Ok("0 0 * * *".to_owned()),
        minutes if minutes % 60 == 0 && minutes < 1440 && 1440 % minutes == 0 => {
            Ok(format!("0 */{} * * *", minutes / 60))
        }
        _ => Err(fault()),
    }
}

/// Whether `zone` can be the name of an IANA time zone; `Local` means another place on each machine.
#[must_use]
pub(crate) fn is_time_zone(zone: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'))
    };
    zone != "Local" && zone.split('/').all(word)
}

#[cfg(test)]
mod tests {
    use super::{Schedule, is_time_zone};

    fn expression(text: &str) -> Result<String, String> {
        Schedule::parse(text).map(|schedule| schedule.expression)
    }

    #[test]
    fn fields_and_words_are_taken_as_robfig_takes_them() {
        for text in ["*/5 * * * *", "0 0 1,15 jan-MAR ?", "5/15 0-23/2 * * mon", "@daily", "0  12 * *   1-5"] {
            assert!(expression(text).is_ok(), "{text}: {:?}", expression(text));
        }
        assert_eq!(expression("0  12 * *   1-5").expect("a good schedule"), "0 12 * * 1-5");
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* * 0 * *",
            "* * * * 7",
            "*/0 * * * *",
            "5-1 * * * *",
            "@fortnightly",
            "a * * * *",
            "1--2 * * * *",
            "1/2/3 * * * *",
        ] {
            assert!(expression(text).is_err(), "{text}");
        }
    }

    /// Of each field: the numbers at both ends, those beyond them, and its words with the numbers that they stand for.
    #[test]
    fn fields_end_where_robfig_ends_them() {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
        for (position, name, min, max, words) in [
            (0, "minute", 0, 59, &[][..]),
            (1, "hour", 0, 23, &[]),
            (2, "day of month", 1, 31, &[]),
            (3, "month", 1, 12, &months),
            (4, "day of week", 0, 6, &days),
        ] {
            let with = |item: &str| {
                let mut fields = ["*"; 5];
                fields[position] = item;
                expression(&fields.join(" "))
            };
            for good in [format!("{min}"), format!("{max}"), format!("{min}-{max}"), format!("{max}/1,,{min}")] {
                assert_eq!(with(&good).as_deref().err(), None, "{name} {good}");
            }
            let beyond = max + 1;
            let fault = format!("`{beyond}` is outside {min}-{max} of the {name}");
            assert_eq!(with(&beyond.to_string()), Err(fault));
            let range = format!("{min}-{beyond}");
            assert_eq!(with(&range), Err(format!("`{range}` is outside {min}-{max} of the {name}")));
            if min == 1 {
                assert_eq!(with("0"), Err(format!("`0` is outside 1-{max} of the {name}")));
            }
            assert_eq!(with(","), Err(format!("the {name} is empty")));
            for (number, word) in (min..).zip(words) {
                let same = format!("{word}-{number},{number}-{}", word.to_uppercase());
                assert_eq!(with(&same).as_deref().err(), None, "{same}");
            }
            assert!(with("sunday").is_err() && with("3-2").is_err() && with("*/x").is_err(), "{name}");
        }
    }

    #[test]
    fn words_for_whole_schedules_are_kept() {
        for word in ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"] {
            let schedule = Schedule::parse(word).expect("a good schedule");
            assert_eq!((schedule.expression.as_str(), schedule.from_every), (word, false));
        }
        let words = "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly";
        assert_eq!(expression("@dayly"), Err(format!("`@dayly` is not one of {words}")));
        assert!(Schedule::parse("@every 1h").expect("a good schedule").from_every);
        assert!(!Schedule::parse("0 * * * *").expect("a good schedule").from_every);
    }

    #[test]
    fn every_becomes_fields_where_it_divides_an_hour_or_a_day() {
        for (every, fields) in [
            ("1m", "* * * * *"),
            ("60s", "* * * * *"),
            ("2m", "*/2 * * * *"),
            ("10m", "*/10 * * * *"),
            ("30m", "*/30 * * * *"),
            ("59m", ""),
            ("1h", "0 * * * *"),
            ("60m", "0 * * * *"),
            ("61m", ""),
            ("0s", ""),
            ("500ms", ""),
            ("59s", ""),
            ("61s", ""),
            ("90s", ""),
            ("-1m", ""),
            ("7m", ""),
            ("1h30m", ""),
            ("2h", "0 */2 * * *"),
            ("6h", "0 */6 * * *"),
            ("7h", ""),
            ("12h", "0 */12 * * *"),
            ("24h", "0 0 * * *"),
            ("25h", ""),
            ("48h", ""),
            ("soon", ""),
        ] {
            assert_eq!(expression(&format!("@every {every}")).unwrap_or_default(), fields, "{every}");
        }
    }

    #[test]
    fn a_zone_prefix_is_taken_off() {
        let schedule = Schedule::parse("CRON_TZ=Europe/Vienna 0 6 * * *").expect("a good schedule");
        assert_eq!(schedule.time_zone.as_deref(), Some("Europe/Vienna"));
        assert_eq!(schedule.expression, "0 6 * * *");
        for text in ["TZ=UTC 0 6 * * *", "TZ=UTC   @daily", " TZ=UTC @every 1h "] {
            assert_eq!(Schedule::parse(text).expect("a good schedule").time_zone.as_deref(), Some("UTC"), "{text}");
        }
        assert_eq!(Schedule::parse("0 6 * * *").expect("a good schedule").time_zone, None);
        assert_eq!(expression("TZ=UTC"), Err("nothing follows the time zone".to_owned()));
        for zone in ["UTC", "Etc/GMT+3", "Etc/GMT-3", "America/Port_of_Spain", "Europe/Vienna"] {
            assert!(is_time_zone(zone), "{zone}");
        }
        for zone in ["Local", "", "a b", "Etc/", "/UTC", "Etc/+3", "3", "Europe/Wien!"] {
            assert!(!is_time_zone(zone), "{zone}");
        }
    }
}
