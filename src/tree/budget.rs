//! What a run has used so far of what it may use in all. Each item has a bound of its own; many small ones have only this.

use std::sync::atomic::{AtomicU64, Ordering};

use super::limits;

/// Counts what all threads of a run use.
#[derive(Debug, Default)]
pub struct Budget {
    nodes: AtomicU64,
    copied: AtomicU64,
}

impl Budget {
    /// Counts the values of a document. Whether they are still within bounds.
    pub fn nodes(&self, count: u64) -> bool {
        spend(&self.nodes, count, limits::NODES)
    }

    /// Counts what aliases added to a document, in bytes. Whether it is still within bounds.
    pub fn copied(&self, bytes: u64) -> bool {
        spend(&self.copied, bytes, limits::RUN_ALIAS_BYTES)
    }
}

fn spend(used: &AtomicU64, more: u64, limit: u64) -> bool {
    used.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_stays_used_up() {
        let budget = Budget::default();
        assert!(budget.nodes(limits::NODES));
        assert!(!budget.nodes(1) && !budget.nodes(1));
        assert!(budget.copied(limits::RUN_ALIAS_BYTES - 1) && budget.copied(1) && !budget.copied(1));
    }
}
