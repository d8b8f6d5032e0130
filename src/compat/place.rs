//! Where a walker is: a chain on the stack that becomes a [`FieldPath`] only when something is reported.

use crate::node::{FieldPath, Segment};

/// A place below the root of an object. Costs nothing until it is displayed.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// The object itself.
    Root,
    /// A key of a mapping.
    Key(&'a Place<'a>, &'a str),
    /// An item of a list.
    Index(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    /// The place of the child `key`.
    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// The place of item `index`.
    pub(super) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// The same place for a report.
    pub(super) fn path(&self) -> FieldPath {
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
    pub(super) fn name(&self) -> &'a str {
        match *self {
            Self::Root => "object",
            Self::Key(_, key) => key,
            Self::Index(parent, _) => parent.name(),
        }
    }
}
