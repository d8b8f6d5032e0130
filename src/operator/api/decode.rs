//! From trees to types: every problem is reported, with its place, and decoding goes on.

use std::collections::BTreeMap;

use crate::{
    kube,
    tree::{Diagnostic, Diagnostics, Node, Place, Segment, Sourced, Value},
};

/// `map<string,string>`: each value with its place; ordered by key, since the operator's order is random.
pub type StringMap = Sourced<BTreeMap<String, Sourced<String>>>;

/// What can be made from a tree.
pub trait Decode: Sized {
    /// Makes the value, or reports why not and returns `None`. `place` is the field's place for messages.
    fn decode(node: &Node, place: &Place<'_>, diagnostics: &mut Diagnostics) -> Option<Self>;
}

/// Reports `node` as not being `wanted`.
pub fn wrong_type(node: &Node, wanted: &str, place: &Place<'_>, diagnostics: &mut Diagnostics) {
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
        let mut node = node.clone();
        let (_, kind) = KUBERNETES_TYPES.iter().find(|(field, _)| *field == place.name())?;
        kube::keep_well_typed(&mut node, kind, place, diagnostics);
        Some(node)
    }
}

/// A quantity as the API server takes it: a number or a string.
#[derive(Debug, Clone)]
pub struct IntOrString(pub Node);

impl IntOrString {
    /// The value as text.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.0.value {
            Value::String(text) => text.to_string(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }
}

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
            .filter_map(|(key, value)| Some((key.to_owned(), T::decode(value, &place.key(key), diagnostics)?)))
            .collect();
        Some(Self::new(entries, &node.origin))
    }
}

/// Declares a resource type: every field is optional as written, `null` counts as absent, unknown fields are
/// reported. `origin` is the place of the whole mapping, `keys` that of each key.
macro_rules! resource {
    ($(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident = $key:literal : $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: Option<$type>, )*
            /// The place of the whole mapping.
            pub origin: $crate::tree::Origin,
        }

        impl $name {
            /// The names of all fields.
            pub const FIELDS: &'static [&'static str] = &[$($key),*];
        }

        impl $crate::operator::api::Decode for $name {
            fn decode(
                node: &$crate::tree::Node,
                place: &$crate::tree::Place<'_>,
                diagnostics: &mut $crate::tree::Diagnostics,
            ) -> Option<Self> {
                let Some(mapping) = node.as_mapping() else {
                    $crate::operator::api::decode::wrong_type(node, "a mapping", place, diagnostics);
                    return None;
                };
                let constraints = $crate::operator::api::constraints::of(stringify!($name));
                let mut resource = Self { origin: node.origin.clone(), ..Self::default() };
                for (key, value) in mapping.entries() {
                    match key.text.as_str() {
                        $( $key => {
                            if !value.is_null() {
                                let place = place.key($key);
                                $crate::operator::api::constraints::check(constraints, $key, value, &place, diagnostics);
                                resource.$field = $crate::operator::api::Decode::decode(value, &place, diagnostics);
                            }
                        } )*
                        _ => $crate::operator::api::misplaced::report(
                            (key, value), stringify!($name), &place.path(), Self::FIELDS, diagnostics,
                        ),
                    }
                }
                $crate::operator::api::constraints::require(constraints, node, place, diagnostics);
                Some(resource)
            }
        }
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
            include_str!("v1beta2/driver.rs"),
            include_str!("v1beta2/executor.rs"),
            include_str!("v1beta2/monitoring.rs"),
        ];
        let lines = texts.iter().flat_map(|text| text.lines());
        let trees = lines.filter(|line| line.ends_with(": Node,") || line.ends_with(": Vec<Node>,"));
        let mut count = 0;
        for name in trees.filter_map(|line| line.split('"').nth(1)) {
            assert!(KUBERNETES_TYPES.iter().any(|(field, _)| *field == name), "{name}");
            count += 1;
        }
        assert!(count > KUBERNETES_TYPES.len(), "{count}");
        for (_, kind) in KUBERNETES_TYPES {
            let mut found = Diagnostics::new();
            kube::keep_well_typed(&mut Node::from("text"), kind, &Place::Root, &mut found);
            assert_eq!(found.len(), 1, "{kind}");
        }
    }
}
