//! `certs rotate`: a new server certificate in the same file, from the same or a new authority. Only the values
//! change; comments, order and everything else in the file stay to the letter.

use std::fmt::Write;

use super::{File, args::RotateArgs, guard_plaintext};
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    operator::{
        self,
        certs::{
            self, Assessment, Expectation, Form, KeyEncoding, KeyForm, KeyType, Layout, Owner, Pair, Rotated, Rotation,
            SecretFile, SecretPart, ServiceName, Validity,
        },
    },
    tree::{Diagnostic, Diagnostics, Node, Span, failure::Failure},
};

pub(crate) fn run(args: &RotateArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let place = SecretFile::resolve(&args.file)?;
    let lock = place.lock()?;
    let Some(bytes) = place.read()? else {
        let source = std::io::ErrorKind::NotFound.into();
        return Err(Failure::Read { path: args.file.clone(), source });
    };
    let mut file = File::parse(args.file.display().to_string(), bytes.clone());
    let mut found = Diagnostics::new();
    let plan = file.secret(args.secret_name.as_deref()).and_then(|secret| plan(args, secret, &mut found));
    let Some(plan) = plan else {
        file.diagnostics.extend(found);
        reporter.findings(&file.diagnostics, &file.sources);
        return Ok(ExitStatus::Findings);
    };
    let shown = args.file.display().to_string();
    let rotation = Rotation {
        rotated: if args.ca { Rotated::Authority } else { Rotated::Server },
        operator: args.operator.version(),
        owner: plan.owner,
        secret_name: &plan.secret_name,
        service: &plan.service,
        file: &shown,
    };
    let mut steps = String::new();
    for (index, step) in certs::steps(&rotation).iter().enumerate() {
        let _ = writeln!(steps, "{}. {step}", index + 1);
    }
    if !args.dry_run {
        guard_plaintext(&place, args.make.allow_plaintext)?;
        let (authority, server) = make(args, &plan)?;
        let text = splice(&bytes, &plan, &authority, &server)?;
        lock.replace(&text)?;
        let end = server.certificate.not_after().date();
        reporter.terminal.report(&format!("rotated {shown}: valid until {end}\n"));
    }
    reporter.terminal.data(steps.as_bytes())?;
    Ok(ExitStatus::Done)
}

/// What a rotation starts from.
struct RotationStart {
    assessment: Assessment,
    service: ServiceName,
    owner: Owner,
    secret_name: String,
    key_type: KeyType,
    encoding: KeyEncoding,
    more_names: Vec<String>,
    /// Where the values are.
    values: Vec<(SecretPart, Span)>,
}

fn plan(args: &RotateArgs, secret: &Node, diagnostics: &mut Diagnostics) -> Option<RotationStart> {
    let expectation = Expectation {
        service: args.service.clone(),
        namespace: args.namespace.clone(),
        operator: args.operator.version(),
        any_key: true,
        now: args.operator.now(),
        warn_days: 0,
    };
    // What is wrong with the old server certificate is why this command is run.
    let assessment = certs::assess(secret, &expectation, &mut Diagnostics::new());
    let mut refuse = |message: &str, hint: &str| {
        diagnostics.push(Diagnostic::error("certificate-file", message).hint(hint));
        None
    };
    if assessment.form != Form::Plain {
        return refuse(
            "the Secret is encrypted",
            "decrypt it to a file outside the work tree, rotate that, and encrypt it again; or make a new one with `certs init` in the place of a sealed one",
        );
    }
    let Some(service) = assessment.service.clone() else {
        return refuse(
            "it is not known for which Service the certificate has to be",
            "give `--service` and `--namespace`",
        );
    };
    if !args.ca {
        let Some(pair) = assessment.signing_pair().filter(|pair| pair.certificate.is_authority()) else {
            return refuse(
                "the Secret has no authority to sign with: a certificate and the key that belongs to it",
                "make a new authority with `--ca`",
            );
        };
        if pair.certificate.not_after() <= expectation.now.plus_days(operator::VERIFIED_DAYS) {
            let end = pair.certificate.not_after().date();
            return refuse(
                &format!("the authority itself ends on {end}, and no certificate outlives it"),
                "make a new authority with `--ca`",
            );
        }
    }
    let mut values = Vec::new();
    for (part, key) in assessment.layout.keys() {
        match secret.at_keys(&["data", *key]).and_then(|value| value.origin.span()) {
            Some(span) => values.push((*part, span)),
            None => {
                return refuse(
                    &format!("`data` has no `{key}` whose value could be replaced"),
                    "make a new file with `spark-render certs init`",
                );
            }
        }
    }
    let old_key = old_key(secret, assessment.layout);
    let more_names = assessment.server.as_ref().map(certs::Certificate::dns_names).unwrap_or_default();
    let annotations = secret.at_keys(&["metadata", "annotations"]);
    let owner = args.owner.unwrap_or_else(|| annotations.map_or(Owner::Git, certs::annotated_owner));
    Some(RotationStart {
        service,
        owner,
        secret_name: secret.str_at(&["metadata", "name"]).unwrap_or_default().to_owned(),
        key_type: old_key.0,
        encoding: old_key.1,
        // Names of the old certificate stay, unless it was for another Service.
        more_names: if assessment
            .server
            .as_ref()
            .is_some_and(|server| assessment.service.as_ref().is_some_and(|service| server.is_for(&service.dns())))
        {
            more_names
        } else {
            Vec::new()
        },
        values,
        assessment,
    })
}

