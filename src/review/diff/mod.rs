//! What is different between two sets of Kubernetes objects, and what only looks different.
//!
//! [`compare`] pairs the objects, walks each pair and yields one model, [`Comparison`]; the formats print it.
//! Items of lists are matched by Kubernetes' own keys, texts with a structure of their own are opened, values are
//! compared by what they mean, what follows from another difference is marked, and what nobody may see is hidden before
//! it gets into the model.

mod apply;
mod certificate;
mod derive;
mod embedded;
mod equal;
mod filter;
pub(crate) mod format;
mod images;
mod lines;
mod list;
mod model;
mod pair;
mod path;
mod walk;

pub use apply::sides;
pub(crate) use certificate::CertificateFacts;
pub(crate) use filter::Filter;
pub use filter::IgnorePath;
pub(crate) use images::kept as kept_images;
pub(crate) use lines::unified_covered;
pub use model::{Change, FieldChange, ObjectChangeKind};
pub(crate) use model::{Comparison, Group, ObjectChange, ObjectName, OptionsChange, TextFormat};
pub(crate) use path::ChangePath;
pub use path::Step;

use std::convert::Infallible;

use self::{filter::Filters, pair::Pair, walk::Walk};
use crate::tree::{Node, parallel::ordered_map, secret::Cover};

/// What counts as a difference.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Fields that are left out.
    pub ignore: Vec<IgnorePath>,
    /// Whether values that only an API server adds count.
    pub keep_defaults: bool,
    /// Whether secrets are shown.
    pub show_secrets: bool,
    /// On how many threads objects are compared; none is one.
    pub threads: usize,
}

/// Compares two sets of objects.
#[must_use]
pub fn compare(old: &[Node], new: &[Node], options: &Options) -> Comparison {
    let pairs = pair::pair(old, new);
    let cover = if options.show_secrets { Cover::Shown } else { Cover::Open };
    let work = |Pair { old: old_index, new: new_index }: &Pair| {
        let mut filters = Filters::new(options);
        let change = match (*old_index, *new_index) {
            (Some(from), Some(to)) if old[from] == new[to] => None,
            (Some(from), Some(to)) => Walk::objects(&old[from], &new[to], cover, &mut filters),
            (Some(from), None) => Some(ObjectChange::whole(&old[from], ObjectChangeKind::Removed, cover)),
            (None, Some(to)) => Some(ObjectChange::whole(&new[to], ObjectChangeKind::Added, cover)),
            (None, None) => None,
        };
        let change = change.map(|change| ObjectChange { old_index: *old_index, new_index: *new_index, ..change });
        (change, filters)
    };
    let (mut comparison, mut all) = (Comparison::default(), Filters::new(options));
    let done: Result<(), Infallible> = ordered_map(&pairs, options.threads, work, |(change, filters)| {
        match change {
            Some(change) => comparison.objects.push(change),
            None => comparison.unchanged += 1,
        }
        all.add(&filters);
        Ok(())
    });
    done.unwrap_or_else(|never| match never {});
    comparison.filters = all.into_tallies();
    derive::mark(&mut comparison);
    comparison
}
