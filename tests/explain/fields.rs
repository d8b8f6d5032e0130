//! Two renderings side by side, field by field.

use indexmap::IndexMap;
use spark_render::internals::{
    review::explain,
    tree::{Node, Origin, Segment, Span},
};

use crate::support::leaves::Leaf;

/// A rendered object, its scalars as `explain` finds them.
pub(crate) struct Object {
    pub(crate) node: Node,
    pub(crate) kind: String,
    name: String,
    tree: Tree,
}

#[derive(Debug)]
enum Tree {
    Field(String, Origin),
    Mapping(IndexMap<String, Tree>),
    List(Vec<Tree>),
}

/// A field of both renderings, or of one. An object, a mapping or an item of a list that only one of them has counts
/// as one field, whose origins are those of all fields in it: each of these tells where its own value comes from, and
/// one of them why the whole is there.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    object: &'a str,
    path: String,
    before: Option<Side<'a>>,
    after: Option<Side<'a>>,
}

#[derive(Debug)]
struct Side<'a> {
    value: &'a str,
    origins: Vec<&'a Origin>,
}

/// The rules whose values follow everything below a place, not the place alone.
const OF_THE_WHOLE: &[&str] = &["app-id"];

impl Object {
    pub(crate) fn new(node: &Node) -> Self {
        let mut tree = Tree::Mapping(IndexMap::new());
        for found in explain::find(node, "") {
            let mut place = &mut tree;
            for segment in &found.path.0 {
                place = match segment {
                    Segment::Key(key) => {
                        if !matches!(place, Tree::Mapping(_)) {
                            *place = Tree::Mapping(IndexMap::new());
                        }
                        let Tree::Mapping(mapping) = place else { unreachable!("made above") };
                        mapping.entry(key.to_string()).or_insert_with(|| Tree::List(Vec::new()))
                    }
                    Segment::Index(index) => {
                        let Tree::List(items) = place else { panic!("{} is no list", found.path) };
                        if items.len() == *index {
                            items.push(Tree::List(Vec::new()));
                        }
                        &mut items[*index]
                    }
                };
            }
            *place = Tree::Field(unnumbered(found.value), found.origin);
        }
        Self {
            kind: node.str_at(&["kind"]).unwrap().to_owned(),
            name: node.str_at(&["metadata", "name"]).unwrap().to_owned(),
            node: node.clone(),
            tree,
        }
    }

    /// What tells objects of a kind apart although their names change.
    fn role(&self) -> Option<&str> {
        let data = self.node.get("data").and_then(Node::as_mapping);
        data.and_then(|data| data.keys().next()).or_else(|| self.node.str_at(&["metadata", "labels", "spark-role"]))
    }
}

/// `SPARK_JAVA_OPT_7` is the eighth option: a place in a list like others.
fn unnumbered(value: String) -> String {
    let number = value.strip_prefix("SPARK_JAVA_OPT_");
    if number.is_some_and(|number| number.parse::<u32>().is_ok()) { "SPARK_JAVA_OPT_n".to_owned() } else { value }
}

impl Tree {
    fn is_field(&self) -> bool {
        matches!(self, Self::Field(..))
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(one, _), Self::Field(other, _)) => one == other,
            (Self::Mapping(one), Self::Mapping(other)) => {
                let same = |(key, value): (&String, &Self)| other.get(key).is_some_and(|other| value.is_same(other));
                one.len() == other.len() && one.iter().all(same)
            }
            (Self::List(one), Self::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_same(other))
            }
            _ => false,
        }
    }

    fn origins<'a>(&'a self, origins: &mut Vec<&'a Origin>) {
        match self {
            Self::Field(_, origin) => origins.push(origin),
            Self::Mapping(mapping) => mapping.values().for_each(|value| value.origins(origins)),
            Self::List(items) => items.iter().for_each(|item| item.origins(origins)),
        }
    }
}

impl<'a> Side<'a> {
    fn of(tree: &'a Tree) -> Self {
        let mut origins = Vec::new();
        tree.origins(&mut origins);
        Self { value: if let Tree::Field(value, _) = tree { value } else { "(all of it)" }, origins }
    }
}

impl Pair<'_> {
    pub(crate) fn differs(&self) -> bool {
        self.before.as_ref().map(|side| side.value) != self.after.as_ref().map(|side| side.value)
    }

    /// Whether the field names one of the leaves, before or after; or, if `keys` count too, one of their keys.
    pub(crate) fn names(&self, before: &[Leaf], after: &[Leaf], keys: bool) -> bool {
        let sides = [(&self.before, before), (&self.after, after)];
        sides.into_iter().any(|(side, leaves)| {
            let mut origins = side.iter().flat_map(|side| &side.origins);
            let spans = |leaf: &Leaf| [Some(leaf.span), leaf.key.filter(|_| keys)].into_iter().flatten();
            origins.any(|origin| leaves.iter().flat_map(spans).any(|span| names(origin, span)))
        })
    }

    pub(crate) fn existed(&self) -> bool {
        self.before.is_some()
    }

    fn rules(&self) -> Vec<String> {
        let mut rules = Vec::new();
        for side in self.before.iter().chain(&self.after) {
            side.origins.iter().for_each(|origin| collect_rules(origin, &mut rules));
        }
        rules
    }

    pub(crate) fn field(&self) -> String {
        format!("{} {}", self.object, self.path)
    }

    pub(crate) fn describe(&self) -> String {
        let short = |side: &Option<Side<'_>>| {
            let value = side.as_ref().map_or("-", |side| side.value);
            value.lines().next().unwrap_or_default().chars().take(60).collect::<String>()
        };
        let rules = self.rules();
        format!("{}: {} → {} ({})", self.field(), short(&self.before), short(&self.after), rules.join(" ← "))
    }
}

