//! One entry per key in the lists that server-side apply merges by key. The webhook's pod is created with a
//! plain POST, where duplicates pass; ours is applied.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    env::{self, Conflict},
    mutation::{MutatedPod, Mutation},
    role::PodRole,
};
use crate::tree::{Diagnostic, Diagnostics, Node, Origin};

/// Makes the keys of all keyed lists of the pod unique, or reports why that cannot be.
pub(super) fn lists(mutation: &Mutation<'_>, target: &mut MutatedPod<'_>) {
    let Some(spec) = target.pod.get_mut("spec") else { return };
    let diagnostics = &mut *target.diagnostics;
    if let Some(aliases) = spec.get_mut("hostAliases").and_then(Node::as_sequence_mut) {
        host_aliases(mutation, aliases, diagnostics);
    }
    for (list, what) in [("volumes", "volume"), ("imagePullSecrets", "pull secret")] {
        if let Some(items) = spec.get_mut(list).and_then(Node::as_sequence_mut) {
            let keyed = Keyed { code: "duplicate-volume", what, key: "name", hint: "rename one of them" };
            keyed.unique(mutation, items, diagnostics);
        }
    }
    let mut names: BTreeMap<String, Origin> = BTreeMap::new();
    for list in ["initContainers", "containers"] {
        for container in spec.get_mut(list).and_then(Node::as_sequence_mut).into_iter().flatten() {
            let name = container.get("name").filter(|name| !name.is_null());
            let first = name.map(|name| (name.as_str().unwrap_or_default().to_owned(), name.origin.clone()));
            if let Some((text, place)) = first
                && let Some(first) = names.insert(text.clone(), place)
            {
                // The first one stays the one that others are compared with.
                names.insert(text.clone(), first.clone());
                diagnostics.push(
                    Diagnostic::error("duplicate-container", format!("two containers of the pod are named `{text}`"))
                        .field(mutation.field(if list == "containers" { "sidecars" } else { list }))
                        .at(&container.origin)
                        .label(first, "first one")
                        .hint("rename one of them"),
                );
            }
            self::container(mutation, container, diagnostics);
        }
    }
}

fn container(mutation: &Mutation<'_>, container: &mut Node, diagnostics: &mut Diagnostics) {
    let entries = container.get_mut("env").and_then(Node::as_sequence_mut);
    if let Some(entries) = entries.filter(|_| mutation.role == PodRole::Driver) {
        environment(mutation, entries, diagnostics);
    }
    if let Some(mounts) = container.get_mut("volumeMounts").and_then(Node::as_sequence_mut) {
        let keyed = Keyed {
            code: "duplicate-mount-path",
            what: "mount at",
            key: "mountPath",
            hint: "mount one of them elsewhere",
        };
        keyed.unique(mutation, mounts, diagnostics);
    }
    if let Some(ports) = container.get_mut("ports").and_then(Node::as_sequence_mut) {
        self::ports(mutation, ports, diagnostics);
    }
}

/// One entry per name; what cannot be kept is reported. Executors are created with a plain POST: their duplicates
/// may stay.
fn environment(mutation: &Mutation<'_>, entries: &mut Vec<Node>, diagnostics: &mut Diagnostics) {
    if env::has_one_entry_per_name(entries) {
        return;
    }
    let field = mutation.field("env");
    let (unique, conflicts) = env::unique(entries);
    *entries = unique;
    for conflict in conflicts {
        diagnostics.push(match conflict {
            Conflict::Reference { name, user, earlier, later } => Diagnostic::error(
                "env-order",
                format!("`{user}` refers to a value of `{name}` that is not known yet and is replaced later"),
            )
            .field(field.clone())
            .at(later)
            .label(earlier, "the value that is meant")
            .hint(format!("give the first `{name}` another name")),
            Conflict::Shadowed { name, user, origin } => Diagnostic::error(
                "env-order",
                format!("the value of `{user}` cannot be written out: `{name}`, which it refers to, is set in between"),
            )
            .field(field.clone())
            .at(origin)
            .hint(format!("set `{name}` before the entries that refer to it")),
            Conflict::Optional { name, earlier, later } => Diagnostic::warning(
                "env-order",
                format!("`{name}` is unset where the optional key is missing; an earlier value of it is dropped"),
            )
            .field(field.clone())
            .at(later)
            .label(earlier, "dropped")
            .hint(format!("give only one value for `{name}`")),
        });
    }
}

struct Keyed<'k> {
    code: &'static str,
    what: &'static str,
    key: &'k str,
    hint: &'static str,
}

