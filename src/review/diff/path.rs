//! Paths of changes: like field paths, with list items called by their keys.

use std::fmt;

use crate::tree::display;

/// One step of a [`ChangePath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A key of a mapping.
    Key(String),
    /// An item of a list.
    Item {
        /// Its place in the old list; of what was added, in the new one.
        index: usize,
        /// The values of its keys, `8080/TCP`, where the list has keys.
        label: Option<String>,
    },
}

/// The path of a change. Displays as `spec.containers[main].env[KAFKA_SERVERS].value`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangePath(pub Vec<Step>);

impl ChangePath {
    /// The same path as a JSON pointer (RFC 6901), items by their place.
    #[must_use]
    pub fn pointer(&self) -> String {
        pointer(&self.0)
    }
}

/// Steps as a JSON pointer.
pub(crate) fn pointer(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |mut text, step| {
        text.push('/');
        match step {
            Step::Key(key) => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Step::Item { index, .. } => text.push_str(&index.to_string()),
        }
        text
    })
}

impl fmt::Display for ChangePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Item { label: Some(label), .. } => write!(f, "[{}]", display::line(label))?,
                Step::Item { index, label: None } => write!(f, "[{index}]")?,
                Step::Key(key)
                    if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') =>
                {
                    write!(f, "{}{key}", if position == 0 { "" } else { "." })?;
                }
                Step::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}
