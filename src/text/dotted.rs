//! The number form of versions: `3`, `v3.5`, `1.28.3-gke.1`. What the numbers mean is for each authority to say.

/// Numbers with dots between them, and what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dotted<'a> {
    /// The text without blanks around it and without a leading `v`.
    pub(crate) text: &'a str,
    /// The numbers. One that is too large for its type is the largest of it.
    pub(crate) numbers: Vec<u32>,
    /// What follows the last number: empty, `-gke.1`, `rc1`, `.x`, …
    pub(crate) rest: &'a str,
}

impl<'a> Dotted<'a> {
    /// Reads `text`. `None` if it does not begin with a number.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (mut numbers, mut rest) = (Vec::new(), text);
        loop {
            let from = if numbers.is_empty() { rest } else { rest.strip_prefix('.').unwrap_or_default() };
            let digits = from.len() - from.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            if digits == 0 {
                break;
            }
            numbers.push(from[..digits].parse().unwrap_or(u32::MAX));
            rest = &from[digits..];
        }
        (!numbers.is_empty()).then_some(Self { text, numbers, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_another_word_begins() {
        let read = |text| Dotted::read(text).map(|dotted| (dotted.numbers, dotted.rest.to_owned()));
        assert_eq!(read(" v3.5 "), Some((vec![3, 5], String::new())));
        assert_eq!(read("1.28.3-gke.1"), Some((vec![1, 28, 3], "-gke.1".to_owned())));
        assert_eq!(read("3.5.1rc1"), Some((vec![3, 5, 1], "rc1".to_owned())));
        assert_eq!(read("3.x"), Some((vec![3], ".x".to_owned())));
        assert_eq!(read("3."), Some((vec![3], ".".to_owned())));
        assert_eq!(read("3.99999999999"), Some((vec![3, u32::MAX], String::new())));
        for text in ["", "v", "x", "-1.28", ".5", "vv1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
