//! What the operator has left in a cluster, held against what is rendered: names that collide, owners that delete.

use crate::{
    kube::{Manifest, Provenance},
    operator::{
        self,
        names::{APP_NAME_LABEL, LAUNCHED_LABEL},
    },
    tree::{Diagnostic, Diagnostics, FieldPath, Node, ObjectRef, Severity},
};

/// Reports the objects of `live` (what `kubectl get -o yaml` prints) that stand in the way of `manifests`.
pub(crate) fn report(live: &[Node], manifests: &[Manifest], diagnostics: &mut Diagnostics) {
    let rendered: Vec<&Manifest> =
        manifests.iter().filter(|manifest| manifest.provenance == Provenance::Rendered).collect();
    for object in live {
        let found = if operator::is_spark(object) {
            application(object, &rendered)
        } else {
            rendered.iter().find(|manifest| is_same(object, manifest)).and_then(|_| colliding(object))
        };
        if let Some(mut diagnostic) = found {
            diagnostic.object = ObjectRef::of(object);
            diagnostics.push(diagnostic);
        }
    }
}

fn text<'a>(object: &'a Node, field: &str) -> &'a str {
    object.str_at(&["metadata", field]).unwrap_or_default()
}

fn is_same(object: &Node, manifest: &Manifest) -> bool {
    let group = |version: &str| version.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    object.str_at(&["kind"]) == Some(manifest.kind())
        && group(object.str_at(&["apiVersion"]).unwrap_or_default()) == group(manifest.api_version())
        && text(object, "name") == manifest.name()
        && text(object, "namespace") == manifest.namespace().unwrap_or_default()
}

/// An application that is rendered, and that an operator would run as well.
fn application(object: &Node, rendered: &[&Manifest]) -> Option<Diagnostic> {
    let name = text(object, "name");
    let is_rendered = rendered.iter().any(|manifest| {
        let label = manifest.object.at_keys(&["metadata", "labels", APP_NAME_LABEL]).and_then(Node::as_str);
        manifest.namespace().unwrap_or_default() == text(object, "namespace")
            && (label == Some(name) || manifest.name() == name)
    });
    if !is_rendered {
        return None;
    }
    let suspended = object.at_keys(&["spec", "suspend"]).and_then(Node::as_bool) == Some(true);
    let severity = if suspended { Severity::Warning } else { Severity::Error };
    Some(
        Diagnostic::new(
            "moving-twice",
            severity,
            "the application is in the cluster, and it is rendered: an operator runs it too",
        )
        .at(&object.origin)
        .hint("delete it from the cluster before its rendered objects are applied; the file stays in git"),
    )
}

/// A live object of a rendered object's name.
fn colliding(object: &Node) -> Option<Diagnostic> {
    let what = format!("{} `{}`", object.str_at(&["kind"]).unwrap_or_default(), text(object, "name"));
    let owners = object.at_keys(&["metadata", "ownerReferences"]).and_then(Node::as_sequence).unwrap_or_default();
    if let Some(owner) = owners.first() {
        let name = |key: &str| owner.str_at(&[key]).unwrap_or_default();
        let message = format!(
            "{what} has the name of a rendered object, and is deleted with its owner, {} `{}`",
            name("kind"),
            name("name")
        );
        return Some(
            Diagnostic::error("moving-owned", message)
                .field(FieldPath::keys(&["metadata", "ownerReferences"]))
                .at(&owner.origin)
                .hint("delete the owner first, so that a new object takes the name"),
        );
    }
    let launched = object.at_keys(&["metadata", "labels", LAUNCHED_LABEL]).and_then(Node::as_str) == Some("true");
    launched.then(|| {
        Diagnostic::error(
            "moving-name",
            format!("{what} was made by the operator, and has the name of a rendered object"),
        )
        .field(FieldPath::keys(&["metadata", "name"]))
        .at(&object.origin)
        .hint("delete it, or keep it under another name: a Pod cannot be updated")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{map, seq};

    fn pod(name: &'static str, more: (&'static str, Node)) -> Node {
        let mut metadata = map! { "name" => name, "namespace" => "jobs" };
        metadata.as_mapping_mut().unwrap().insert(more.0, more.1);
        map! { "apiVersion" => "v1", "kind" => "Pod", "metadata" => metadata }
    }

    fn codes(live: &[Node]) -> Vec<&'static str> {
        let labels = map! { APP_NAME_LABEL => "pi" };
        let rendered = [Manifest::rendered(pod("pi-driver", ("labels", labels)))];
        let mut diagnostics = Diagnostics::new();
        report(live, &rendered, &mut diagnostics);
        diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn what_the_operator_left_is_found_and_our_own_is_not() {
        let owner = seq![map! { "kind" => "SparkApplication", "name" => "pi" }];
        let application = map! {
            "apiVersion" => "sparkoperator.k8s.io/v1beta2", "kind" => "SparkApplication",
            "metadata" => map! { "name" => "pi", "namespace" => "jobs" },
        };
        let launched = map! { LAUNCHED_LABEL => "true" };
        assert_eq!(codes(&[pod("pi-driver", ("ownerReferences", owner.clone()))]), ["moving-owned"]);
        assert_eq!(codes(&[pod("pi-driver", ("labels", launched))]), ["moving-name"]);
        assert_eq!(codes(&[application]), ["moving-twice"]);
        assert!(codes(&[pod("pi-driver", ("uid", "x".into())), pod("other", ("ownerReferences", owner))]).is_empty());
    }
}
