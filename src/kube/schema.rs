//! The embedded tables: which kind has which fields in which minor. The text is cut into types once; a type is
//! read when the first object that has it comes by.

use std::{
    hash::BuildHasher,
    sync::{LazyLock, OnceLock},
};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::{
    Row, Version,
    minors::Minors,
    rows,
    validate::{Limit, ServerRule, limits_of, rule_of},
};
use crate::text::tsv::{self, Cells};

pub(crate) static FIELDS: &str = include_str!("tables/fields.tsv");
pub(crate) static KINDS: &str = include_str!("tables/kinds.tsv");

/// Names a type of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TypeId(u16);

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text.
    String,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// Any number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A time in RFC 3339.
    Time,
    /// `resource.Quantity`.
    Quantity,
    /// `intstr.IntOrString`.
    IntOrString,
    /// Bytes in base64.
    Bytes,
    /// Anything.
    Free,
    /// A list.
    List(Box<Shape>),
    /// A mapping with free keys.
    Map(Box<Shape>),
    /// An object of the table.
    Type(TypeId),
}

impl Shape {
    /// The type at the bottom of lists and maps.
    pub(crate) fn leaf(&self) -> Option<TypeId> {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.leaf(),
            Self::Type(id) => Some(*id),
            _ => None,
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "s" => Self::String,
            "i" => Self::Int32,
            "l" => Self::Int64,
            "n" => Self::Number,
            "b" => Self::Bool,
            "t" => Self::Time,
            "q" => Self::Quantity,
            "is" => Self::IntOrString,
            "y" => Self::Bytes,
            "o" => Self::Free,
            _ => {
                if let Some(inner) = text.strip_prefix("[]") {
                    Self::List(Box::new(Self::parse(inner)))
                } else if let Some(inner) = text.strip_prefix("{}") {
                    Self::Map(Box::new(Self::parse(inner)))
                } else {
                    // Types that only servers write (status) are not in the table: anything goes.
                    TABLES.id(text).map_or(Self::Free, Self::Type)
                }
            }
        }
    }
}

/// The feature gate that a field or value needs beyond being in the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate {
    /// Its name.
    pub name: &'static str,
    /// The minors in which it is on without flags.
    pub on: Minors,
}

impl Gate {
    fn parse(text: &'static str) -> Self {
        let (name, on) = text.split_once('@').expect("gates are written name@minors");
        Self { name, on: Minors::parse(on) }
    }
}

/// A value of a closed set.
#[derive(Debug)]
pub(crate) struct Choice {
    /// The value; where `prefix`, what it begins with.
    pub text: &'static str,
    /// Whether more may follow.
    pub prefix: bool,
    /// The minors that have it in the schema.
    pub known: Minors,
    /// Its gate.
    pub gate: Option<Gate>,
    /// What to do where it is missing.
    pub row: Option<&'static Row>,
}

impl Choice {
    /// The minors in which the value works without flags.
    pub(crate) fn on(&self) -> Minors {
        self.gate.map_or(self.known, |gate| gate.on.and(self.known))
    }

    /// Whether this is the choice for `text`.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if self.prefix { text.starts_with(self.text) } else { text == self.text }
    }
}

/// A field of a type.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its shape, per set of minors.
    pub shapes: Vec<(Shape, Minors)>,
    /// The minors whose schema has it.
    pub known: Minors,
    /// The minors in which it works without flags.
    pub on: Minors,
    /// The minors in which it must be there.
    pub required: Minors,
    /// Its feature gate.
    pub gate: Option<Gate>,
    /// Whether no server keeps an empty value: `omitempty` of a Go type that is neither pointer nor struct.
    pub omitempty: bool,
    /// For lists: what makes an item unique.
    pub keys: Vec<&'static str>,
    /// The closed set of its values.
    pub choices: Vec<Choice>,
    /// What to do where it is missing.
    pub row: Option<&'static Row>,
}

impl Field {
    /// The shape in a minor; where the minor does not know the field, the shape of those that do.
    pub(crate) fn shape(&self, target: Minors) -> &Shape {
        match &self.shapes[..] {
            [(only, _)] => only,
            all => &all.iter().find(|(_, minors)| minors.meets(target)).unwrap_or(&all[0]).0,
        }
    }
}

/// A type of the table.
#[derive(Debug)]
pub(crate) struct Type {
    /// `core.v1.PodSpec`.
    pub name: &'static str,
    /// By length of their names, then by name.
    fields: Vec<Field>,
    /// For each length, up to one beyond the longest, the first place in `fields` with a name of this length or more.
    lengths: Vec<u16>,
    /// The minors in which nothing in this type or below it can be missing or off.
    pub settled: Minors,
    /// Server rules beyond the schema.
    pub rule: Option<ServerRule>,
    /// What the server demands of single fields.
    pub limits: &'static [Limit],
    /// Places in `fields` of those that are required somewhere.
    required: Vec<u16>,
}

