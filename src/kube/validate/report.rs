//! The findings of validation, each made in one place.

use super::{Check, Mode};
use crate::{
    kube::{
        Action, OnUnsupported,
        schema::{Choice, Field, Type},
        unsupported::Unsupported,
    },
    tree::{Diagnostic, Mapping, Node, Place, Severity},
};

/// The code of fields that no version, or not this one, knows.
pub(crate) const UNKNOWN_FIELD: &str = "kube-unknown-field";

impl Check<'_> {
    pub(crate) fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: String,
        node: &Node,
        place: &Place<'_>,
    ) -> &mut Diagnostic {
        let found = &mut self.findings.found;
        found.push(Diagnostic::new(code, severity, message).field(place.path()).at(&node.origin));
        found.last_mut().expect("just pushed")
    }

    pub(crate) fn rule(&mut self, message: String, node: &Node, place: &Place<'_>, hint: &str) {
        self.push(Severity::Error, "kube-rule", message, node, place).hints.push(hint.to_owned());
    }

    pub(crate) fn wrong_type(&mut self, node: &Node, expected: &str, place: &Place<'_>) {
        // What is inside is not looked at here.
        self.findings.lacking = true;
        self.push(Severity::Error, "kube-wrong-type", format!("`{}` is not {expected}", place.name()), node, place)
            .hints
            .push(format!("write {expected}"));
    }

    pub(crate) fn missing(&mut self, node: &Node, name: &str, place: &Place<'_>) {
        let message = format!("`{}` lacks `{name}`", place.name());
        let place = place.key(name);
        self.push(Severity::Error, "kube-missing-field", message, node, &place).hints.push(format!("add `{name}`"));
    }

    /// Reports a field that the target does not know; [`super::Findings::dropped`] says which are to go.
    pub(crate) fn unknown(
        &mut self,
        mapping: &Mapping,
        key: &str,
        node: &Node,
        kind: &'static Type,
        place: &Place<'_>,
    ) {
        let target = self.target;
        let kept = matches!(self.mode, Mode::Tailored(OnUnsupported::Keep) | Mode::Template(OnUnsupported::Keep));
        let at = self.at;
        let near = kind
            .fields()
            .iter()
            .filter(|field| field.known.meets(at) && !mapping.contains_key(field.name))
            .map(|field| (strsim::damerau_levenshtein(key, field.name), field.name))
            .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
            .min();
        // The operator's webhook decodes into Kubernetes' own types, which loses such a field without a word. One
        // that is nearly right was meant: only what is like nothing may go.
        let dropped = near.is_none()
            && matches!(self.mode, Mode::Tailored(OnUnsupported::Drop) | Mode::Template(OnUnsupported::Drop));
        let (severity, code) = match self.mode {
            Mode::Preview => (Severity::Warning, "runtime-object"),
            _ if kept || dropped => (Severity::Warning, UNKNOWN_FIELD),
            _ => (Severity::Error, UNKNOWN_FIELD),
        };
        let hint = match near {
            Some((_, name)) => format!("write `{name}`"),
            None if kind.name == "core.v1.PodSecurityContext" && CONTAINER_ONLY.contains(&key) => {
                "set it in the `securityContext` of the containers, where it has an effect".to_owned()
            }
            None => "remove it, or set `onUnsupported: keep` where the cluster has it".to_owned(),
        };
        let mut message = format!("field `{key}` is unknown to Kubernetes {target} in `{}`", short(kind.name));
        if dropped {
            message.push_str("; dropped");
            self.findings.dropped.push(place.path());
        }
        let diagnostic = self.push(severity, code, message, node, place);
        if let Some(span) = mapping.key(key).and_then(|key| key.span) {
            diagnostic.origin = span.into();
        }
        diagnostic.hints.push(hint);
    }

    pub(crate) fn no_choice(&mut self, node: &Node, text: &str, field: &'static Field, place: &Place<'_>) {
        let at = self.at;
        let choices: Vec<&str> =
            field.choices.iter().filter(|choice| choice.on().meets(at)).map(|choice| choice.text).collect();
        let near = choices
            .iter()
            .map(|choice| (strsim::damerau_levenshtein(&text.to_lowercase(), &choice.to_lowercase()), *choice))
            .filter(|(distance, _)| *distance <= 2)
            .min();
        let hint = match near {
            Some((_, choice)) => format!("write `{choice}`"),
            None => format!(
                "write one of {}",
                choices.iter().take(12).map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        let message = format!("`{}` is `{text}`, which Kubernetes does not know", field.name);
        self.push(Severity::Error, "kube-invalid-value", message, node, place).hints.push(hint);
    }

    pub(crate) fn duplicate(&mut self, item: &Node, first: &Node, keys: &[&str], place: &Place<'_>) {
        if matches!(self.mode, Mode::Preview | Mode::Template(_)) && CREATED_WITH_DUPLICATES.contains(&place.name()) {
            return;
        }
        let said = |key: &&str| {
            let value =
                item.get(key).map(|node| node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned));
            format!("{key} `{}`", value.unwrap_or_default())
        };
        let what = keys.iter().map(said).collect::<Vec<_>>().join(" and ");
        let diagnostic = self.push(
            Severity::Error,
            "kube-duplicate-item",
            format!("list `{}` has {what} twice, which server-side apply refuses", place.name()),
            item,
            place,
        );
        diagnostic
            .labels
            .push(crate::tree::Label { origin: first.origin.clone(), text: "first given here".to_owned() });
        diagnostic.hints.push("remove one of the two".to_owned());
    }

    /// The target does not honour a field or value.
    pub(crate) fn lacks(
        &mut self,
        node: &Node,
        field: &'static Field,
        choice: Option<&'static Choice>,
        place: &Place<'_>,
    ) {
        self.findings.lacking = true;
        let lacking = Unsupported { target: self.target, place, node, field, choice };
        let harmless = lacking.is_harmless();
        let refused = choice.is_some() || matches!(lacking.action(), Action::Refuse | Action::Security);
        let diagnostic = match self.mode {
            // Said by tailoring.
            Mode::Tailored(_) | Mode::Template(_) => return,
            Mode::Strict => {
                let dropped = field.known.meets(self.at) && choice.is_none();
                let severity = match (harmless, dropped && !refused) {
                    (true, _) if dropped => Severity::Note,
                    (_, true) => Severity::Warning,
                    _ => Severity::Error,
                };
                lacking.diagnostic(severity, if dropped { "the server drops it" } else { "" })
            }
            Mode::Preview => {
                let severity = match (harmless, refused) {
                    (true, _) => Severity::Note,
                    (_, true) => Severity::Error,
                    _ => Severity::Warning,
                };
                let done = if choice.is_some() {
                    "the server refuses what the driver creates"
                } else {
                    "the server drops it from what the driver creates"
                };
                let mut diagnostic = lacking.diagnostic(severity, done);
                diagnostic.code = "runtime-object";
                diagnostic
            }
        };
        self.findings.found.push(diagnostic);
    }
}

/// Lists in which a plain create, with which a driver makes its executors, takes the same key twice
/// (`ValidatePodCreate`); in Spark's own pods the user's env beside Spark's is nothing unusual.
const CREATED_WITH_DUPLICATES: [&str; 4] = ["env", "hostAliases", "imagePullSecrets", "ports"];

/// Fields of a container's security context that the pod's does not have.
const CONTAINER_ONLY: [&str; 5] =
    ["allowPrivilegeEscalation", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem"];

/// `PodSpec` of `core.v1.PodSpec`.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
