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
    /// Whether there is no day on which it starts anything: `0 0 30 2 *`.
    pub never: bool,
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
        let (mut time_zone, mut never) = (None, false);
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
            never = never_fires(&read_fields(text)?);
            (text.split_whitespace().collect::<Vec<_>>().join(" "), false)
        };
        Ok(Self { expression, time_zone, from_every, never })
    }
}

/// The numbers of a field, one bit each, and whether it holds a `*` that narrows nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    bits: u64,
    star: bool,
}

fn read_fields(text: &str) -> Result<Vec<Numbers>, String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("{} fields instead of 5: minute, hour, day of month, month, day of week", fields.len()));
    }
    let read = |(text, field): (&&str, &Field)| {
        let mut numbers = Numbers::default();
        for item in text.split(',').filter(|item| !item.is_empty()) {
            let range = read_range(item, field)?;
            numbers = Numbers { bits: numbers.bits | range.bits, star: numbers.star || range.star };
        }
        if text.split(',').all(str::is_empty) {
            return Err(format!("the {} is empty", field.name));
        }
        Ok(numbers)
    };
    fields.iter().zip(&FIELDS).map(read).collect()
}

/// The days that each month may have.
const LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Day and month must both be right; the day of the month or that of the week is enough where both are narrowed.
fn never_fires(fields: &[Numbers]) -> bool {
    let [_, _, day, month, weekday] = fields else { return false };
    let days_of = |length: u32| (1 << (length + 1)) - 2;
    let meets = |(month_bit, length): (u32, u32)| month.bits >> month_bit & 1 == 1 && day.bits & days_of(length) != 0;
    (weekday.star || day.star) && !(1..).zip(LENGTHS).any(meets)
}

/// `number`, `number-number`, `*`, `?`, each with an optional `/step`.
fn read_range(item: &str, field: &Field) -> Result<Numbers, String> {
    let mut parts = item.split('/');
    let range = parts.next().unwrap_or_default();
    let step = parts.next();
    if parts.next().is_some() {
        return Err(format!("`{item}` has more than one step"));
    }
    let star = matches!(range, "*" | "?");
    let (low, high) = if star {
        (field.min, field.max)
    } else {
        let mut ends = range.split('-');
        let low = number(ends.next().unwrap_or_default(), field)?;
        let high = ends.next().map(|end| number(end, field)).transpose()?;
        if ends.next().is_some() {
            return Err(format!("`{range}` has more than two ends"));
        }
        // `5/15` goes on to the end.
        (low, high.unwrap_or(if step.is_some() { field.max } else { low }))
    };
    if low < field.min || high > field.max {
        return Err(format!("`{range}` is outside {}-{} of the {}", field.min, field.max, field.name));
    }
    if low > high {
        return Err(format!("`{range}` ends before it begins"));
    }
    let step = match step.map(str::parse::<u32>) {
        None => 1,
        Some(Ok(step @ 1..)) => step,
        Some(_) => return Err(format!("the step of `{item}` is no number above 0")),
    };
    let bits = (low..=high).step_by(step as usize).fold(0, |bits, number| bits | 1 << number);
    Ok(Numbers { bits, star: star && step == 1 })
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

#[cfg(test)]
mod tests {
    use super::Schedule;

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
    fn days_that_there_are_not_are_seen() {
        let never = |text: &str| Schedule::parse(text).expect("a good schedule").never;
        for text in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb ?", "* * 30-31 2 *", "0 0 31 */2,11 *"] {
            assert_eq!(never(text), text != "0 0 31 */2,11 *", "{text}");
        }
        for text in ["0 0 29 2 *", "0 0 30 2 1", "0 0 31 2,3 *", "0 0 * 2 *", "0 0 20/10 2 *", "@daily", "0 0 1 1 *"] {
            assert!(!never(text), "{text}");
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
    }
}
