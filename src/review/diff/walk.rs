//! The walk along two objects.

use std::borrow::Cow;

use super::{
    Change, ChangePath, FieldChange, ObjectChange, ObjectChangeKind, ObjectName, Step, TextFormat, certificate,
    defaults::{self, OneSidedValue},
    embedded::{self, Opened},
    equal,
    filter::Filters,
    list::{self, Alignment},
};
use crate::{
    kube::Typed,
    review::diff,
    tree::{
        Mapping, Node, Value,
        secret::{self, Cover},
    },
};

/// What is found on the way.
pub(crate) struct Walk<'a, 'f> {
    filters: &'a mut Filters<'f>,
    kind: String,
    known_kind: bool,
    in_secret: bool,
    opened: Opened,
    path: Vec<Step>,
    text: Option<(usize, TextFormat)>,
    changes: Vec<FieldChange>,
}

/// Two values at one place.
#[derive(Clone, Copy)]
struct At {
    typed: Option<Typed>,
    cover: Cover,
}

impl<'a, 'f> Walk<'a, 'f> {
    /// The difference of two objects; nothing if they mean the same.
    pub(crate) fn objects(old: &Node, new: &Node, cover: Cover, filters: &'a mut Filters<'f>) -> Option<ObjectChange> {
        let (mut opened_old, mut opened_new) = (Cow::Borrowed(old), Cow::Borrowed(new));
        let opened = embedded::open_both(&mut opened_old, &mut opened_new);
        let (old_name, name) = (ObjectName::of(old), ObjectName::of(new));
        let typed = Typed::object(&name.api_version, &name.kind);
        let mut walk = Self {
            filters,
            kind: name.kind.clone(),
            known_kind: typed.is_some(),
            in_secret: name.kind == "Secret",
            opened,
            path: Vec::new(),
            text: None,
            changes: Vec::new(),
        };
        walk.value(&opened_old, &opened_new, "", At { typed, cover });
        if walk.changes.is_empty() {
            return None;
        }
        let fields = walk.changes;
        let mut object = opened_old.into_owned();
        secret::hide_object(&mut object, cover);
        let renamed_from = (old_name.namespace != name.namespace || old_name.name != name.name).then_some(old_name);
        Some(ObjectChange {
            kind: ObjectChangeKind::Changed,
            name,
            renamed_from,
            old_index: None,
            new_index: None,
            fields,
            object,
        })
    }

    fn value(&mut self, old: &Node, new: &Node, name: &str, at: At) {
        // Equal values need no walk; most are.
        if old == new {
            return;
        }
        match (&old.value, &new.value) {
            (Value::Mapping(old), Value::Mapping(new)) => self.mappings(old, new, at),
            (Value::Sequence(old), Value::Sequence(new)) => self.lists(old, new, name, at),
            _ if equal::means_the_same(old, new, name, at.typed, self.known_kind && self.text.is_none()) => {}
            _ => self.changed(old, new, at),
        }
    }

    fn mappings(&mut self, old: &Mapping, new: &Mapping, at: At) {
        let root = self.path.is_empty();
        for (key, before) in old.iter() {
            let cover = secret::of_entry(at.cover, key, old, root && self.in_secret);
            let cover = secret::of_entry(cover, key, new, root && self.in_secret);
            let below = At { typed: at.typed.and_then(|typed| typed.field(key)), cover };
            self.enter(Step::Key(key.to_owned()), |walk| match new.get(key) {
                Some(after) => {
                    if !walk.is_left_out(before, after) {
                        walk.entry(before, after, key, below);
                    }
                }
                None if before.is_null() => {}
                None => walk.one_sided(before, key, old, new, at.typed, below, false),
            });
        }
        for (key, after) in new.iter().filter(|(key, after)| !old.contains_key(key) && !after.is_null()) {
            let cover = secret::of_entry(at.cover, key, new, root && self.in_secret);
            let below = At { typed: at.typed.and_then(|typed| typed.field(key)), cover };
            self.enter(Step::Key(key.to_owned()), |walk| walk.one_sided(after, key, new, old, at.typed, below, true));
        }
    }

    /// An entry that both have; inside a text from here on, if it was opened.
    fn entry(&mut self, before: &Node, after: &Node, key: &str, mut at: At) {
        let outer = self.text;
        if let Some(format) = self.opened_here() {
            self.text = Some((self.path.len(), format));
            at.typed = type_of_document(after);
        }
        self.value(before, after, key, at);
        self.text = outer;
    }

