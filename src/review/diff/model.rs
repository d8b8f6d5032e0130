//! What a comparison yields. Secret values are hidden already; every format prints from this.

use std::collections::BTreeMap;

use super::{CertificateFacts, ChangePath, Filter, embedded};
use crate::tree::{
    Node, display,
    secret::{self, Cover},
};

/// The outcome of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The objects that differ, in the order of the new side; removed ones at the end.
    pub objects: Vec<ObjectChange>,
    /// Number of objects that are the same.
    pub unchanged: usize,
    /// The filters that were on, with what they hid.
    pub filters: Vec<Filter>,
    /// What belongs together, in the order of its first object; each object is in one group.
    pub groups: Vec<Group>,
    /// The images that Spark's containers have on both sides, with the number of applications: where two targets are
    /// compared.
    pub kept_images: BTreeMap<String, usize>,
}

/// Objects whose changes have to do with each other: those of one application, or one object alone.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Namespace and name of the application, if they are known: `jobs/spark-pi`.
    pub application: Option<String>,
    /// The places of its objects in [`Comparison::objects`].
    pub objects: Vec<usize>,
    /// Number of differences that follow from others of the group.
    pub follow: usize,
}

impl Comparison {
    /// Whether the two sides are the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.objects.is_empty()
    }

    /// How many objects were added, removed and changed.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        [ObjectChangeKind::Added, ObjectChangeKind::Removed, ObjectChangeKind::Changed]
            .map(|kind| self.objects.iter().filter(|object| object.kind == kind).count())
    }
}

/// What names an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`; empty if the document is no Kubernetes object.
    pub kind: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
}

impl ObjectName {
    /// The name of `object`.
    #[must_use]
    pub fn of(object: &Node) -> Self {
        let text = |keys: &[&str]| object.str_at(keys).unwrap_or_default().to_owned();
        Self {
            api_version: text(&["apiVersion"]),
            kind: text(&["kind"]),
            namespace: object.str_at(&["metadata", "namespace"]).map(str::to_owned),
            name: text(&["metadata", "name"]),
        }
    }
}

/// Displays as `Pod spark/pi-driver`.
impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.kind.is_empty() { "document".into() } else { display::line(&self.kind) }.as_ref())?;
        let name = display::line(&self.name);
        match &self.namespace {
            Some(namespace) => write!(f, " {}/{name}", display::line(namespace)),
            None if name.is_empty() => Ok(()),
            None => write!(f, " {name}"),
        }
    }
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectChangeKind {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// Both have it, perhaps under different names.
    Changed,
}

/// A difference of one object.
#[derive(Debug, Clone)]
pub struct ObjectChange {
    /// What happened.
    pub kind: ObjectChangeKind,
    /// Its name: the new one, if there is a new side.
    pub name: ObjectName,
    /// The old name, if it was renamed.
    pub renamed_from: Option<ObjectName>,
    /// Its place in the old input.
    pub old_index: Option<usize>,
    /// Its place in the new input.
    pub new_index: Option<usize>,
    /// The fields that differ; none if it was added or removed.
    pub fields: Vec<FieldChange>,
    /// The lists of numbered options that differ.
    pub options: Vec<OptionsChange>,
    /// The old object, or the one that was added or removed: texts opened, secrets hidden.
    pub object: Node,
}

impl ObjectChange {
    /// An object that only one side has.
    pub(crate) fn whole(object: &Node, kind: ObjectChangeKind, cover: Cover) -> Self {
        let mut opened = object.clone();
        embedded::open(&mut opened);
        secret::hide_object(&mut opened, cover);
        Self {
            kind,
            name: ObjectName::of(object),
            renamed_from: None,
            old_index: None,
            new_index: None,
            fields: Vec::new(),
            options: Vec::new(),
            object: opened,
        }
    }
}

/// The form of a text with a structure of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// `java.util.Properties`.
    Properties,
    /// One YAML or JSON document.
    Yaml,
}

impl TextFormat {
    /// The word that the JSON format uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Properties => "properties",
            Self::Yaml => "yaml",
        }
    }
}

/// What happened to a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is new.
    Added(Node),
    /// It is gone.
    Removed(Node),
    /// It has another value.
    Changed {
        /// Before.
        old: Node,
        /// After.
        new: Node,
    },
    /// An item of a list whose order has meaning stands elsewhere.
    Moved {
        /// Its place in the new list.
        to: usize,
    },
}

/// A difference of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Where: in the old object, but the last step of something added is its place in the new one.
    pub path: ChangePath,
    /// What.
    pub change: Change,
    /// Whether a value was hidden.
    pub secret: bool,
    /// If the field is inside a text: how many steps lead to the text, and its form.
    pub text: Option<(usize, TextFormat)>,
    /// The certificates in the old and in the new value.
    pub certificates: Option<[Vec<CertificateFacts>; 2]>,
    /// Whether it follows from other differences of its [`Group`], which do not follow from any.
    pub follows: bool,
}

/// A difference of a list of options that Spark hands on as `SPARK_JAVA_OPT_0`, `SPARK_JAVA_OPT_1`, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsChange {
    /// The list of variables.
    pub path: ChangePath,
    /// The options that are gone, in their order.
    pub removed: Vec<String>,
    /// The options that are new, in their order.
    pub added: Vec<String>,
    /// The places in [`ObjectChange::fields`] of the fields with these options; the others of the list follow.
    pub fields: Vec<usize>,
}
