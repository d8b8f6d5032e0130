//! Rule: a variable that is given twice.

use std::collections::BTreeMap;

use super::{
    Check, Rule, Written,
    written::{ROLES, items, key_place},
};
use crate::{
    diagnostics::{CodeDoc, Diagnostic, Diagnostics},
    node::{Mapping, Node, Origin},
};

/// The rule.
pub const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "env-duplicate",
        summary: "a variable is given twice",
        explanation: "The kubelet lets the last entry of a name win. `env` comes after `envVars` and `envSecretKeyRefs`, \
                      because the webhook appends it. The rendered pod has one entry per name, with the value that wins; \
                      somebody may have meant the other.",
    },
    check: Check::Written(check),
};

fn check(written: &Written<'_>, diagnostics: &mut Diagnostics) {
    for role in ROLES {
        let mut seen: BTreeMap<&str, (Origin, &Node)> = BTreeMap::new();
        for field in ["envSecretKeyRefs", "envVars"] {
            let Some(map) = written.get(&[role, field]) else { continue };
            for (name, value) in map.as_mapping().into_iter().flat_map(Mapping::iter) {
                let place = key_place(map, name);
                if let Some((first, _)) = seen.insert(name, (place.clone(), value)) {
                    report(written, role, field, name, place, &first, diagnostics);
                }
            }
        }
        for entry in items(written.get(&[role, "env"])) {
            let Some(name) = entry.get("name").filter(|name| name.as_str().is_some()) else { continue };
            let text = name.as_str().unwrap_or_default();
            if let Some((first, earlier)) = seen.insert(text, (name.origin.clone(), entry))
                && earlier != entry
            {
                report(written, role, "env", text, name.origin.clone(), &first, diagnostics);
            }
        }
    }
}

fn report(
    written: &Written<'_>,
    role: &str,
    field: &str,
    name: &str,
    place: Origin,
    first: &Origin,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, format!("`{name}` is given twice for the {role}; this one wins"))
            .field(written.path(&[role, field]))
            .at(place)
            .label(first, "has no effect")
            .hint("remove one of them"),
    );
}