    /// Whether the path leads to a text that was opened.
    fn opened_here(&self) -> Option<TextFormat> {
        match self.path.as_slice() {
            [Step::Key(data), Step::Key(key)] if data == "data" => self.opened.get(key).copied(),
            _ => None,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "both sides of a mapping, and where they are")]
    fn one_sided(
        &mut self,
        value: &Node,
        key: &str,
        holder: &Mapping,
        other: &Mapping,
        owner: Option<Typed>,
        at: At,
        added: bool,
    ) {
        if self.filters.ignores(&self.path) {
            return;
        }
        let place = OneSidedValue { kind: &self.kind, path: &self.path, owner: owner.and_then(Typed::type_name), key };
        let is_default = defaults::is_default(&place, value, holder, other)
            || (at.typed.is_some_and(Typed::is_collection) && is_empty(value));
        if self.filters.hides_defaults() && is_default {
            self.filters.count_default();
            return;
        }
        let outer = self.text;
        if let Some(format) = self.opened_here() {
            self.text = Some((self.path.len(), format));
        }
        self.report(value, at.cover, added);
        self.text = outer;
    }

    /// Whether the field is ignored, or one that servers write for themselves.
    fn is_left_out(&mut self, old: &Node, new: &Node) -> bool {
        if old == new {
            return false;
        }
        if self.filters.ignores(&self.path) {
            return true;
        }
        let written =
            self.filters.hides_defaults() && self.text.is_none() && defaults::is_written_by_servers(&self.path);
        if written {
            self.filters.count_default();
        }
        written
    }

    fn lists(&mut self, old: &[Node], new: &[Node], name: &str, at: At) {
        let alignment = list::align(old, new, name, at.typed);
        let typed = at.typed.and_then(Typed::item);
        for (from, to) in &alignment.pairs {
            let cover = secret::of_item(secret::of_item(at.cover, old, *from), new, *to);
            self.enter(alignment.step(&old[*from], *from), |walk| {
                if !walk.is_left_out(&old[*from], &new[*to]) {
                    walk.value(&old[*from], &new[*to], name, At { typed, cover });
                }
            });
        }
        for index in &alignment.removed {
            self.item(old, *index, name, &alignment, At { typed, cover: at.cover }, false);
        }
        for index in &alignment.added {
            self.item(new, *index, name, &alignment, At { typed, cover: at.cover }, true);
        }
        for (from, to) in &alignment.moved {
            self.enter(alignment.step(&old[*from], *from), |walk| {
                if !walk.filters.ignores(&walk.path) {
                    walk.push(Change::Moved { to: *to }, false, None);
                }
            });
        }
    }

    fn item(&mut self, items: &[Node], index: usize, name: &str, alignment: &Alignment, at: At, added: bool) {
        let cover = secret::of_item(at.cover, items, index);
        self.enter(alignment.step(&items[index], index), |walk| {
            if walk.filters.ignores(&walk.path) {
                return;
            }
            if walk.filters.hides_defaults() && defaults::is_added_item(name, &items[index]) {
                walk.filters.count_default();
                return;
            }
            walk.report(&items[index], cover, added);
        });
    }

    fn changed(&mut self, old: &Node, new: &Node, at: At) {
        let found = [certificate::certificates(old), certificate::certificates(new)];
        let certificates = found.iter().any(|found| !found.is_empty()).then_some(found);
        let (mut old, mut new) = (old.clone(), new.clone());
        let secret = secret::hide_pair(&mut old, &mut new, at.cover);
        self.push(Change::Changed { old, new }, secret, certificates);
    }

    fn report(&mut self, value: &Node, cover: Cover, added: bool) {
        let found = certificate::certificates(value);
        let mut value = value.clone();
        if !self.filters.prune(&mut value, &mut self.path) {
            return;
        }
        let secret = secret::hide_value(&mut value, cover);
        let certificates = (!found.is_empty()).then(|| if added { [Vec::new(), found] } else { [found, Vec::new()] });
        self.push(if added { Change::Added(value) } else { Change::Removed(value) }, secret, certificates);
    }

    fn push(&mut self, change: Change, secret: bool, certificates: Option<[Vec<diff::CertificateFacts>; 2]>) {
        let path = ChangePath(self.path.clone());
        self.changes.push(FieldChange { path, change, secret, text: self.text, certificates });
    }

    fn enter(&mut self, step: Step, body: impl FnOnce(&mut Self)) {
        self.path.push(step);
        body(self);
        self.path.pop();
    }
}

fn is_empty(value: &Node) -> bool {
    value.as_mapping().is_some_and(Mapping::is_empty) || value.as_sequence().is_some_and(<[Node]>::is_empty)
}

/// The type of an object in a text; the executor pod template may leave out its kind.
fn type_of_document(document: &Node) -> Option<Typed> {
    let text = |key| document.get(key).and_then(Node::as_str);
    match (text("apiVersion"), text("kind")) {
        (Some(api_version), Some(kind)) => Typed::object(api_version, kind),
        _ if document.at_keys(&["spec", "containers"]).is_some() => Typed::object("v1", "Pod"),
        _ => None,
    }
}
