//! Where a walker is: a chain on the stack that becomes a [`FieldPath`] only when something is reported, which is
//! hardly ever.

use super::{FieldPath, Segment};

/// A place below the root of an object. Costs nothing until [`Place::path`] is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The object itself.
    Root,
    /// A key of a mapping.
    Key(&'a Place<'a>, &'a str),
    /// An item of a list.
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// The place of the child `key`.
    #[must_use]
    pub fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// The place of item `index`.
    #[must_use]
    pub fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// The same place for a report.
    #[must_use]
    pub fn path(&self) -> FieldPath {
        let mut segments = Vec::new();
        let mut place = self;
        loop {
            place = match place {
                Self::Root => break,
                Self::Key(parent, key) => {
                    segments.push(Segment::Key((*key).into()));
                    parent
                }
                Self::Index(parent, index) => {
                    segments.push(Segment::Index(*index));
                    parent
                }
            };
        }
        segments.reverse();
        FieldPath(segments)
    }

    /// The last key, for messages.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match *self {
            Self::Root => "object",
            Self::Key(_, key) => key,
            Self::Index(parent, _) => parent.name(),
        }
    }
}
