//! From trees to types: every problem is reported, with its place, and decoding goes on.

use std::collections::BTreeMap;

use super::{constraints, misplaced};
use crate::{
    kube,
    operator::fields::{self, Field},
    tree::{Diagnostic, Diagnostics, Node, Origin, Place, Segment, Sourced, Value},
};

/// `map<string,string>`: each value with its place; ordered by key, since the operator's order is random.
pub(crate) type StringMap = Sourced<BTreeMap<String, Sourced<String>>>;

/// What can be made from a tree.
pub(crate) trait Decode: Sized {
    /// Makes the value, or reports why not and returns `None`. `place` is the field's place for messages.
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self>;
}

/// Reports `node` as not being `wanted`.
pub(super) fn wrong_type(node: &Node, wanted: &str, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let path = place.path();
    let found = match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("boolean `{flag}`"),
        Value::Number(number) => format!("number `{number}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
    };
    let mut diagnostic = Diagnostic::error("invalid-type", format!("`{path}` is {found}, expected {wanted}"))
        .field(path.clone())
        .at(&node.origin);
    if wanted == "a string" && matches!(node.value, Value::Bool(_) | Value::Number(_)) {
        diagnostic = diagnostic.hint("quote the value");
    }
    if node.is_null() {
        diagnostic = diagnostic.hint(if path.0.len() == 1 {
            "write its fields below it, indented"
        } else {
            "give it a value, or remove the key"
        });
    }
    if let (Value::Number(number), "an integer") = (&node.value, wanted)
        && let (Some(Segment::Key(key)), Some(share)) = (path.0.last(), number.as_f64())
        && key == "cores"
        && (0.001..1000.0).contains(&share)
    {
        let (whole, milli) = (share.ceil(), (share * 1000.0).round());
        diagnostic = diagnostic.hint(format!(
            "write `cores: {whole}`, the number of tasks at a time, and `coreRequest: {milli}m` beside it, the CPU that is asked for"
        ));
    }
    if let (Some(text), Some(last)) = (node.as_str(), path.0.last()) {
        if wanted == "a mapping" && *last == Segment::Key("restartPolicy".into()) {
            diagnostic = diagnostic.hint(format!("write `restartPolicy: {{type: {text}}}`"));
        } else if (wanted == "an integer" && text.parse::<i64>().is_ok())
            || (wanted == "a boolean" && text.parse::<bool>().is_ok())
        {
            diagnostic = diagnostic.hint("remove the quotes");
        }
    }
    diagnostics.push(diagnostic);
}

/// The integer that `node` is for the API server, to which `1.0` is 1.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
pub(crate) fn integer(node: &Node) -> Option<i64> {
    node.as_i64().or_else(|| match &node.value {
        Value::Number(number) => {
            number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15).map(|float| float as i64)
        }
        _ => None,
    })
}

/// The API server prunes a null in a map, with its key.
fn null_in_map(key: &str, value: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) {
    let path = place.key(key).path();
    let lost = if matches!(place.name(), "envVars" | "envSecretKeyRefs") {
        format!("; there is no variable `{key}`")
    } else {
        String::new()
    };
    diagnostics.push(
        Diagnostic::warning("null-in-map", format!("`{path}` is null, which the API server drops{lost}"))
            .field(path)
            .at(&value.origin)
            .hint("give it a value, or remove the key; an empty text is `\"\"`"),
    );
}

/// Lists whose items count by their name: one without would vanish, as nothing can refer to it.
const NAMED: [&str; 2] = ["volumeMounts", "volumes"];

/// The types of the fields that are Kubernetes' own: of the value, or of the items of a list.
const KUBERNETES_TYPES: &[(&str, &str)] = &[
    ("affinity", "core.v1.Affinity"),
    ("dnsConfig", "core.v1.PodDNSConfig"),
    ("env", "core.v1.EnvVar"),
    ("envFrom", "core.v1.EnvFromSource"),
    ("hostAliases", "core.v1.HostAlias"),
    ("ingressTLS", "networking.v1.IngressTLS"),
    ("initContainers", "core.v1.Container"),
    ("lifecycle", "core.v1.Lifecycle"),
    ("podSecurityContext", "core.v1.PodSecurityContext"),
    ("securityContext", "core.v1.SecurityContext"),
    ("service", "core.v1.Service"),
    ("sidecars", "core.v1.Container"),
    // With the `apiVersion` and `kind` that some write.
    ("template", "core.v1.Pod"),
    ("tolerations", "core.v1.Toleration"),
    ("volumeMounts", "core.v1.VolumeMount"),
    ("volumes", "core.v1.Volume"),
];

