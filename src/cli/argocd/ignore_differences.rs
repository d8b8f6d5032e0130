//! `argocd ignore-differences`: what an Application must leave alone, and whether what it leaves alone is there at all.

use std::path::Path;

use super::args::{IgnoreArgs, IgnoreForm};
use crate::{
    cli::{ExitStatus, inputs, rendered_file, reporter::Reporter, settings::Host},
    kube::Manifest,
    map,
    operator::{
        CertificatesOptions,
        certs::{
            Owner,
            ignore_differences::{self, Protected},
        },
    },
    text::read::Input,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Sources, failure::Failure},
};

pub(crate) fn run(args: &IgnoreArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let plan = inputs::plan(&args.paths, &args.shape, &Host::default())?;
    if plan.diagnostics.has_errors() {
        reporter.findings(&plan.diagnostics, &plan.sources);
        return Ok(ExitStatus::Findings);
    }
    let mut manifests = Vec::new();
    for job in &plan.jobs {
        let unit = rendered_file::render_input(&job.input, &plan.roots[job.root], false, &plan.sources)?;
        if unit.diagnostics.has_errors() {
            reporter.findings(&unit.diagnostics, &unit.sources);
            return Ok(ExitStatus::Findings);
        }
        manifests.extend(unit.manifests);
    }
    for root in &plan.roots {
        manifests.extend(rendered_file::certificates(root, &plan.sources)?.into_iter().flat_map(|unit| unit.manifests));
    }
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut application = None;
    if let Some(file) = &args.application {
        application = read_application(file, &mut sources, &mut diagnostics)?;
        if application.is_none() {
            reporter.findings(&diagnostics, &sources);
            return Ok(ExitStatus::Findings);
        }
    }
    let certificates = plan.roots.iter().find_map(|root| root.options.certs.clone()).unwrap_or_default();
    let Some(secret) = Secret::of(args, &certificates, &manifests) else {
        diagnostics.push(
            Diagnostic::error("ignore-differences", "nothing is known that Argo CD would have to leave alone")
                .hint("give `certs` in the configuration, or `--secret-name` and `--secret-namespace`"),
        );
        reporter.findings(&diagnostics, &sources);
        return Ok(ExitStatus::Findings);
    };
    let protected =
        Protected { owner: secret.owner, secret_name: &secret.name, namespace: &secret.namespace, webhook_name: None };
    let entries = ignore_differences::entries(&protected);
    let present = application.iter().flat_map(Application::entries);
    for entry in entries.iter().chain(present) {
        check(entry, &manifests, &mut diagnostics);
    }
    reporter.findings(&diagnostics, &sources);
    let text = match (args.form, &application) {
        (IgnoreForm::Yaml, _) => {
            let mut text = String::new();
            crate::text::write::yaml::write(&ignore_differences::snippet(&protected), &mut text);
            text
        }
        (IgnoreForm::Patch, None) => json(&ignore_differences::snippet(&protected)),
        (IgnoreForm::Patch, Some(application)) => json(&application.patch(&protected)),
    };
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn json(node: &Node) -> String {
    let mut text = String::new();
    crate::text::write::json::write_pretty(node, &mut text);
    text
}

/// The certificate Secret that is meant.
struct Secret {
    owner: Owner,
    name: String,
    namespace: String,
}

impl Secret {
    /// Flags first, then the configuration, then a Secret of the operator's form among the objects.
    fn of(args: &IgnoreArgs, certificates: &CertificatesOptions, manifests: &[Manifest]) -> Option<Self> {
        let found = manifests.iter().find(|manifest| {
            manifest.kind() == "Secret" && manifest.object.at_keys(&["data", "server-cert.pem"]).is_some()
        });
        let name = args.secret_name.clone().or_else(|| certificates.secret_name.clone());
        let name = name.or_else(|| Some(found?.name().to_owned()))?;
        let namespace = args.secret_namespace.clone().or_else(|| certificates.namespace.clone());
        let namespace = namespace.or_else(|| Some(found?.namespace()?.to_owned()))?;
        Some(Self { owner: args.owner.unwrap_or(certificates.owner), name, namespace })
    }
}

/// An Application, or the one that an ApplicationSet makes.
struct Application {
    node: Node,
    prefix: &'static str,
}

impl Application {
    fn entries(&self) -> impl Iterator<Item = &Node> {
        self.node.at_keys(&["spec", "ignoreDifferences"]).and_then(Node::as_sequence).into_iter().flatten()
    }

    /// The JSON patch, whose paths lead into the template of an ApplicationSet.
    fn patch(&self, protected: &Protected<'_>) -> Node {
        let mut operations = ignore_differences::patch(protected, &self.node);
        for operation in &mut operations {
            let path = operation.str_at(&["path"]).map(|path| format!("{}{path}", self.prefix));
            if let (Some(path), Some(mapping)) = (path, operation.as_mapping_mut()) {
                mapping.insert("path", path);
            }
        }
        Node::new(operations)
    }
}

fn read_application(
    file: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Application>, Failure> {
    let input = Input::named(file);
    let Some(id) = input.read(sources, diagnostics)? else { return Ok(None) };
    let documents = crate::operator::documents::parse(id, sources, diagnostics);
    for document in documents {
        match document.node.str_at(&["kind"]) {
            Some("Application") => return Ok(Some(Application { node: document.into_node(), prefix: "" })),
            Some("ApplicationSet") => {
                let spec = document.node.at_keys(&["spec", "template", "spec"]).cloned().unwrap_or_else(|| map! {});
                return Ok(Some(Application { node: map! { "spec" => spec }, prefix: "/spec/template" }));
            }
            _ => {}
        }
    }
    diagnostics.push(Diagnostic::error(
        "ignore-differences",
        format!("`{}` holds neither an Application nor an ApplicationSet", file.display()),
    ));
    Ok(None)
}

/// Warns of an entry that hits no rendered object, or no field of one: a slip of the pen protects nothing.
fn check(entry: &Node, manifests: &[Manifest], diagnostics: &mut Diagnostics) {
    let kind = entry.str_at(&["kind"]).unwrap_or_default();
    let hit: Vec<&Manifest> = manifests.iter().filter(|manifest| matches(entry, manifest)).collect();
    let name = entry.str_at(&["name"]).map_or_else(String::new, |name| format!(" `{name}`"));
    if hit.is_empty() {
        let mut diagnostic = Diagnostic::note(
            "ignore-differences-unmatched",
            format!("no rendered object is a {kind}{name}, of which `ignoreDifferences` speaks"),
        )
        .field(FieldPath::keys(&["spec", "ignoreDifferences"]))
        .at(&entry.origin);
        if entry.str_at(&["group"]) == Some("core") {
            diagnostic.severity = crate::tree::Severity::Warning;
            diagnostic = diagnostic.hint("leave `group` out for the core group; the word `core` matches nothing");
        }
        diagnostics.push(diagnostic);
        return;
    }
    for pointer in entry.get("jsonPointers").and_then(Node::as_sequence).into_iter().flatten() {
        let text = pointer.as_str().unwrap_or_default();
        if !text.starts_with('/') || !hit.iter().any(|manifest| manifest.object.to_json().pointer(text).is_some()) {
            diagnostics.push(
                Diagnostic::warning(
                    "ignore-differences-unmatched",
                    format!("the pointer `{text}` leads to no field of {kind}{name}"),
                )
                .field(FieldPath::keys(&["spec", "ignoreDifferences"]))
                .at(&pointer.origin)
                .hint("write `~1` for `/` and `~0` for `~` within a key"),
            );
        }
    }
}

/// Argo CD takes group and kind as patterns, name and namespace as they are.
fn matches(entry: &Node, manifest: &Manifest) -> bool {
    let group = manifest.api_version().rsplit_once('/').map_or("", |(group, _)| group);
    glob(entry.str_at(&["group"]).unwrap_or_default(), group)
        && glob(entry.str_at(&["kind"]).unwrap_or_default(), manifest.kind())
        && entry.str_at(&["name"]).is_none_or(|name| name.is_empty() || name == manifest.name())
        && entry
            .str_at(&["namespace"])
            .is_none_or(|namespace| namespace.is_empty() || manifest.namespace().is_none_or(|own| own == namespace))
}

fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => {
            let Some(tail) = text.strip_prefix(start) else { return false };
            (0..=tail.len()).any(|at| tail.get(at..).is_some_and(|tail| glob(rest, tail)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_kinds_are_patterns() {
        assert!(glob("*WebhookConfiguration", "MutatingWebhookConfiguration") && glob("*", "") && glob("a*c*", "abcd"));
        assert!(!glob("", "apps") && !glob("a*c", "abd"));
    }
}
