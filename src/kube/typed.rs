//! A walk along the table of types, for those who compare objects: which lists have keys, what is a quantity.

use super::{
    minors::Minors,
    schema::{self, KindLookup, Shape, TypeId},
};

/// The type of a value of a Kubernetes object, as the table has it for any minor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typed(At);

#[derive(Debug, Clone, Copy)]
enum At {
    Type(TypeId),
    /// A field: its shape, and what else the table says of it.
    Field(&'static Shape, &'static schema::Field),
    /// An item of a list, or an entry of a mapping with free keys.
    Inner(&'static Shape),
}

impl Typed {
    /// The type of objects of a kind, if it is one of Kubernetes' own.
    #[must_use]
    pub(crate) fn object(api_version: &str, kind: &str) -> Option<Self> {
        match schema::kind_of(api_version, kind) {
            KindLookup::Known(kind) => kind.type_id.map(|id| Self(At::Type(id))),
            KindLookup::Custom | KindLookup::Unknown => None,
        }
    }

    /// The type of a field, or of the values of a mapping with free keys.
    #[must_use]
    pub(crate) fn field(self, name: &str) -> Option<Self> {
        if let Some(id) = self.type_id() {
            let field = schema::type_of(id).field(name)?;
            return Some(Self(At::Field(field.shape(Minors::ALL), field)));
        }
        match self.shape()? {
            Shape::Map(inner) => Some(Self(At::Inner(inner))),
            _ => None,
        }
    }

    /// The type of the items of a list.
    #[must_use]
    pub(crate) fn item(self) -> Option<Self> {
        match self.shape()? {
            Shape::List(inner) => Some(Self(At::Inner(inner))),
            _ => None,
        }
    }

    /// What makes an item of this list unique (`x-kubernetes-list-map-keys`); empty if items have no keys.
    #[must_use]
    pub(crate) fn list_keys(self) -> &'static [&'static str] {
        match self.0 {
            At::Field(_, field) => &field.keys,
            At::Type(_) | At::Inner(_) => &[],
        }
    }

    /// `core.v1.PodSpec`, if this is an object with named fields.
    #[must_use]
    pub(crate) fn type_name(self) -> Option<&'static str> {
        self.type_id().map(|id| schema::type_of(id).name)
    }

    /// Whether this is a `resource.Quantity`.
    #[must_use]
    pub(crate) fn is_quantity(self) -> bool {
        matches!(self.shape(), Some(Shape::Quantity))
    }

    /// Whether this is a list, or a mapping with free keys: servers leave empty ones out.
    #[must_use]
    pub(crate) fn is_collection(self) -> bool {
        matches!(self.shape(), Some(Shape::List(_) | Shape::Map(_)))
    }

    /// Whether servers leave this field out where its value is empty (`""`, `0`, `false`).
    pub(crate) fn is_left_out_when_empty(self) -> bool {
        matches!(self.0, At::Field(_, field) if field.omitempty)
    }

    fn shape(self) -> Option<&'static Shape> {
        match self.0 {
            At::Type(_) => None,
            At::Field(shape, _) | At::Inner(shape) => Some(shape),
        }
    }

    fn type_id(self) -> Option<TypeId> {
        match self.0 {
            At::Type(id) => Some(id),
            At::Field(Shape::Type(id), _) | At::Inner(Shape::Type(id)) => Some(*id),
            At::Field(..) | At::Inner(_) => None,
        }
    }
}
