//! Labels that rendered pods lack, and those who still ask for them: `fieldRef`s and downward volumes, affinity and
//! topology spread of the application, and selectors of other objects in the input. The operator's own labels are on
//! no rendered pod, and Spark's application id is on no driver whose runs name themselves.

use super::{Options, Target};
use crate::{
    operator::names::{APP_NAME_LABEL, LAUNCHED_LABEL, OPERATOR_LABELS, SUBMISSION_LABEL},
    spark::names::{APP_SELECTOR_LABEL, ROLE_LABEL},
    tree::{Diagnostic, Diagnostics, Mapping, Node, Origin, Place, Severity},
};

/// The code of these findings.
pub(crate) const CODE: &str = "label-reference";

/// Whose pods are meant at a place of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The driver's, or the server's of a SparkConnect.
    Driver,
    /// The executors'.
    Executor,
}

impl Role {
    fn of(key: &str) -> Option<Self> {
        match key {
            "driver" | "server" => Some(Self::Driver),
            "executor" => Some(Self::Executor),
            _ => None,
        }
    }
}

/// Which labels are missing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MissingLabels {
    /// The operator's label of what it launched is kept.
    launched_is_kept: bool,
    /// How bad it is that a driver has no application id as its label; none where it has.
    app_id: Option<Severity>,
}

impl MissingLabels {
    /// On the pods of one application, whose runs name themselves or not.
    pub(crate) fn of_application(options: &Options, per_run: bool) -> Self {
        Self { launched_is_kept: options.operator.launched_label, app_id: per_run.then_some(Severity::Warning) }
    }

    /// On the pods of whatever is rendered beside an object. Which workloads that will be is only known to the reader
    /// where it depends on the applications.
    fn of_any(options: &Options) -> Self {
        let app_id = match options.target {
            _ if options.rename_proof => Some(Severity::Warning),
            Target::Job => Some(Severity::Warning),
            Target::Auto => Some(Severity::Note),
            Target::Pod | Target::SparkApplication => None,
        };
        Self { launched_is_kept: options.operator.launched_label, app_id }
    }

    /// How bad it is to ask pods of `role` (none: of any) for `label`; none where they have it.
    fn severity(self, label: &str, role: Option<Role>) -> Option<Severity> {
        if label == APP_SELECTOR_LABEL {
            return self.app_id.filter(|_| role != Some(Role::Executor));
        }
        let is_kept = self.launched_is_kept && label == LAUNCHED_LABEL;
        (OPERATOR_LABELS.contains(&label) && !is_kept).then_some(Severity::Warning)
    }

    /// The labels that some pods lack.
    fn all(self) -> impl Iterator<Item = &'static str> {
        let labels = OPERATOR_LABELS.iter().copied().chain([APP_SELECTOR_LABEL]);
        labels.filter(move |label| self.severity(label, None).is_some())
    }
}

/// Says what in an application as written, or in a pod template of it, asks its own pods for labels that they lack.
/// `role` is that of the template.
pub(crate) fn in_application(node: &Node, role: Option<Role>, missing: MissingLabels, diagnostics: &mut Diagnostics) {
    Walk { missing, is_own: true, role, diagnostics }.node(node, &Place::Root);
}

/// Says where an object that is passed through asks pods for labels that rendered ones lack.
pub(crate) fn in_other(object: &Node, options: &Options, diagnostics: &mut Diagnostics) {
    // With the operator the pods have its labels.
    if options.target == Target::SparkApplication {
        return;
    }
    // The operator's own objects are about the pods that it launches.
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    if kind == "CustomResourceDefinition" || is_operators_webhook(object) {
        return;
    }
    let missing = MissingLabels::of_any(options);
    let Some(found) = crate::tree::ObjectRef::of(object) else { return };
    let own = own_labels(object);
    diagnostics.in_object(found, |diagnostics| {
        let mut walk = Walk { missing, is_own: false, role: None, diagnostics };
        for (key, value) in object.as_mapping().into_iter().flat_map(Mapping::iter) {
            if !matches!(key, "metadata" | "status")
                && own.is_none_or(|own| missing.all().all(|label| own.get(label).is_none()))
            {
                walk.node(value, &Place::Root.key(key));
            }
        }
    });
}

/// Whether `object` configures the operator's own webhooks.
fn is_operators_webhook(object: &Node) -> bool {
    let webhooks = object.get("webhooks").and_then(Node::as_sequence).unwrap_or_default();
    let mut names = webhooks.iter().filter_map(|webhook| webhook.str_at(&["name"]));
    names.any(|name| name.ends_with(".sparkoperator.k8s.io"))
}

/// The labels of an object's own pods: a Deployment selects those.
fn own_labels(object: &Node) -> Option<&Node> {
    object.at_keys(&["spec", "template", "metadata", "labels"])
}

/// What stands over a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// For the pods that have it.
    For,
    /// For the pods that do not have it.
    Against,
    /// For the value, in a variable or a file.
    Value,
    /// In a text of another language.
    Text,
}

