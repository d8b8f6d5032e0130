//! Spark's version, and the nearest one that is known to the letter.

use std::{fmt, str::FromStr};

use super::Behaviour;

/// The versions whose output was recorded and is reproduced to the letter.
pub const RECORDED: &[(u32, u32, u32)] = &[
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
pub struct SparkVersion {
    /// Major, minor, patch.
    pub numbers: (u32, u32, u32),
    /// As written, for the label `spark-version`.
    pub text: String,
}

impl SparkVersion {
    /// Whether this is `major.minor` or later.
    #[must_use]
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        self.numbers >= (major, minor, 0)
    }

    /// Whether Spark of this version behaves so.
    #[must_use]
    pub fn has(&self, behaviour: Behaviour) -> bool {
        behaviour.rows().any(|row| row.since <= self.numbers && row.until.is_none_or(|until| self.numbers < until))
    }

    /// Whether the minor is one of those that are reproduced to the letter.
    #[must_use]
    pub fn is_known(&self) -> bool {
        RECORDED.iter().any(|known| (known.0, known.1) == (self.numbers.0, self.numbers.1))
    }

    /// The version whose behaviour is used: itself where the minor is known, else the nearest known one
    /// (3.1.3 for older, 4.3.0 for newer, the one below for a gap).
    #[must_use]
    pub fn nearest_known(&self) -> Self {
        if self.is_known() {
            return self.clone();
        }
        let below = RECORDED.iter().rev().find(|known| **known <= self.numbers);
        let numbers = *below.unwrap_or(&RECORDED[0]);
        Self { numbers, text: format!("{}.{}.{}", numbers.0, numbers.1, numbers.2) }
    }
}

impl fmt::Display for SparkVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for SparkVersion {
    type Err = String;

    /// Reads `3.5.1`, `v3.5`, `3`, `3.5.1-amzn-1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let trimmed = text.trim().trim_start_matches('v');
        let core = trimmed.split(['-', '_', '+']).next().unwrap_or_default();
        let mut numbers = [0_u32; 3];
        let mut parts = core.split('.');
        for (position, number) in numbers.iter_mut().enumerate() {
            match parts.next() {
                Some(part) => match part.parse() {
                    Ok(value) => *number = value,
                    Err(_) if position >= 2 => {
                        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
                        *number = part[..digits].parse().unwrap_or_default();
                        break;
                    }
                    Err(_) => return Err(format!("`{text}` is no Spark version such as 3.5.1")),
                },
                None if position == 0 => return Err(format!("`{text}` is no Spark version such as 3.5.1")),
                None => break,
            }
        }
        Ok(Self { numbers: (numbers[0], numbers[1], numbers[2]), text: trimmed.to_owned() })
    }
}
