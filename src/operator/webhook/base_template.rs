//! What Spark overwrites of the template that the user wrote: said, since a field that is given and does nothing
//! looks as if it did. Fields that the webhook's steps put into the template are looked after elsewhere.

use super::mutation::Mutation;
use crate::{
    spark::{
        SparkConf,
        pod::template_survival::{Fate, TEMPLATE_SURVIVAL},
    },
    tree::{Diagnostic, Diagnostics, Node},
};

/// Reports the fields of `pod`, with Spark's container at `container`, that do not reach executors.
pub(super) fn overwritten(
    mutation: &Mutation<'_>,
    pod: &Node,
    container: usize,
    conf: &SparkConf,
    diagnostics: &mut Diagnostics,
) {
    let version = mutation.version();
    let rows = TEMPLATE_SURVIVAL.iter().filter(|row| row.fate == Fate::Overwritten && row.when.holds(version));
    for row in rows {
        let keys = || row.field.split('.').map(|key| key.strip_suffix("[]").map_or((key, false), |name| (name, true)));
        let node = keys().try_fold(pod, |node, (name, in_list)| {
            let child = node.get(name)?;
            if in_list { child.as_sequence()?.get(container) } else { Some(child) }
        });
        // A conf that is set says what the user wants.
        let by_conf = row.instead.is_some_and(|key| conf.contains(key));
        let Some(node) = node.filter(|node| !node.is_null() && !by_conf) else { continue };
        let path = keys().fold(mutation.field("template"), |path, (name, in_list)| {
            if in_list { path.key(name).index(container) } else { path.key(name) }
        });
        let message = format!("Spark {version} does not give `{}` of the pod template to executors", row.field);
        let mut diagnostic = Diagnostic::note("runtime-object", message).field(path).at(&node.origin);
        if let Some(key) = row.instead {
            diagnostic = diagnostic.hint(format!("set `{key}` instead"));
        }
        diagnostics.push(diagnostic);
    }
}
