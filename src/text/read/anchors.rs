//! Anchored values of one document, and the bound on what their aliases may cost.

use std::collections::BTreeMap;

use super::limits::{self, Size};
use crate::tree::{Node, Origin, Span, Stage, Value};

/// The document's aliases would cost too much.
pub(crate) struct TooMuch;

pub(crate) struct Anchors {
    table: BTreeMap<usize, (Node, Size)>,
    left: u64,
    spent: u64,
}

impl Anchors {
    /// No anchors yet; copies may take `budget` bytes.
    pub(crate) fn new(budget: u64) -> Self {
        Self { table: BTreeMap::new(), left: budget, spent: 0 }
    }

    /// What copies took so far, in bytes.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    fn charge(&mut self, size: Size) -> Result<(), TooMuch> {
        self.left = self.left.checked_sub(size.bytes).ok_or(TooMuch)?;
        self.spent += size.bytes;
        Ok(())
    }

    /// Keeps a copy of an anchored value.
    pub(crate) fn define(&mut self, anchor: usize, node: &Node) -> Result<(), TooMuch> {
        let size = limits::size(node);
        self.charge(size)?;
        self.table.insert(anchor, (node.clone(), size));
        Ok(())
    }

    /// The size of an anchored value; `None` while the anchor is still being read.
    pub(crate) fn size(&self, anchor: usize) -> Option<Size> {
        self.table.get(&anchor).map(|(_, size)| *size)
    }

    /// A copy for the alias at `alias`. Its values come from the anchor's lines, and from the alias's.
    pub(crate) fn copy(&mut self, anchor: usize, alias: Span) -> Result<Node, TooMuch> {
        let size = self.size(anchor).ok_or(TooMuch)?;
        self.charge(size)?;
        let (node, _) = self.table.get(&anchor).ok_or(TooMuch)?;
        let mut node = node.clone();
        mark(&mut node, alias);
        Ok(node)
    }
}

fn mark(node: &mut Node, alias: Span) {
    let own = std::mem::take(&mut node.origin);
    node.origin = Origin::derived(Stage::Alias, "alias", [own, Origin::Source(alias)]);
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| mark(item, alias)),
        Value::Mapping(mapping) => mapping.values_mut().for_each(|value| mark(value, alias)),
        _ => {}
    }
}
