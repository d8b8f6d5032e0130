//! Field paths as Kubernetes writes them: `spec.driver.env[0].name`, `metadata.labels["a.b/c"]`.

use std::fmt;

use smol_str::SmolStr;

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a mapping.
    Key(SmolStr),
    /// A place in a list, from 0.
    Index(usize),
}

/// The path of a field from the root of its object. Displays as `spec.containers[0].image`; keys that are no
/// plain words are quoted: `metadata.annotations["prometheus.io/port"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(pub Vec<Segment>);

impl FieldPath {
    /// The root of an object.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of plain keys: `FieldPath::keys(&["spec", "driver"])`.
    #[must_use]
    pub fn keys(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Segment::Key(SmolStr::new(key))).collect())
    }

    /// The path of the child `key`.
    #[must_use]
    pub fn key(&self, key: impl Into<SmolStr>) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(key.into()));
        Self(segments)
    }

    /// The path of the list item `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Self(segments)
    }

    /// Whether this is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key)
                    if key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !key.is_empty() =>
                {
                    write!(f, "{}{key}", if position == 0 { "" } else { "." })?;
                }
                Segment::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}