impl Type {
    /// The field called `name`. Fields whose names are of the same length are few, two as a rule and seven at most: to
    /// compare them takes 85 instructions (callgrind), where a table of hashes, which reads the whole name first, took 141.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        let [first, end] = *self.lengths.get(name.len()..)?.first_chunk()?;
        let begins = name.as_bytes().first();
        let is_meant = |field: &&Field| field.name.as_bytes().first() == begins && field.name == name;
        self.fields[usize::from(first)..usize::from(end)].iter().find(is_meant)
    }

    /// All fields.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields that are required in some minor.
    pub(crate) fn required(&self) -> impl ExactSizeIterator<Item = &Field> {
        self.required.iter().map(|place| &self.fields[usize::from(*place)])
    }

    fn parse(name: &'static str, settled: &'static str, body: &'static str) -> Self {
        let mut fields: Vec<Field> = body.lines().map(|line| parse_field(name, &line[1..])).collect();
        fields.sort_by(|a, b| a.name.len().cmp(&b.name.len()).then_with(|| a.name.cmp(b.name)));
        let longest = fields.last().map_or(0, |field| field.name.len());
        let mut lengths = vec![0; longest + 2];
        for field in &fields {
            lengths[field.name.len() + 1] += 1;
        }
        for length in 1..lengths.len() {
            lengths[length] += lengths[length - 1];
        }
        let required = (0_u16..)
            .zip(&fields)
            .filter(|(_, field)| field.required != Minors::NONE)
            .map(|(place, _)| place)
            .collect();
        Self {
            name,
            fields,
            lengths,
            settled: Minors::parse(settled),
            rule: rule_of(name),
            limits: limits_of(name),
            required,
        }
    }
}

/// Of the name of a kind: its apiVersion tells apart what few share it.
fn hash(name: &str) -> u64 {
    FixedState::default().hash_one(name)
}

fn parse_field(owner: &str, line: &'static str) -> Field {
    let mut cells = Cells::of(line);
    let (name, signature) = (cells.text(), cells.text());
    let gate = cells.filled().map(Gate::parse);
    let choices = cells.text();
    let (signature, omitempty) = signature.strip_suffix('?').map_or((signature, false), |signature| (signature, true));
    let (signature, keys) = signature.split_once('#').unwrap_or((signature, ""));
    let (signature, required) = match signature.split_once('!') {
        Some((signature, minors)) => (signature, Minors::parse(minors)),
        None => (signature, Minors::NONE),
    };
    let shapes: Vec<(Shape, Minors)> = signature
        .split('|')
        .map(|one| {
            let (shape, minors) = one.split_once('@').unwrap_or((one, ""));
            (Shape::parse(shape), Minors::parse(minors))
        })
        .collect();
    let known = shapes.iter().fold(Minors::NONE, |all, (_, minors)| all.or(*minors));
    let on = gate.map_or(known, |gate| gate.on.and(known));
    Field {
        name,
        known,
        on,
        required: required.and(known),
        shapes,
        gate,
        omitempty,
        keys: if keys.is_empty() { Vec::new() } else { keys.split('+').collect() },
        choices: choices
            .split(' ')
            .filter(|text| !text.is_empty())
            .map(|text| parse_choice(owner, name, text))
            .collect(),
        row: if on == Minors::ALL { None } else { rows::find(owner, name, None) },
    }
}

fn parse_choice(owner: &str, field: &str, text: &'static str) -> Choice {
    let (text, gate) = text.split_once('/').map_or((text, None), |(text, gate)| (text, Some(Gate::parse(gate))));
    let (text, minors) = text.split_once('@').unwrap_or((text, ""));
    let prefix = text.len() > 1 && text.ends_with('*');
    let text = if prefix { &text[..text.len() - 1] } else { text };
    let known = Minors::parse(minors);
    let row = if gate.is_some() || known != Minors::ALL { rows::find(owner, field, Some(text)) } else { None };
    Choice { text, prefix, known, gate, row }
}

struct LazyType {
    name: &'static str,
    settled: &'static str,
    body: &'static str,
    parsed: OnceLock<Type>,
}

/// A row of the table of kinds.
#[derive(Debug)]
pub(crate) struct Kind {
    /// `networking.k8s.io/v1`.
    pub api_version: &'static str,
    /// `Ingress`.
    pub name: &'static str,
    /// Its type, if the table has its fields.
    pub type_id: Option<TypeId>,
    /// The minors that serve it.
    pub served: Minors,
}