/// An object of Kubernetes' own types, kept as a tree. Whoever relies on types inside it finds them right: what is of
/// another type is reported and left out.
impl Decode for Node {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        if node.as_mapping().is_none() {
            wrong_type(node, "a mapping", place, diagnostics);
            return None;
        }
        if NAMED.contains(&place.name())
            && node.get("name").is_none_or(|name| name.is_null() || name.as_str() == Some(""))
        {
            let field = place.key("name").path();
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{field}` is missing or empty"))
                    .field(field)
                    .at(&node.origin)
                    .hint("add `name`"),
            );
        }
        let mut node = node.clone();
        let (_, kind) = KUBERNETES_TYPES.iter().find(|(field, _)| *field == place.name())?;
        kube::keep_well_typed(&mut node, kind, place, diagnostics);
        Some(node)
    }
}

/// A quantity as the API server takes it: a number or a string.
#[derive(Debug, Clone)]
pub struct IntOrString(pub Node);

impl Decode for IntOrString {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        match node.value {
            Value::String(_) | Value::Number(_) => Some(Self(node.clone())),
            _ => {
                wrong_type(node, "a quantity", place, diagnostics);
                None
            }
        }
    }
}

impl Decode for Sourced<String> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.as_str() else {
            wrong_type(node, "a string", place, diagnostics);
            return None;
        };
        Some(Self::new(text.to_owned(), &node.origin))
    }
}

impl Decode for Sourced<i64> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(number) = integer(node) else {
            wrong_type(node, "an integer", place, diagnostics);
            return None;
        };
        Some(Self::new(number, &node.origin))
    }
}

impl Decode for Sourced<bool> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(flag) = node.as_bool() else {
            wrong_type(node, "a boolean", place, diagnostics);
            return None;
        };
        Some(Self::new(flag, &node.origin))
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::decode(node, place, diagnostics).map(Self::new)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(items) = node.as_sequence() else {
            wrong_type(node, "a list", place, diagnostics);
            return None;
        };
        Some(
            items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| T::decode(item, &place.index(index), diagnostics))
                .collect(),
        )
    }
}

impl<T: Decode> Decode for Sourced<BTreeMap<String, T>> {
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let Some(mapping) = node.as_mapping() else {
            wrong_type(node, "a mapping", place, diagnostics);
            return None;
        };
        let entries = mapping
            .iter()
            .filter(|(key, value)| {
                if value.is_null() {
                    null_in_map(key, value, place, diagnostics);
                }
                !value.is_null()
            })
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), T::decode(value, &place.key(key), diagnostics)?)))
            .collect();
        Some(Self::new(entries, &node.origin))
    }
}

/// A mapping of a resource with fields of the operator's own: [`resource`] makes it of a struct.
pub(crate) trait Object: Default {
    /// The name of its type in the table of fields.
    const TYPE: &'static str;

    /// Whether each member of the struct is one of `fields`.
    fn has_only(fields: &[&'static Field]) -> bool;

    /// Sets the place of the whole mapping.
    fn set_origin(&mut self, origin: &Origin);

    /// Reads the value of the field `key`; false if the struct has no such field.
    fn read(&mut self, key: &str, value: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> bool;
}

/// Makes a mapping of the resource: every field is optional as written, `null` counts as absent. The table says which
/// fields there are and what they may hold.
pub(crate) fn object<T: Object>(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<T> {
    let Some(mapping) = node.as_mapping() else {
        wrong_type(node, "a mapping", place, diagnostics);
        return None;
    };
    let fields = fields::of_type(T::TYPE);
    debug_assert!(T::has_only(fields), "the struct of {} has a member that the table has not", T::TYPE);
    let mut object = T::default();
    object.set_origin(&node.origin);
    for (key, value) in mapping.entries() {
        let Some(field) = fields::find(fields, &key.text) else {
            misplaced::report((key, value), T::TYPE, &place.path(), diagnostics);
            continue;
        };
        if !value.is_null() {
            let place = place.key(field.name);
            constraints::check(field, value, &place, diagnostics);
            let known = object.read(field.name, value, &place, diagnostics);
            debug_assert!(known, "the struct of {} has no `{}`", T::TYPE, field.name);
        }
    }
    constraints::require(fields, node, place, diagnostics);
    Some(object)
}

/// Declares the struct of an object type of the table of fields: one member for each field, and, behind a colon, the
/// struct of those that it shares with another type, as the operator's Go types embed it.
macro_rules! resource {
    ($(#[$meta:meta])* $name:ident $(: $shared:ident)? { $( $field:ident = $key:literal : $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        #[allow(clippy::struct_field_names, reason = "the names are those of the CRD")]
        pub struct $name {
            $(
                #[doc = concat!("`", $key, "`; what it does is told in `operator/fields.tsv`.")]
                pub $field: Option<$type>,
            )*
            $(
                #[doc = concat!("The fields of [`", stringify!($shared), "`].")]
                pub shared: $shared,
            )?
            /// The place of the whole mapping.
            pub origin: $crate::tree::Origin,
        }

        impl $crate::operator::api::decode::Object for $name {
            const TYPE: &'static str = stringify!($name);

            fn has_only(fields: &[&'static $crate::operator::fields::Field]) -> bool {
                [$($key),*].into_iter().all(|name| $crate::operator::fields::find(fields, name).is_some())
                    $( && <$shared as $crate::operator::api::decode::Object>::has_only(fields) )?
            }

            fn set_origin(&mut self, origin: &$crate::tree::Origin) {
                self.origin = origin.clone();
                $( <$shared as $crate::operator::api::decode::Object>::set_origin(&mut self.shared, origin); )?
            }

            fn read(
                &mut self,
                key: &str,
                value: &$crate::tree::Node,
                place: &$crate::tree::Place<'_>,
                diagnostics: &mut $crate::tree::Diagnostics,
            ) -> bool {
                match key {
                    $( $key => self.$field = $crate::operator::api::Decode::decode(value, place, diagnostics), )*
                    _ => {
                        return false $( || <$shared as $crate::operator::api::decode::Object>::read(
                            &mut self.shared, key, value, place, diagnostics,
                        ) )?;
                    }
                }
                true
            }
        }

        impl $crate::operator::api::Decode for $name {
            fn decode(
                node: &$crate::tree::Node,
                place: &$crate::tree::Place<'_>,
                diagnostics: &mut $crate::tree::Diagnostics,
            ) -> Option<Self> {
                $crate::operator::api::decode::object(node, place, diagnostics)
            }
        }

        $(
            impl std::ops::Deref for $name {
                type Target = $shared;
                fn deref(&self) -> &$shared {
                    &self.shared
                }
            }

            impl std::ops::DerefMut for $name {
                fn deref_mut(&mut self) -> &mut $shared {
                    &mut self.shared
                }
            }
        )?
    };
}
pub(crate) use resource;

#[cfg(test)]
mod tests {
    use super::*;

    /// A field whose type is not in the table would be lost.
    #[test]
    fn every_field_that_is_kept_as_a_tree_has_its_type() {
        let texts = [
            include_str!("v1alpha1/spark_connect.rs"),
            include_str!("v1beta2/application.rs"),
            include_str!("v1beta2/monitoring.rs"),
            include_str!("v1beta2/role.rs"),
        ];
        let lines = texts.iter().flat_map(|text| text.lines());
        let trees = lines.filter(|line| line.ends_with(": Node,") || line.ends_with(": Vec<Node>,"));
        let mut count = 0;
        for name in trees.filter_map(|line| line.split('"').nth(1)) {
            assert!(KUBERNETES_TYPES.iter().any(|(field, _)| *field == name), "{name}");
            count += 1;
        }
        assert!(count >= KUBERNETES_TYPES.len(), "{count}");
        for (_, kind) in KUBERNETES_TYPES {
            let mut found = Diagnostics::new();
            kube::keep_well_typed(&mut Node::from("text"), kind, &Place::Root, &mut found);
            assert_eq!(found.len(), 1, "{kind}");
        }
    }
}
