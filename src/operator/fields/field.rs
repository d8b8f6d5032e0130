//! A row of the table, read.

use std::fmt;

use crate::text::tsv;

/// Where a field stands, what it may hold, and what it does.
#[derive(Debug)]
pub(crate) struct Field {
    /// The kind of the resource.
    pub kind: &'static str,
    /// `spec.driver.configMaps[].name`.
    pub path: &'static str,
    /// The last key of the path.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// Whether the resource's schema requires it.
    pub required: Required,
    /// Which values of the type are allowed.
    pub values: Values,
    /// What the operator takes where it is absent.
    pub default: Option<&'static str>,
    /// A value that is written often, as YAML.
    pub example: Option<&'static str>,
    /// The operator version that brought it; all have it if there is none.
    pub since: Option<Release>,
    /// The versions that have the field and do not honour it.
    pub lost: Option<Loss>,
    /// Codes of [`super::EFFECTS`], separated by commas.
    pub effect: &'static str,
    /// The conf, argument, object or step in which the effect shows.
    pub place: &'static str,
    /// What its value names.
    pub names: Option<&'static str>,
    /// One sentence for readers.
    pub text: &'static str,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A quantity: an integer or text.
    Quantity,
    /// A list.
    Array(Box<Shape>),
    /// A mapping with free keys.
    Map(Box<Shape>),
    /// An object by its Go type: the operator's if the table has fields of it, else Kubernetes'.
    Object(&'static str),
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Required {
    /// It may be absent.
    No,
    /// The schema requires it, but the operator's webhook or an option may supply it first.
    Resolved,
    /// The schema requires it, but the operator's webhook fills in the zero value of its type, which does no harm.
    Filled,
    /// The same where none of the fields of its object is there.
    FilledTogether,
    /// It must be written.
    Yes,
}

/// The allowed values of a type.
#[derive(Debug)]
pub(crate) enum Values {
    /// All of them.
    Any,
    /// One of these strings.
    OneOf(Vec<&'static str>),
    /// Integers from the first to the second, both included.
    Between(i64, i64),
    /// Text with a match of this pattern, anywhere.
    Pattern(&'static str),
}

/// A version of the operator, or of its chart before 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// A published one.
    Version(&'static str),
    /// None yet: it is on the main branch only.
    Unreleased,
}

/// Versions that do not honour a field.
#[derive(Debug)]
pub(crate) struct Loss {
    /// The first of them; all before `until` if there is none.
    pub from: Option<&'static str>,
    /// The first version that honours the field.
    pub until: Release,
    /// The path of another field, which keeps this one from being lost.
    pub unless: Option<&'static str>,
    /// The reason.
    pub why: &'static str,
}

impl Shape {
    /// Reads `array<string>`.
    fn parse(text: &'static str) -> Self {
        let inner = |prefix: &str| Some(Box::new(Self::parse(text.strip_prefix(prefix)?.strip_suffix('>')?)));
        match text {
            "string" => Self::String,
            "boolean" => Self::Boolean,
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "quantity" => Self::Quantity,
            _ => match (inner("array<"), inner("map<")) {
                (Some(item), _) => Self::Array(item),
                (_, Some(value)) => Self::Map(value),
                _ => Self::Object(text),
            },
        }
    }

    /// The object type at the bottom of lists and maps.
    pub(crate) fn object(&self) -> Option<&'static str> {
        match self {
            Self::Array(inner) | Self::Map(inner) => inner.object(),
            Self::Object(name) => Some(name),
            _ => None,
        }
    }

    /// The integers of the type.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        match self {
            Self::Int32 => Some((i32::MIN.into(), i32::MAX.into())),
            Self::Int64 => Some((i64::MIN, i64::MAX)),
            _ => None,
        }
    }
}

impl Values {
    /// Reads `A|B`, `1..`, `1024..49151` or `/…/`; an integer without a range has that of its type.
    fn parse(text: &'static str, shape: &Shape) -> Self {
        let range = shape.range();
        match (range, text.split_once("..")) {
            (Some((least, most)), Some((from, to))) => {
                Self::Between(from.parse().unwrap_or(least), to.parse().unwrap_or(most))
            }
            (Some((least, most)), None) => Self::Between(least, most),
            (None, _) if text.is_empty() => Self::Any,
            (None, _) => match text.strip_prefix('/').and_then(|text| text.strip_suffix('/')) {
                Some(pattern) => Self::Pattern(pattern),
                None => Self::OneOf(text.split('|').collect()),
            },
        }
    }
}

impl Release {
    fn parse(text: &'static str) -> Self {
        if text == "unreleased" { Self::Unreleased } else { Self::Version(text) }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version(version) => version,
            Self::Unreleased => "unreleased",
        })
    }
}

impl Loss {
    /// Reads `2.0.0..2.3.0 unless spec.driver.env: why`.
    fn parse(text: &'static str) -> Self {
        let (when, why) = text.split_once(": ").expect("a loss has a reason");
        let (versions, unless) = when.split_once(" unless ").map_or((when, None), |(when, path)| (when, Some(path)));
        let (from, until) = versions.split_once("..").expect("a loss has a range of versions");
        Self { from: filled(from), until: Release::parse(until), unless, why }
    }
}

impl Field {
    /// The path of the object that holds it: `spec.driver.configMaps[]`.
    pub(crate) fn parent(&self) -> Option<&'static str> {
        self.path.rsplit_once('.').map(|(parent, _)| parent)
    }

    /// The path before the names of fields below it.
    pub(crate) fn prefix(&self) -> String {
        let suffix = match self.shape {
            Shape::Array(_) => "[]",
            Shape::Map(_) => ".*",
            _ => "",
        };
        format!("{}{suffix}", self.path)
    }

    /// Whether it has this effect.
    pub(crate) fn has_effect(&self, code: &str) -> bool {
        self.effect.split(',').any(|own| own == code)
    }

    /// The key of the Spark conf that it becomes; for a map or list, what comes before the key of each entry.
    pub(crate) fn conf(&self) -> &'static str {
        self.place.split(['<', '=', ' ', ';']).next().unwrap_or_default()
    }

    /// Whether an empty text counts as absent: the operator's webhook fills in its default before the API server
    /// looks at the allowed values.
    pub(crate) fn may_be_empty(&self) -> bool {
        self.default.is_some() && matches!(self.values, Values::OneOf(_))
    }
}

fn filled(text: &'static str) -> Option<&'static str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Reads the table: a line of column names, then one line a field.
pub(crate) fn read(text: &'static str) -> Vec<Field> {
    tsv::rows(text).map(row).collect()
}

fn row(mut cells: tsv::Cells) -> Field {
    let (kind, path, shape) = (cells.text(), cells.text(), Shape::parse(cells.text()));
    let required = match cells.text() {
        "" => Required::No,
        "resolved" => Required::Resolved,
        "filled" => Required::Filled,
        "filled together" => Required::FilledTogether,
        _ => Required::Yes,
    };
    Field {
        kind,
        path,
        name: path.rsplit('.').next().unwrap_or(path),
        required,
        values: Values::parse(cells.text(), &shape),
        shape,
        default: cells.filled(),
        example: cells.filled(),
        since: cells.filled().map(Release::parse),
        lost: cells.filled().map(Loss::parse),
        effect: cells.text(),
        place: cells.text(),
        names: cells.filled(),
        text: cells.text(),
    }
}