fn collect_rules(origin: &Origin, rules: &mut Vec<String>) {
    if let Origin::Derived(derivation) = origin {
        if !rules.iter().any(|rule| *rule == derivation.rule) {
            rules.push(derivation.rule.to_string());
        }
        for input in derivation.inputs.iter().take(6) {
            if rules.len() < 6 {
                collect_rules(input, rules);
            }
        }
    }
}

/// A place of a list or a mapping says that it is there, not what is in it.
fn names(origin: &Origin, leaf: Span) -> bool {
    match origin {
        Origin::Unknown => false,
        Origin::Source(span) => *span == leaf,
        Origin::Derived(derivation) => {
            let whole = OF_THE_WHOLE.contains(&&*derivation.rule);
            let covers = |span: &Span| span.source == leaf.source && span.start <= leaf.start && leaf.end <= span.end;
            derivation.inputs.iter().any(|input| match input {
                Origin::Source(span) if whole => covers(span),
                input => names(input, leaf),
            })
        }
    }
}

/// All fields of both sides; the objects are paired by name, else by role, else by their order.
pub(crate) fn pairs<'a>(before: &'a [Object], after: &'a [Object]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    let mut old: Vec<&Object> = before.iter().collect();
    let mut new: Vec<&Object> = after.iter().collect();
    let same: [fn(&Object, &Object) -> bool; 3] = [
        |old, new| old.kind == new.kind && old.name == new.name,
        |old, new| old.kind == new.kind && old.role().is_some() && old.role() == new.role(),
        |old, new| old.kind == new.kind && old.role() == new.role(),
    ];
    for same in same {
        old.retain(|old| {
            let Some(place) = new.iter().position(|new| same(old, new)) else { return true };
            let new = new.remove(place);
            compare(&old.kind, String::new(), Some(&old.tree), Some(&new.tree), &mut pairs);
            false
        });
    }
    // How many executors are shown is no field of any of them.
    let counts = |object: &&&Object| object.role() != Some("executor");
    old.iter().filter(counts).for_each(|old| compare(&old.kind, String::new(), Some(&old.tree), None, &mut pairs));
    new.iter().filter(counts).for_each(|new| compare(&new.kind, String::new(), None, Some(&new.tree), &mut pairs));
    pairs
}

fn compare<'a>(
    object: &'a str,
    path: String,
    before: Option<&'a Tree>,
    after: Option<&'a Tree>,
    pairs: &mut Vec<Pair<'a>>,
) {
    if before.is_none() || after.is_none() || before.or(after).is_some_and(Tree::is_field) {
        pairs.push(Pair { object, path, before: before.map(Side::of), after: after.map(Side::of) });
        return;
    }
    let mapping = |tree: Option<&'a Tree>| match tree {
        Some(Tree::Mapping(mapping)) => Some(mapping),
        _ => None,
    };
    let (old, new) = (mapping(before), mapping(after));
    for (key, old) in old.into_iter().flatten() {
        compare(object, format!("{path}.{key}"), Some(old), new.and_then(|new| new.get(key)), pairs);
    }
    for (key, new) in new.into_iter().flatten().filter(|(key, _)| old.is_none_or(|old| !old.contains_key(*key))) {
        compare(object, format!("{path}.{key}"), None, Some(new), pairs);
    }
    let list = |tree: Option<&'a Tree>| match tree {
        Some(Tree::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    for (old, new) in items(list(before), list(after)) {
        let id = old.or(new).and_then(id).unwrap_or_default();
        compare(object, format!("{path}[{id}]"), old, new, pairs);
    }
}

/// The items of two lists: by their key or value, the others in order where there are as many of them.
fn items<'a>(old: Vec<&'a Tree>, mut new: Vec<&'a Tree>) -> Vec<(Option<&'a Tree>, Option<&'a Tree>)> {
    if old.len() == new.len() && old.iter().chain(&new).all(|item| item.is_field()) {
        return old.into_iter().zip(new).map(|(old, new)| (Some(old), Some(new))).collect();
    }
    let mut pairs = Vec::new();
    let mut left = old;
    for equal in [true, false] {
        left.retain(|old| {
            let is_it = |new: &&Tree| id(old).is_some() && id(old) == id(new) && (!equal || old.is_same(new));
            let place = new.iter().position(is_it);
            pairs.extend(place.map(|place| (Some(*old), Some(new.remove(place)))));
            place.is_none()
        });
    }
    if left.len() == new.len() {
        pairs.extend(left.into_iter().zip(new).map(|(old, new)| (Some(old), Some(new))));
    } else {
        pairs.extend(left.into_iter().map(|old| (Some(old), None)));
        pairs.extend(new.into_iter().map(|new| (None, Some(new))));
    }
    pairs
}

/// What an item of a list is known by.
fn id(item: &Tree) -> Option<&str> {
    match item {
        Tree::Field(value, _) => Some(value),
        Tree::List(_) => None,
        Tree::Mapping(mapping) => {
            let field = |key: &str| match mapping.get(key)? {
                Tree::Field(value, _) => Some(value.as_str()),
                _ => None,
            };
            if field("name") == Some("SPARK_JAVA_OPT_n") {
                return field("value");
            }
            ["mountPath", "name", "containerPort", "port", "key"].into_iter().find_map(field)
        }
    }
}
