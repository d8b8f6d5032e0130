//! `certs check`: what the operator will do with a Secret, for people and for monitoring.

use std::fmt::Write;

use serde::Serialize;

use super::{
    Content, File,
    args::{CheckArgs, ReportFormat},
    status,
};
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    operator::{
        self,
        certs::{self, Assessment, Certificate, Expectation, Moment},
    },
    tree::{
        Diagnostics, ObjectRef, Sources,
        failure::Failure,
        printers::{DiagnosticFormat, render},
    },
};

pub(crate) fn run(args: &CheckArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let mut file = File::read(&args.file)?;
    let now = args.operator.now();
    let expectation = Expectation {
        service: args.service.clone(),
        namespace: args.namespace.clone(),
        operator: args.operator.version(),
        any_key: args.any_key,
        now,
        warn_days: i64::from(args.warn_days),
    };
    let mut diagnostics = Diagnostics::new();
    let (assessment, object) = if matches!(file.content, Content::Encrypted) {
        (Some(certs::assess_encrypted_file(&mut diagnostics)), None)
    } else {
        let secret = file.secret(args.secret_name.as_deref());
        let object = secret.and_then(ObjectRef::of);
        (secret.map(|secret| certs::assess(secret, &expectation, &mut diagnostics)), object)
    };
    file.diagnostics.extend(diagnostics);
    let name = object.map(|object| match object.namespace {
        Some(namespace) => format!("{namespace}/{}", object.name),
        None => object.name,
    });
    let report =
        CheckReport { file: &file, secret: name, assessment: assessment.as_ref(), operator: expectation.operator, now };
    match args.format {
        ReportFormat::Json => reporter.terminal.data(report.json().as_bytes())?,
        ReportFormat::Text => {
            reporter.findings(&file.diagnostics, &file.sources);
            reporter.terminal.data(report.text().as_bytes())?;
        }
    }
    Ok(status(&file.diagnostics))
}

struct CheckReport<'a> {
    file: &'a File,
    secret: Option<String>,
    assessment: Option<&'a Assessment>,
    operator: operator::Version,
    now: Moment,
}

/// Version 1 of the JSON report. Moments are RFC 3339, days are rounded down.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportV1<'a> {
    version: u8,
    file: &'a str,
    secret: Option<&'a str>,
    form: Option<&'a str>,
    operator_version: String,
    verdict: Option<&'a str>,
    reason: Option<&'a str>,
    dns_name: Option<String>,
    ca: Option<CertificateV1>,
    server: Option<CertificateV1>,
    act_before: Option<String>,
    days_to_act: Option<i64>,
    findings: Vec<serde_json::Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateV1 {
    subject: String,
    issuer: String,
    key: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dns_names: Vec<String>,
    not_before: String,
    not_after: String,
    days_left: i64,
}

impl CheckReport<'_> {
    fn json(&self) -> String {
        let assessment = self.assessment;
        let certificate = |certificate: &Option<Certificate>| {
            certificate.as_ref().map(|certificate| CertificateV1 {
                subject: certificate.subject(),
                issuer: certificate.issuer(),
                key: certificate.key_description(),
                dns_names: certificate.dns_names(),
                not_before: certificate.not_before().to_string(),
                not_after: certificate.not_after().to_string(),
                days_left: self.now.days_until(certificate.not_after()),
            })
        };
        let deadline = assessment.and_then(|assessment| assessment.deadline);
        let report = ReportV1 {
            version: 1,
            file: &self.file.name,
            secret: self.secret.as_deref(),
            form: assessment.map(|assessment| assessment.form.as_str()),
            operator_version: self.operator.to_string(),
            verdict: assessment.map(|assessment| assessment.verdict.as_str()),
            reason: assessment.and_then(|assessment| assessment.reason.as_deref()),
            dns_name: assessment.and_then(|assessment| assessment.service.as_ref()).map(certs::ServiceName::dns),
            ca: assessment.and_then(|assessment| certificate(&assessment.authority)),
            server: assessment.and_then(|assessment| certificate(&assessment.server)),
            act_before: deadline.map(|deadline| deadline.to_string()),
            days_to_act: deadline.map(|deadline| self.now.days_until(deadline)),
            findings: findings(&self.file.diagnostics, &self.file.sources),
        };
        let mut text = serde_json::to_string_pretty(&report).expect("plain data always serialises");
        text.push('\n');
        text
    }

    fn text(&self) -> String {
        let Some(assessment) = self.assessment else { return String::new() };
        let mut text = format!("{}: ", self.file.name);
        if let Some(secret) = &self.secret {
            let _ = write!(text, "Secret {secret} ");
        }
        let _ = writeln!(text, "({})", assessment.form.as_str());
        let verdict = assessment.verdict.sentence();
        let _ = write!(text, "operator {} {verdict}", self.operator);
        if let Some(reason) = assessment.reason.as_ref().filter(|_| assessment.verdict != certs::Verdict::NeverReads) {
            let _ = write!(text, ": {reason}");
        }
        text.push('\n');
        for (what, certificate) in [("server", &assessment.server), ("authority", &assessment.authority)] {
            let Some(certificate) = certificate else { continue };
            let _ = writeln!(
                text,
                "{what}: {}, {}, from {} until {}, {} days left",
                certificate.subject(),
                certificate.key_description(),
                certificate.not_before().date(),
                certificate.not_after().date(),
                self.now.days_until(certificate.not_after())
            );
        }
        if let Some(server) = &assessment.server {
            let _ = writeln!(text, "names: {}", server.dns_names().join(", "));
        }
        if let Some(deadline) = assessment.deadline {
            let left = self.now.days_until(deadline);
            let _ = writeln!(text, "rotate before {} ({left} days)", deadline.date());
        }
        text
    }
}

/// The findings as the frozen JSON objects of `--diagnostics json`.
fn findings(diagnostics: &Diagnostics, sources: &Sources) -> Vec<serde_json::Value> {
    let lines = render(diagnostics, sources, DiagnosticFormat::Json, false);
    lines.lines().map(|line| serde_json::from_str(line).expect("the renderer writes JSON lines")).collect()
}
