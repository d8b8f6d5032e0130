//! `certs init`: creates the Secret's file, once.

use std::{fmt::Write, path::Path};

use super::{Content, File, args::InitArgs, guard_plaintext};
use crate::kube::names;
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    operator::{
        self, Treatment,
        certs::{
            self, Created, Expectation, Form, KeyEncoding, KeyType, Layout, SecretFile, SecretOptions, ServiceName,
            Validity, webhooks,
        },
    },
    text::write::yaml,
    tree::{Diagnostic, Diagnostics, FieldPath, Node, Segment, failure::Failure},
};

/// What is at the place.
enum Existing {
    /// Nothing.
    Absent,
    /// A Secret that stays as it is.
    Present { what: String, plain: bool },
    /// A Secret that is wrong; whether it may be replaced.
    Wrong { replaceable: bool, file: File },
}

pub(crate) fn run(args: &InitArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    check_args(args)?;
    let place = SecretFile::resolve(&args.output)?;
    // The usual case needs no lock: the file is there and right.
    if let Existing::Present { what, plain } = look(args, &place)? {
        return Ok(kept(&place, &args.output, &what, plain, reporter));
    }
    let lock = place.lock()?;
    loop {
        let replace = match look(args, &place)? {
            Existing::Present { what, plain } => return Ok(kept(&place, &args.output, &what, plain, reporter)),
            Existing::Absent => false,
            Existing::Wrong { replaceable: true, file } if args.renew => {
                drop(file);
                true
            }
            Existing::Wrong { replaceable, mut file } => {
                file.diagnostics.push(refusal(&args.output, replaceable, args.renew));
                reporter.findings(&file.diagnostics, &file.sources);
                return Ok(ExitStatus::Findings);
            }
        };
        guard_plaintext(&place, args.make.allow_plaintext)?;
        let bytes = make(args)?;
        if replace {
            lock.replace(&bytes)?;
        } else if lock.create(&bytes)? == Created::Theirs {
            // Only without a lock: look at what the other process made.
            continue;
        }
        return Ok(made(args, &place, reporter));
    }
}

fn check_args(args: &InitArgs) -> Result<(), Failure> {
    let usage = |message: String| Err(Failure::Usage(message));
    for (flag, name) in [("--service", &args.service), ("--namespace", &args.namespace)] {
        if !names::is_dns_label(name) {
            return usage(format!("{flag} `{name}` is no name that Kubernetes accepts: a-z, 0-9 and -, at most 63"));
        }
    }
    if !names::is_dns_subdomain(&args.secret_name) {
        return usage(format!("--secret-name `{}` is no name that Kubernetes accepts", args.secret_name));
    }
    let plain = args.key_type != KeyType::EcdsaP256 && args.key_encoding == KeyEncoding::Pkcs1;
    if args.layout == Layout::Operator && !plain {
        return usage(
            "the operator reads PKCS#1 RSA keys only, and ends with an error at others: for other readers, take --layout cert-manager"
                .to_owned(),
        );
    }
    let verified = args.layout == Layout::Operator && args.operator.version().treatment() == Treatment::Verified;
    if verified && i64::from(args.make.days.min(args.make.ca_days)) <= operator::VERIFIED_DAYS {
        return usage(format!(
            "operator {} replaces certificates that end within {} days: take longer --days and --ca-days",
            args.operator.version(),
            operator::VERIFIED_DAYS
        ));
    }
    Ok(())
}

fn look(args: &InitArgs, place: &SecretFile) -> Result<Existing, Failure> {
    let Some(bytes) = place.read()? else { return Ok(Existing::Absent) };
    let mut file = File::parse(args.output.display().to_string(), bytes);
    let alone = match &file.content {
        Content::Encrypted => {
            return Ok(Existing::Present { what: "encrypted as a whole, not looked into".to_owned(), plain: false });
        }
        Content::Empty => true,
        Content::Documents(documents) => documents.len() == 1,
        Content::Unreadable => false,
    };
    let empty = matches!(file.content, Content::Empty);
    let Some(secret) = file.secret(Some(&args.secret_name)) else {
        return Ok(Existing::Wrong { replaceable: empty, file });
    };
    let mut diagnostics = Diagnostics::new();
    let assessment = certs::assess(secret, &expectation(args), &mut diagnostics);
    if assessment.form != Form::Plain {
        let what = format!("encrypted ({}), not looked into", assessment.form.as_str());
        return Ok(Existing::Present { what, plain: false });
    }
    let namespace = secret.str_at(&["metadata", "namespace"]);
    if namespace != Some(args.namespace.as_str()) {
        let message =
            format!("the Secret is in namespace `{}`, not in `{}`", namespace.unwrap_or("(none)"), args.namespace);
        diagnostics
            .push(Diagnostic::error("certificate-file", message).field(FieldPath::keys(&["metadata", "namespace"])));
    }
    if assessment.layout != args.layout {
        diagnostics.push(Diagnostic::error("certificate-file", "the Secret has the keys of another layout"));
    }
    if diagnostics.has_errors() {
        file.diagnostics.extend(diagnostics);
        return Ok(Existing::Wrong { replaceable: alone, file });
    }
    let end = assessment.server.map(|server| server.not_after().date()).unwrap_or_default();
    Ok(Existing::Present { what: format!("valid until {end}"), plain: true })
}

