//! `certs webhook` and `certs ignore-differences`: manifests and snippets on standard output, none of them secret.

use super::{
    File,
    args::{IgnoreDifferencesArgs, SnippetForm, WebhookArgs},
};
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    operator::certs::{
        self, Expectation, Form, ServiceName,
        ignore_differences::{self, Protected},
        webhooks::{self, WebhookOptions},
    },
    text::write::yaml,
    tree::{Diagnostic, Diagnostics, Node, failure::Failure},
};

pub(crate) fn webhook(args: &WebhookArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let operator = args.operator.version();
    if !operator.webhooks_are_rendered() {
        return Err(Failure::Usage(format!(
            "operator {operator} makes its webhook configuration itself, and deletes it when it stops: nothing can be rendered beside it"
        )));
    }
    let mut service = match (&args.service, &args.namespace) {
        (Some(service), Some(namespace)) => {
            Some(ServiceName { service: service.clone(), namespace: namespace.clone() })
        }
        _ => None,
    };
    let mut authority = None;
    if let Some(path) = &args.secret {
        let mut file = File::read(path)?;
        let mut diagnostics = Diagnostics::new();
        let assessment = file.secret(args.secret_name.as_deref()).map(|secret| {
            let expectation = Expectation {
                service: args.service.clone(),
                namespace: args.namespace.clone(),
                operator,
                any_key: false,
                now: args.operator.now(),
                warn_days: 0,
            };
            certs::assess(secret, &expectation, &mut diagnostics)
        });
        file.diagnostics.extend(diagnostics);
        if assessment.as_ref().is_some_and(|assessment| assessment.form != Form::Plain) {
            file.diagnostics.push(
                Diagnostic::note("certificate-encrypted", "caBundle is left out: the operator writes it at its start")
                    .hint("give the decrypted Secret, if you want it written"),
            );
        }
        reporter.findings(&file.diagnostics, &file.sources);
        let Some(assessment) = assessment.filter(|_| !file.diagnostics.has_errors()) else {
            return Ok(ExitStatus::Findings);
        };
        service = service.or(assessment.service);
        authority = assessment.authority;
    }
    let Some(service) = service else {
        return Err(Failure::Usage("the webhook's Service is not known: give --service and --namespace".to_owned()));
    };
    let options = WebhookOptions {
        name: args.name.as_deref().unwrap_or_else(|| webhooks::default_name(&service.service)),
        service: &service,
        port: args.port,
        operator,
        job_namespaces: &args.job_namespace,
        timeout_seconds: args.timeout_seconds,
        authority: authority.as_ref(),
        inject_ca_from: args.inject_ca_from.as_deref(),
    };
    let mut text = String::new();
    yaml::write_stream(&webhooks::configurations(&options), &mut text);
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

pub(crate) fn ignore_differences(args: &IgnoreDifferencesArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let protected = Protected {
        owner: args.owner,
        secret_name: &args.secret_name,
        namespace: &args.namespace,
        webhook_name: args.webhook_name.as_deref(),
    };
    let mut text = String::new();
    match (args.form, &args.application) {
        (SnippetForm::Yaml, None) => yaml::write(&ignore_differences::snippet(&protected), &mut text),
        (SnippetForm::Yaml, Some(_)) => {
            return Err(Failure::Usage("--application is what a patch is for: add --form patch".to_owned()));
        }
        (SnippetForm::Patch, None) => {
            text = json(&ignore_differences::snippet(&protected));
        }
        (SnippetForm::Patch, Some(path)) => {
            let mut file = File::read(path)?;
            let application = match &file.content {
                super::Content::Documents(documents) => {
                    documents.iter().find(|document| document.str_at(&["kind"]) == Some("Application"))
                }
                _ => None,
            };
            let Some(application) = application else {
                let message = format!("`{}` holds no Application", file.name);
                file.diagnostics.push(Diagnostic::error("certificate-file", message));
                reporter.findings(&file.diagnostics, &file.sources);
                return Ok(ExitStatus::Findings);
            };
            text = json(&Node::new(ignore_differences::patch(&protected, application)));
        }
    }
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn json(node: &Node) -> String {
    let mut text = serde_json::to_string_pretty(&node.to_json()).expect("plain data always serialises");
    text.push('\n');
    text
}