/// Kind and form of the old server key; the operator's, where it cannot be read or the operator reads it.
fn old_key(secret: &Node, layout: Layout) -> (KeyType, KeyEncoding) {
    let read = certs::part(secret, SecretPart::ServerKey).and_then(|block| certs::PrivateKey::read(&block));
    match read {
        Some((key, form)) if layout == Layout::CertManager => {
            (key.key_type(), if form == KeyForm::Pkcs8 { KeyEncoding::Pkcs8 } else { KeyEncoding::Pkcs1 })
        }
        Some((key @ certs::PrivateKey::Rsa(_), _)) => (key.key_type(), KeyEncoding::Pkcs1),
        _ => (KeyType::default(), KeyEncoding::default()),
    }
}

fn make(args: &RotateArgs, plan: &RotationStart) -> Result<(Pair, Pair), Failure> {
    let now = args.operator.now();
    let authority = if args.ca {
        certs::authority(Validity::days(now, args.make.ca_days), plan.key_type)
    } else {
        plan.assessment.signing_pair().expect("the plan was refused without one")
    };
    let mut names = plan.more_names.clone();
    names.extend(args.make.dns_name.iter().cloned());
    let server = certs::server(&authority, &plan.service, &names, Validity::days(now, args.make.days), plan.key_type)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok((authority, server))
}

/// The file with new values; that it reads back as meant is made sure of before anything is written.
fn splice(bytes: &[u8], plan: &RotationStart, authority: &Pair, server: &Pair) -> Result<Vec<u8>, Failure> {
    let mut values: Vec<_> = plan
        .values
        .iter()
        .filter(|(part, _)| {
            matches!(part, SecretPart::ServerCert | SecretPart::ServerKey) || plan.replaces_authority(authority)
        })
        .map(|(part, span)| (*span, certs::encoded(*part, authority, server, plan.encoding)))
        .collect();
    values.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = bytes.to_vec();
    for (span, value) in &values {
        text.splice(span.start as usize..span.end as usize, format!("\"{value}\"").into_bytes());
    }
    let mut file = File::parse("new file".to_owned(), text.clone());
    let name = plan.secret_name.clone();
    let intact = file.secret(Some(&name)).is_some_and(|secret| {
        plan.values.iter().all(|(part, _)| {
            let expected = certs::encoded(*part, authority, server, plan.encoding);
            let key = plan.assessment.layout.key(*part).unwrap_or_default();
            let found = secret.str_at(&["data", key]);
            found == Some(&expected)
                || (*part == SecretPart::CaKey && !plan.replaces_authority(authority) && found.is_some())
        })
    });
    if intact {
        Ok(text)
    } else {
        Err(Failure::Usage(
            "the file is written in a way that values cannot be replaced in: write `data` as one `key: value` a line"
                .to_owned(),
        ))
    }
}

impl RotationStart {
    fn replaces_authority(&self, authority: &Pair) -> bool {
        self.assessment.authority.as_ref() != Some(&authority.certificate)
    }
}