impl Keyed<'_> {
    /// Equal entries collapse; different ones with the same key are an error.
    fn unique(&self, mutation: &Mutation<'_>, items: &mut Vec<Node>, diagnostics: &mut Diagnostics) {
        let mut keys: Vec<Option<&str>> = items.iter().map(|item| item.str_at(&[self.key])).collect();
        keys.sort_unstable();
        if keys.is_sorted_by(|one, next| one < next) {
            return;
        }
        let mut places: BTreeMap<Option<String>, usize> = BTreeMap::new();
        let mut kept: Vec<Node> = Vec::with_capacity(items.len());
        for item in std::mem::take(items) {
            let place = *places.entry(item.str_at(&[self.key]).map(str::to_owned)).or_insert(kept.len());
            match kept.get(place) {
                Some(first) if *first == item => {
                    diagnostics.push(merged(self.what, item.str_at(&[self.key]).unwrap_or_default(), first, &item));
                }
                Some(first) => {
                    let name = item.str_at(&[self.key]).unwrap_or_default();
                    diagnostics.push(
                        Diagnostic::error(
                            self.code,
                            format!("the pod has two different entries for {} `{name}`", self.what),
                        )
                        .field(mutation.field("volumeMounts"))
                        .at(&item.origin)
                        .label(&first.origin, "first one")
                        .hint(self.hint),
                    );
                }
                None => kept.push(item),
            }
        }
        *items = kept;
    }
}

/// The note that two entries mean the same as one, which server-side apply wants.
fn merged(what: &str, name: &str, first: &Node, again: &Node) -> Diagnostic {
    Diagnostic::note("merged-entries", format!("the entries for {what} `{name}` are written as one"))
        .at(&again.origin)
        .label(&first.origin, "first one")
        .hint("write it once")
}

/// Several entries for one address mean the same as one with all their names.
fn host_aliases(mutation: &Mutation<'_>, aliases: &mut Vec<Node>, diagnostics: &mut Diagnostics) {
    let mut kept: Vec<Node> = Vec::with_capacity(aliases.len());
    // The place of each address, and the names that it has.
    let mut known: BTreeMap<Option<String>, (usize, BTreeSet<String>)> = BTreeMap::new();
    let text = |name: &Node| name.as_str().unwrap_or_default().to_owned();
    for alias in std::mem::take(aliases) {
        let more = alias.get("hostnames").and_then(Node::as_sequence).unwrap_or_default();
        match known.entry(alias.str_at(&["ip"]).map(str::to_owned)) {
            Entry::Vacant(place) => {
                place.insert((kept.len(), more.iter().map(text).collect()));
                kept.push(alias);
            }
            Entry::Occupied(mut place) => {
                let (first, names) = place.get_mut();
                let address = alias.str_at(&["ip"]).unwrap_or_default();
                let note = merged("the alias of", address, &kept[*first], &alias);
                diagnostics.push(note.field(mutation.field("hostAliases")));
                let more = more.iter().filter(|name| names.insert(text(name)));
                kept[*first].sequence_at("hostnames").extend(more.cloned());
            }
        }
    }
    *aliases = kept;
}

/// Container ports are information, except for their names: of two entries for one port the later is kept.
fn ports(mutation: &Mutation<'_>, ports: &mut Vec<Node>, diagnostics: &mut Diagnostics) {
    let protocol = |port: &Node| port.str_at(&["protocol"]).unwrap_or("TCP").to_owned();
    let mut known = BTreeSet::new();
    let is_new = |port: &Node| known.insert((port.get("containerPort").and_then(Node::as_i64), protocol(port)));
    let mut names = BTreeSet::new();
    let all_new = ports.iter().all(is_new);
    if all_new && ports.iter().filter_map(|port| port.str_at(&["name"])).all(|name| names.insert(name)) {
        return;
    }
    let mut kept: Vec<Node> = Vec::with_capacity(ports.len());
    let (mut numbers, mut names) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
    for port in std::mem::take(ports) {
        let number = port.get("containerPort").map(|number| number.to_json().to_string());
        let name = port.str_at(&["name"]).map(str::to_owned);
        match numbers.entry((number, protocol(&port))) {
            Entry::Occupied(place) => {
                let index = *place.get();
                let first: &mut Node = &mut kept[index];
                let first_name = first.str_at(&["name"]).map(str::to_owned);
                if first_name == name {
                    continue;
                }
                diagnostics.push(
                    Diagnostic::warning(
                        "duplicate-port",
                        format!(
                            "container port {} has two names; `{}` is kept and `{}` dropped",
                            port.get("containerPort").and_then(Node::as_i64).unwrap_or_default(),
                            name.as_deref().unwrap_or_default(),
                            first_name.as_deref().unwrap_or_default()
                        ),
                    )
                    .field(mutation.field("ports"))
                    .at(&port.origin)
                    .label(&first.origin, "first one")
                    .hint("name the port once"),
                );
                if let Some(first_name) = first_name.filter(|name| names.get(name) == Some(&index)) {
                    names.remove(&first_name);
                }
                if let Some(name) = name {
                    names.entry(name).or_insert(index);
                }
                *first = port;
            }
            Entry::Vacant(place) => {
                place.insert(kept.len());
                match name.map(|name| names.entry(name)) {
                    Some(Entry::Occupied(first)) => diagnostics.push(
                        Diagnostic::error("duplicate-port", format!("two container ports are named `{}`", first.key()))
                            .field(mutation.field("ports"))
                            .at(&port.origin)
                            .label(&kept[*first.get()].origin, "first one")
                            .hint("rename one of them"),
                    ),
                    Some(Entry::Vacant(place)) => {
                        place.insert(kept.len());
                    }
                    None => {}
                }
                kept.push(port);
            }
        }
    }
    *ports = kept;
}
