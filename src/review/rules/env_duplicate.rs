//! Rule: a variable that is given twice.

use std::collections::BTreeMap;

use super::{
    Check, Rule, Written,
    written::{CONTAINERS, ROLES, items, key_place},
};
use crate::{
    operator::fields,
    tree::{CodeDoc, Diagnostic, Diagnostics, FieldPath, Mapping, Node, Origin},
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    doc: CodeDoc {
        code: "env-duplicate",
        summary: "a variable is given twice",
        explanation: "The kubelet lets the last entry of a name win. `envSecretKeyRefs` come after `envVars`, because Spark \
                      adds them later, and `env` after both, because the webhook appends it. The rendered pod has one entry per name, with the value that wins; \
                      somebody may have meant the other.",
    },
    check: Check::Written(check),
};

/// What was given so far: the place and the value of each variable.
type Seen<'a> = BTreeMap<&'a str, (Origin, &'a Node)>;

fn check(written: &Written<'_>, diagnostics: &mut Diagnostics) {
    for (role, owner) in ROLES.into_iter().zip(["DriverSpec", "ExecutorSpec"]) {
        let conf = fields::conf(owner, "envVars");
        let mut found = ContainerVariables { role, seen: Seen::new(), diagnostics };
        let vars = written.get(&[role, "envVars"]);
        if let Some(map) = written.get(&["sparkConf"]) {
            // A conf whose variable is in `envVars` as well is overridden by it, which is said elsewhere.
            let confs = entries(map).filter_map(|(key, value)| Some((key, key.strip_prefix(conf)?, value)));
            for (key, name, value) in confs.filter(|(_, name, _)| vars.and_then(|vars| vars.get(name)).is_none()) {
                found.add(name, value, key_place(map, key), &written.path(&["sparkConf"]).key(key));
            }
        }
        for field in ["envVars", "envSecretKeyRefs"] {
            let Some(map) = written.get(&[role, field]) else { continue };
            for (name, value) in entries(map) {
                found.add(name, value, key_place(map, name), &written.path(&[role, field]).key(name));
            }
        }
        found.list(written.get(&[role, "env"]), &written.path(&[role, "env"]));
        for keys in CONTAINERS {
            let keys = [&[role], keys].concat();
            for (index, container) in items(written.get(&keys)).iter().enumerate() {
                let mut found = ContainerVariables { role, seen: Seen::new(), diagnostics };
                found.list(container.get("env"), &written.path(&keys).index(index).key("env"));
            }
        }
    }
}

fn entries(map: &Node) -> impl Iterator<Item = (&str, &Node)> {
    map.as_mapping().into_iter().flat_map(Mapping::iter)
}

/// The variables of a container.
struct ContainerVariables<'a, 'd> {
    role: &'static str,
    seen: Seen<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> ContainerVariables<'a, '_> {
    /// The next entry; it wins over an earlier one of the same name.
    fn add(&mut self, name: &'a str, value: &'a Node, place: Origin, path: &FieldPath) {
        let Some((first, earlier)) = self.seen.insert(name, (place.clone(), value)) else { return };
        let is_same = earlier == value || literal(earlier).is_some_and(|text| literal(value) == Some(text));
        if !is_same {
            report(self.role, name, path, place, &first, self.diagnostics);
        }
    }

    fn list(&mut self, list: Option<&'a Node>, path: &FieldPath) {
        for (index, entry) in items(list).iter().enumerate() {
            if let Some((name, text)) = entry.get("name").and_then(|name| Some((name, name.as_str()?))) {
                self.add(text, entry, name.origin.clone(), &path.index(index));
            }
        }
    }
}

/// The text of an entry of `env` or of a map.
fn literal(entry: &Node) -> Option<&str> {
    entry.as_str().or_else(|| entry.str_at(&["value"]))
}

fn report(role: &str, name: &str, path: &FieldPath, place: Origin, first: &Origin, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::warning(RULE.doc.code, format!("`{name}` is given twice for the {role}; this one wins"))
            .field(path.clone())
            .at(place)
            .label(first, "has no effect")
            .hint("remove one of them"),
    );
}