/// What a Secret has to satisfy to be left alone: what the operator wants, or, of an operator that looks at
/// nothing, what the API server wants.
fn expectation(args: &InitArgs) -> Expectation {
    let operator = match args.operator.version().treatment() {
        Treatment::Overwritten => operator::Version::NEWEST,
        _ => args.operator.version(),
    };
    Expectation {
        service: Some(args.service.clone()),
        namespace: Some(args.namespace.clone()),
        operator,
        any_key: args.layout == Layout::CertManager,
        now: args.operator.now(),
        warn_days: 0,
    }
}

fn refusal(path: &Path, replaceable: bool, renew: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "certificate-file",
        format!("`{}` is there, but it is not the Secret that was asked for", path.display()),
    );
    if replaceable {
        diagnostic.hint("replace it with `--renew`: a new authority, new keys; the webhook must be restarted then")
    } else if renew {
        diagnostic.hint("move it away: `--renew` replaces a file only if it holds this Secret and nothing else")
    } else {
        diagnostic.hint("choose another file, or correct this one")
    }
}

fn kept(place: &SecretFile, path: &Path, what: &str, plain: bool, reporter: Reporter) -> ExitStatus {
    let path = path.display();
    reporter.terminal.report(&format!("kept {path}: {what}\n"));
    if let Some(mode) = place.open_to_others().filter(|_| plain) {
        let advice =
            format!("warning: {path} holds private keys, and others may read it (mode {mode:04o}): chmod 600 it\n");
        reporter.terminal.report(&advice);
    }
    ExitStatus::Done
}

/// New keys and certificates, as the bytes of the file.
fn make(args: &InitArgs) -> Result<Vec<u8>, Failure> {
    let now = args.operator.now();
    let service = ServiceName { service: args.service.clone(), namespace: args.namespace.clone() };
    let authority = certs::authority(Validity::days(now, args.make.ca_days), args.key_type);
    let validity = Validity::days(now, args.make.days);
    let server = certs::server(&authority, &service, &args.make.dns_name, validity, args.key_type)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let options = SecretOptions {
        name: args.secret_name.clone(),
        namespace: args.namespace.clone(),
        service: args.service.clone(),
        layout: args.layout,
        encoding: args.key_encoding,
        owner: args.owner,
    };
    let secret = certs::manifest(&options, &authority, &server);
    let mut text = String::from(
        "# Made once by `spark-render certs init`, which leaves this file as it is when it runs again.\n\
         # It holds private keys: encrypt it (SOPS, kubeseal) before it goes into git.\n",
    );
    yaml::write_annotated(&secret, &mut remark, &mut text);
    Ok(text.into_bytes())
}

fn remark(path: &FieldPath, _: &Node) -> Option<String> {
    match path.0.last()? {
        Segment::Key(key) => certs::remark(key).map(str::to_owned),
        Segment::Index(_) => None,
    }
}

fn made(args: &InitArgs, place: &SecretFile, reporter: Reporter) -> ExitStatus {
    let InitArgs { service, namespace, secret_name, owner, .. } = args;
    let file = place.path().display().to_string();
    let mut text = format!(
        "made {file}: Secret {namespace}/{secret_name} for {service}.{namespace}.svc, with private keys (mode 0600)\n"
    );
    text.push_str(match owner {
        certs::Owner::Git => "next: encrypt it and commit the encrypted file, which is the truth from now on\n",
        certs::Owner::Cluster => "next: apply it once; what is in the cluster is the truth from now on\n",
    });
    let _ = writeln!(
        text,
        "Argo CD: `spark-render certs ignore-differences --owner {} --secret-name {secret_name} -n {namespace} --webhook-name {}`",
        owner.as_str(),
        webhooks::default_name(service)
    );
    if args.operator.version().treatment() == Treatment::Overwritten {
        let _ = writeln!(
            text,
            "warning: operator {} never reads this Secret: run one replica, upgrade to {} or later, or render",
            args.operator.version(),
            operator::Version::first_that_verifies()
        );
    }
    reporter.terminal.report(&text);
    ExitStatus::Done
}