struct Walk<'d> {
    missing: MissingLabels,
    /// Whether the pods that are selected from are, for all that is known, those of the application.
    is_own: bool,
    role: Option<Role>,
    diagnostics: &'d mut Diagnostics,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, place: &Place<'_>) {
        if let Some(mapping) = node.as_mapping() {
            self.mapping(mapping, place);
        } else if let Some(items) = node.as_sequence() {
            for (index, item) in items.iter().enumerate() {
                self.node(item, &place.index(index));
            }
        } else if let Some(text) = node.as_str() {
            self.text(text, node, place);
        }
    }

    fn mapping(&mut self, mapping: &Mapping, place: &Place<'_>) {
        if is_of_other_objects(place.name()) {
            return;
        }
        // Pods of a role most often ask for their like: executors have the application's id.
        let asked = selected_role(mapping).or(self.role);
        let operator = mapping.get("operator").and_then(Node::as_str).unwrap_or_default();
        let negative = matches!(operator, "NotIn" | "DoesNotExist");
        let selects = self.selects(place);
        for (key, value) in mapping.entries() {
            let name = key.text.as_str();
            let here = place.key(name);
            let inside = is_role(place).then(|| Role::of(name)).flatten();
            let outer = self.role;
            self.role = inside.or(outer);
            if selects && self.missing.severity(name, asked).is_some() {
                let origin = key.span.map_or_else(|| value.origin.clone(), Origin::Source);
                self.report(name, asked, Asks::For, &here, &origin);
            } else if name == "key" && !operator.is_empty() {
                let label = value.as_str().unwrap_or_default();
                let asks = if negative { Asks::Against } else { Asks::For };
                self.report(label, self.role, asks, &here, &value.origin);
            } else {
                self.node(value, &here);
            }
            self.role = outer;
        }
    }

    /// Whether the keys of the mapping at `place` are labels that are asked for.
    fn selects(&self, place: &Place<'_>) -> bool {
        let name = place.name().to_ascii_lowercase();
        if self.is_own {
            return name == "matchlabels";
        }
        let is_definition = name == "annotations" || name.ends_with("labels") && name != "matchlabels";
        !is_definition || parent(place).is_some_and(|parent| parent.to_ascii_lowercase().contains("selector"))
    }

    fn text(&mut self, text: &str, node: &Node, place: &Place<'_>) {
        let name = place.name();
        if self.is_own {
            if name == "fieldPath" {
                let label = text.strip_prefix("metadata.labels['").and_then(|rest| rest.strip_suffix("']"));
                label.into_iter().for_each(|label| self.report(label, self.role, Asks::Value, place, &node.origin));
            } else if matches!(name, "matchLabelKeys" | "mismatchLabelKeys") {
                self.report(text, self.role, Asks::For, place, &node.origin);
            }
            return;
        }
        let is_selector = name.to_ascii_lowercase().contains("selector");
        for label in self.missing.all() {
            let sanitized: String = label.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let asks = if text == label || is_selector && text.contains(label) {
                Asks::For
            } else if label != APP_SELECTOR_LABEL && text.contains(label)
                || text.contains(&format!("label_{sanitized}"))
            {
                Asks::Text
            } else {
                continue;
            };
            self.report(label, None, asks, place, &node.origin);
        }
    }

    fn report(&mut self, label: &str, role: Option<Role>, asks: Asks, place: &Place<'_>, origin: &Origin) {
        let Some(severity) = self.missing.severity(label, role) else { return };
        let who = match role {
            _ if label == APP_SELECTOR_LABEL && self.is_own => "a driver whose runs name themselves has",
            _ if label == APP_SELECTOR_LABEL => "the driver of a Job or CronJob has",
            Some(Role::Driver) => "the rendered driver has",
            Some(Role::Executor) => "rendered executors have",
            None => "rendered pods have",
        };
        let consequence = match asks {
            Asks::For => ", so this selects none of them",
            Asks::Against => ", so this selects them as well",
            Asks::Value => ", so the value is empty",
            Asks::Text => "",
        };
        let message = format!("{who} no label `{label}`{consequence}");
        let mut found = Diagnostic::new(CODE, severity, message).field(place.path()).at(origin);
        for hint in hints(label, asks) {
            found = found.hint(hint);
        }
        self.diagnostics.push(found);
    }
}

/// Labels of nodes and namespaces, and labels that are given rather than asked for.
fn is_of_other_objects(name: &str) -> bool {
    matches!(name, "nodeSelector" | "nodeAffinity" | "nodeSelectorTerms" | "namespaceSelector" | "metadata")
}

/// Whether the children of `place` may be the roles of an application.
fn is_role(place: &Place<'_>) -> bool {
    matches!(place, Place::Key(_, "spec" | "template"))
}

/// The key above the last one.
fn parent<'a>(place: &Place<'a>) -> Option<&'a str> {
    match place {
        Place::Key(parent, _) | Place::Index(parent, _) => match parent {
            Place::Root => None,
            parent => Some(parent.name()),
        },
        Place::Root => None,
    }
}

/// The role whose pods a map of labels asks for.
fn selected_role(labels: &Mapping) -> Option<Role> {
    labels.get(ROLE_LABEL).and_then(Node::as_str).and_then(Role::of)
}

fn hints(label: &str, asks: Asks) -> Vec<String> {
    let selector = format!("select by `{APP_NAME_LABEL}` and `{ROLE_LABEL}`, which each rendered pod has");
    match (asks, label) {
        (Asks::Value, APP_SELECTOR_LABEL) => vec![
            "take `metadata.uid` as `POD_UID` and write `spark-$(POD_UID)`, which is the id of the run".to_owned(),
        ],
        (Asks::Value, SUBMISSION_LABEL) => vec!["take `metadata.uid`, which each run has of its own".to_owned()],
        (Asks::Value, _) => vec!["write the value `true`".to_owned()],
        (_, LAUNCHED_LABEL) => vec![
            selector,
            "set `operator.launchedLabel: true` in the configuration if no operator is installed, and the selector is not \
             yours"
                .to_owned(),
        ],
        _ => vec![selector],
    }
}
