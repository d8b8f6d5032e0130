//! The walk along two objects.

use std::borrow::Cow;

use super::{
    Change, ChangePath, FieldChange, ObjectChange, ObjectChangeKind, ObjectName, Step, TextFormat, certificate,
    embedded::{self, Opened},
    equal,
    filter::Filters,
    list::{self, Alignment},
};
use crate::{
    kube::{
        Typed,
        defaults::{self, Lone},
    },
    review::diff,
    tree::{
        Mapping, Node, Value,
        secret::{self, Cover},
    },
};

/// What is found on the way.
pub(crate) struct Walk<'a, 'f, 'n> {
    filters: &'a mut Filters<'f>,
    /// The mappings that both sides have on the way, from the object inwards.
    around: Vec<(&'n Mapping, &'n Mapping)>,
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

impl<'a, 'f, 'n> Walk<'a, 'f, 'n> {
    /// The difference of two objects; nothing if they mean the same.
    pub(crate) fn objects(old: &Node, new: &Node, cover: Cover, filters: &'a mut Filters<'f>) -> Option<ObjectChange> {
        let (mut opened_old, mut opened_new) = as_kept(old, new, filters);
        let opened = embedded::open_both(&mut opened_old, &mut opened_new);
        let (old_name, name) = (ObjectName::of(old), ObjectName::of(new));
        let typed = Typed::object(&name.api_version, &name.kind);
        let mut walk = Walk {
            filters,
            around: Vec::new(),
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
            options: Vec::new(),
            object,
        })
    }

    fn value(&mut self, old: &'n Node, new: &'n Node, name: &str, at: At) {
        // Equal values need no walk; most are.
        if old == new {
            return;
        }
        match (&old.value, &new.value) {
            (Value::Mapping(old), Value::Mapping(new)) => {
                self.around.push((old, new));
                self.mappings(old, new, at);
                self.around.pop();
            }
            (Value::Sequence(old), Value::Sequence(new)) => self.lists(old, new, name, at),
            _ if self.filters.hides_defaults()
                && defaults::is_not_kept(old, at.typed)
                && defaults::is_not_kept(new, at.typed) =>
            {
                self.filters.count_default();
            }
            _ if equal::means_the_same(old, new, name, at.typed, self.known_kind && self.text.is_none()) => {}
            _ => self.changed(old, new, at),
        }
    }

    fn mappings(&mut self, old: &'n Mapping, new: &'n Mapping, at: At) {
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
                None => walk.one_sided(before, key, at.typed, below, false),
            });
        }
        for (key, after) in new.iter().filter(|(key, after)| !old.contains_key(key) && !after.is_null()) {
            let cover = secret::of_entry(at.cover, key, new, root && self.in_secret);
            let below = At { typed: at.typed.and_then(|typed| typed.field(key)), cover };
            self.enter(Step::Key(key.to_owned()), |walk| walk.one_sided(after, key, at.typed, below, true));
        }
    }

    /// An entry that both have; inside a text from here on, if it was opened.
    fn entry(&mut self, before: &'n Node, after: &'n Node, key: &str, mut at: At) {
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

    fn one_sided(&mut self, value: &Node, key: &str, owner: Option<Typed>, at: At, added: bool) {
        if self.filters.ignores(&self.path) {
            return;
        }
        if self.filters.hides_defaults() && self.is_default(value, key, owner, at, added) {
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

    /// Whether a server makes no difference between the value and none.
    fn is_default(&self, value: &Node, key: &str, owner: Option<Typed>, at: At, added: bool) -> bool {
        if defaults::is_not_kept(value, at.typed) {
            return true;
        }
        let of_holder = |(old, new): &(&'n Mapping, &'n Mapping)| if added { (*new, *old) } else { (*old, *new) };
        let around: Vec<_> = self.around.iter().map(of_holder).collect();
        let path = keys(&self.path);
        let owner = owner.and_then(Typed::type_name);
        defaults::is_default(&Lone { value, key, path: &path, owner, around: &around })
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
            self.filters.hides_defaults() && self.text.is_none() && defaults::is_written_by_servers(&keys(&self.path));
        if written {
            self.filters.count_default();
        }
        written
    }

    fn lists(&mut self, old: &'n [Node], new: &'n [Node], name: &str, at: At) {
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
        self.changes.push(FieldChange { path, change, secret, text: self.text, certificates, follows: false });
    }

    fn enter(&mut self, step: Step, body: impl FnOnce(&mut Self)) {
        self.path.push(step);
        body(self);
        self.path.pop();
    }
}

/// The keys of a path; empty ones for items of lists.
fn keys(path: &[Step]) -> Vec<&str> {
    path.iter().map(|step| if let Step::Key(key) = step { key.as_str() } else { "" }).collect()
}

/// The two sides of a Secret whose texts only one side has in `stringData`, which servers do not keep: both in `data`.
fn as_kept<'n>(old: &'n Node, new: &'n Node, filters: &mut Filters<'_>) -> (Cow<'n, Node>, Cow<'n, Node>) {
    let has_text = |object: &Node| object.get("stringData").is_some();
    if !filters.hides_defaults() || has_text(old) == has_text(new) {
        return (Cow::Borrowed(old), Cow::Borrowed(new));
    }
    filters.count_default();
    let kept = |object| defaults::with_string_data(object).map_or(Cow::Borrowed(object), Cow::Owned);
    (kept(old), kept(new))
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
