//! The tables that are built in as text: a row a line, its cells separated by tabs. The first line, and what begins with
//! `#`, is for readers.

use std::str::Split;

/// The rows of `table`.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Cells> {
    table.lines().skip(1).filter(|line| !line.starts_with('#')).map(Cells::of)
}

/// The cells of a row, from left to right. Those that a line does not have any more are empty.
#[derive(Debug, Clone)]
pub(crate) struct Cells(Split<'static, char>);

impl Cells {
    /// The cells of one line.
    pub(crate) fn of(line: &'static str) -> Self {
        Self(line.split('\t'))
    }

    /// The next cell.
    pub(crate) fn text(&mut self) -> &'static str {
        self.0.next().unwrap_or_default()
    }

    /// The next cell, if something is in it.
    pub(crate) fn filled(&mut self) -> Option<&'static str> {
        Some(self.text()).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn empty_cells_are_kept_and_notes_are_not() {
        let mut rows = rows("name\tsince\n# A note.\na\t\tb\n");
        let mut cells = rows.next().expect("a row");
        assert_eq!((cells.text(), cells.filled(), cells.filled(), cells.filled()), ("a", None, Some("b"), None));
        assert!(rows.next().is_none());
    }
}