/// What is known of an apiVersion and kind.
pub(crate) enum KindLookup {
    /// Not one of Kubernetes' own groups: a custom resource.
    Custom,
    /// One of Kubernetes' groups, but no such kind in it.
    Unknown,
    /// A kind of Kubernetes.
    Known(&'static Kind),
}

struct Tables {
    types: Vec<LazyType>,
    kinds: Vec<(&'static str, &'static str, &'static str, &'static str)>,
    /// Places in `kinds` by kind and apiVersion.
    places: HashTable<u16>,
    looked_up: Vec<OnceLock<Kind>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::cut);

impl Tables {
    fn cut() -> Self {
        let mut types = Vec::with_capacity(320);
        // The first line is the header; a line without a tab in front begins a type.
        let mut rest = FIELDS.split_once('\n').map_or("", |(_, rest)| rest);
        while !rest.is_empty() {
            let (head, after) = rest.split_once('\n').unwrap_or((rest, ""));
            let mut end = 0;
            while after[end..].starts_with('\t') {
                end += after[end..].find('\n').map_or(after.len() - end, |length| length + 1);
            }
            let (name, settled) = head.split_once('\t').unwrap_or((head, ""));
            types.push(LazyType { name, settled, body: &after[..end], parsed: OnceLock::new() });
            rest = &after[end..];
        }
        let kinds: Vec<_> =
            tsv::rows(KINDS).map(|mut cells| (cells.text(), cells.text(), cells.text(), cells.text())).collect();
        let mut places = HashTable::with_capacity(kinds.len());
        for (place, row) in (0_u16..).zip(&kinds) {
            places.insert_unique(hash(row.1), place, |place| hash(kinds[usize::from(*place)].1));
        }
        let looked_up = kinds.iter().map(|_| OnceLock::new()).collect();
        Self { types, kinds, places, looked_up }
    }

    fn id(&self, name: &str) -> Option<TypeId> {
        let place = self.types.binary_search_by(|lazy| lazy.name.cmp(name)).ok()?;
        Some(TypeId(u16::try_from(place).expect("fewer than 65,536 types")))
    }
}

/// The type called `name`, if the table has it.
pub(crate) fn id_of(name: &str) -> Option<TypeId> {
    TABLES.id(name)
}

/// The type called `id`.
pub(crate) fn type_of(id: TypeId) -> &'static Type {
    let lazy = &TABLES.types[usize::from(id.0)];
    lazy.parsed.get_or_init(|| Type::parse(lazy.name, lazy.settled, lazy.body))
}

/// What is known of `api_version` and `kind`.
pub(crate) fn kind_of(api_version: &str, kind: &str) -> KindLookup {
    let tables = &*TABLES;
    let is_wanted = |place: &u16| {
        let row = &tables.kinds[usize::from(*place)];
        row.1 == kind && row.0 == api_version
    };
    if let Some(place) = tables.places.find(hash(kind), is_wanted) {
        let place = usize::from(*place);
        let (api_version, name, type_name, minors) = tables.kinds[place];
        return KindLookup::Known(tables.looked_up[place].get_or_init(|| Kind {
            api_version,
            name,
            type_id: tables.id(type_name),
            served: Minors::parse(minors),
        }));
    }
    let wanted = group_of(api_version);
    if tables.kinds.iter().any(|row| group_of(row.0) == wanted) { KindLookup::Unknown } else { KindLookup::Custom }
}

/// `networking.k8s.io` of `networking.k8s.io/v1`; empty for the core group.
fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// The apiVersions that serve `kind` of `group` in `target`, newest spelling last.
pub(crate) fn served_versions(api_version: &str, kind: &str, target: Version) -> Vec<&'static str> {
    let wanted = group_of(api_version);
    let at = Minors::only(target);
    TABLES
        .kinds
        .iter()
        .filter(|row| row.1 == kind && group_of(row.0) == wanted && Minors::parse(row.3).meets(at))
        .map(|row| row.0)
        .collect()
}

/// All types of the table, for documents and tests.
pub(crate) fn all_types() -> impl Iterator<Item = &'static Type> {
    (0..TABLES.types.len()).map(|place| type_of(TypeId(u16::try_from(place).expect("fewer than 65,536 types"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_reach_from_the_oldest_to_the_newest_version() {
        let (oldest, newest) = (Version::OLDEST.minor(), Version::NEWEST.minor());
        let header = FIELDS.lines().next().unwrap_or_default();
        assert!(header.contains(&format!("minors of 1.x, {oldest} to {newest}.")), "{header}");
    }
}
