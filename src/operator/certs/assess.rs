//! What is in a Secret, and what the operator of a given version will do with it.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Assessment, Certificate, Expectation, Form, KeyForm, Layout, Moment, PrivateKey, SERVICE_ANNOTATION, SecretPart,
    ServiceName, Signature, Verdict,
};
use crate::{
    operator::{Treatment, VERIFIED_DAYS, certs},
    tree::{Diagnostic, Diagnostics, FieldPath, Node, ObjectRef, Origin, Severity},
};

/// Looks at `secret` (any [`Form`]) and reports all that is wrong with it.
pub(crate) fn assess(secret: &Node, expectation: &Expectation, diagnostics: &mut Diagnostics) -> Assessment {
    let form = certs::form(secret).unwrap_or(Form::Plain);
    let scope = ObjectRef::of(secret).unwrap_or_default();
    diagnostics.in_object(scope, |diagnostics| {
        let mut view = View {
            secret,
            expectation,
            layout: certs::layout(secret),
            diagnostics,
            empty: false,
            missing: None,
            unreadable: None,
            mismatch: None,
            unverified: None,
        };
        if form == Form::Plain { view.plain() } else { view.encrypted(form) }
    })
}

/// The assessment of a file that is encrypted as a whole.
pub(crate) fn assess_encrypted_file(diagnostics: &mut Diagnostics) -> Assessment {
    diagnostics.push(encrypted_finding(Form::EncryptedFile));
    unknown(Form::EncryptedFile, Layout::Operator, None)
}

fn encrypted_finding(form: Form) -> Diagnostic {
    let hint = match form {
        Form::Sops => "decrypt it into a pipe: `sops --decrypt FILE | spark-render certs check -`",
        _ => {
            "check what is in the cluster: `kubectl get secret NAME -n NAMESPACE -o yaml | spark-render certs check -`"
        }
    };
    Diagnostic::warning(
        "certificate-encrypted",
        format!("the Secret is encrypted ({}): it cannot be checked", form.as_str()),
    )
    .hint(hint)
}

fn unknown(form: Form, layout: Layout, service: Option<ServiceName>) -> Assessment {
    Assessment {
        form,
        layout,
        verdict: Verdict::Unknown,
        reason: None,
        service,
        authority: None,
        authority_key: None,
        server: None,
        deadline: None,
    }
}

struct View<'a> {
    secret: &'a Node,
    expectation: &'a Expectation,
    layout: Layout,
    diagnostics: &'a mut Diagnostics,
    empty: bool,
    // The first reason of each kind; they decide what the operator does.
    missing: Option<String>,
    unreadable: Option<String>,
    mismatch: Option<String>,
    unverified: Option<String>,
}

impl View<'_> {
    fn encrypted(&mut self, form: Form) -> Assessment {
        self.diagnostics.push(encrypted_finding(form));
        unknown(form, self.layout, self.service())
    }

    fn plain(&mut self) -> Assessment {
        self.check_object();
        let authority = self.certificate(SecretPart::CaCert);
        let authority_key = self.key(SecretPart::CaKey);
        let server = self.certificate(SecretPart::ServerCert);
        let server_key = self.key(SecretPart::ServerKey);
        let service = self.service();
        if let (Some(certificate), Some(key)) = (&authority, &authority_key)
            && !certificate.belongs_to(key)
        {
            self.report(
                Severity::Warning,
                "certificate-key-mismatch",
                SecretPart::CaKey,
                |key| format!("`{key}` does not belong to the authority's certificate"),
                "restore the authority's key, or make a new authority with `spark-render certs rotate --ca`",
            );
        }
        if let (Some(certificate), Some(key)) = (&server, &server_key)
            && !certificate.belongs_to(key)
        {
            self.mismatch = Some(self.report(
                Severity::Error,
                "certificate-key-mismatch",
                SecretPart::ServerKey,
                |key| format!("`{key}` does not belong to the server's certificate"),
                RENEW,
            ));
        }
        if let Some(server) = &server {
            self.check_server(server, authority.as_ref(), service.as_ref());
        }
        let deadline = self.check_time(server.as_ref(), authority.as_ref());
        let (verdict, reason) = self.verdict();
        Assessment {
            form: Form::Plain,
            layout: self.layout,
            verdict,
            reason,
            service,
            authority,
            authority_key,
            server,
            deadline,
        }
    }

    /// The type of the Secret, and whether it has data at all.
    fn check_object(&mut self) {
        let wanted = self.layout.secret_type();
        if let Some(found) = self.secret.get("type").filter(|found| found.as_str() != Some(wanted)) {
            self.diagnostics.push(
                Diagnostic::warning(
                    "certificate-secret-type",
                    format!("the Secret's type is `{}`, not `{wanted}`", found.as_str().unwrap_or_default()),
                )
                .field(FieldPath::keys(&["type"]))
                .at(&found.origin)
                .hint(format!("write `type: {wanted}`: the type of a Secret in the cluster cannot be changed")),
            );
        }
        if let Some(text) = self.secret.get("stringData").filter(|text| !text.is_null()) {
            self.diagnostics.push(
                Diagnostic::warning("certificate-string-data", "the certificate is in `stringData`")
                    .field(FieldPath::keys(&["stringData"]))
                    .at(&text.origin)
                    .hint("write `data`: Argo CD overwrites ignored values from `stringData`"),
            );
        }
        if self.layout.keys().iter().all(|(_, key)| self.raw(key).is_none_or(|(text, _)| text.is_empty())) {
            let data = self.secret.get("data");
            let message = if data.is_some_and(|data| data.as_mapping().is_some_and(|data| !data.is_empty())) {
                "all values of the certificate Secret are empty"
            } else {
                "the certificate Secret has no data"
            };
            self.missing = Some(message.to_owned());
            self.empty = true;
            self.diagnostics.push(
                Diagnostic::error("certificate-secret-empty", message)
                    .field(FieldPath::keys(&["data"]))
                    .at(data.map_or(&self.secret.origin, |data| &data.origin))
                    .hint("make it once with `spark-render certs init`, or leave the Secret out and let the operator make it"),
            );
        }
    }

    /// The value under `key` as written (and whether it is base64).
    fn raw(&self, key: &str) -> Option<(&str, bool)> {
        let text = |field| self.secret.at_keys(&[field, key]).and_then(Node::as_str);
        text("stringData").map(|text| (text, false)).or_else(|| text("data").map(|text| (text, true)))
    }

    /// The first PEM block of a part.
    fn block(&mut self, part: SecretPart) -> Option<certs::Block> {
        let key = self.layout.key(part)?;
        let text = match self.raw(key) {
            Some(("", _)) => {
                self.lacks(part, |key| format!("`{key}` is empty"));
                return None;
            }
            None => {
                self.lacks(part, |key| format!("`{key}` is missing"));
                return None;
            }
            Some((text, false)) => text.to_owned(),
            Some((text, true)) => {
                let joined: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
                if let Ok(bytes) = STANDARD.decode(joined) {
                    String::from_utf8_lossy(&bytes).into_owned()
                } else {
                    self.broken(
                        "certificate-not-base64",
                        part,
                        |key| format!("`{key}` is no base64: the API server refuses the Secret"),
                        "restore the file: a value was cut or retyped",
                    );
                    return None;
                }
            }
        };
        let mut blocks = certs::pem_blocks(&text).into_iter();
        let Some(first) = blocks.next() else {
            let cut = text.contains("-----BEGIN ");
            self.broken(
                "certificate-not-pem",
                part,
                |key| {
                    if cut {
                        format!("`{key}` holds a PEM block that is cut short or broken")
                    } else {
                        format!("`{key}` holds no PEM block")
                    }
                },
                RENEW,
            );
            return None;
        };
        if blocks.next().is_some() && self.layout == Layout::Operator {
            self.report(
                Severity::Warning,
                "certificate-several-blocks",
                part,
                |key| format!("`{key}` holds several PEM blocks: the operator reads the first one only"),
                "keep one block: bundles of authorities and chains do not work here",
            );
        }
        Some(first)
    }

    fn certificate(&mut self, part: SecretPart) -> Option<Certificate> {
        let block = self.block(part)?;
        let parsed = Certificate::parse(&block.der);
        if parsed.is_err() {
            self.broken(
                "certificate-unreadable",
                part,
                |key| format!("`{key}` holds no certificate but `{}`", block.label),
                RENEW,
            );
        }
        parsed.ok()
    }

    fn key(&mut self, part: SecretPart) -> Option<PrivateKey> {
        let block = self.block(part)?;
        let read = PrivateKey::read(&block);
        let foreign = match (&read, block.label.as_str()) {
            (Some((_, KeyForm::Pkcs1)), _) => None,
            (Some((key, KeyForm::Pkcs8)), _) => Some(format!("a PKCS#8 key ({})", key.describe())),
            (Some((_, KeyForm::Sec1)), _) | (None, "EC PRIVATE KEY") => Some("an EC key".to_owned()),
            (None, "PRIVATE KEY") => Some("a PKCS#8 key that is not RSA".to_owned()),
            (None, "ENCRYPTED PRIVATE KEY") => Some("a key with a passphrase".to_owned()),
            (None, _) => {
                self.broken(
                    "certificate-key-unreadable",
                    part,
                    |key| format!("`{key}` holds no private key that can be read"),
                    RENEW,
                );
                None
            }
        };
        let parses_pkcs1_only =
            matches!(self.expectation.operator.treatment(), Treatment::UsedUnchecked | Treatment::Verified);
        if let Some(what) = foreign.filter(|_| parses_pkcs1_only && !self.expectation.any_key) {
            self.broken(
                "certificate-key-not-pkcs1",
                part,
                |key| format!("`{key}` is {what}: the operator reads PKCS#1 RSA keys only, and ends with an error"),
                "make a key with `spark-render certs init`, or convert it: `openssl rsa -traditional`",
            );
        }
        read.map(|(key, _)| key)
    }

    /// Chain, names and usages.
    fn check_server(&mut self, server: &Certificate, authority: Option<&Certificate>, service: Option<&ServiceName>) {
        if let Some(authority) = authority
            && server.der() != authority.der()
        {
            let signature = server.signed_by(authority);
            if server.issuer_der() != authority.subject_der() || signature == Signature::Invalid {
                self.unverified(SecretPart::ServerCert, "certificate-other-authority", |key| {
                    format!("`{key}` is not signed by the authority in this Secret but by `{}`", server.issuer())
                });
            } else if signature == Signature::Unknown {
                self.report(
                    Severity::Warning,
                    "certificate-unchecked-signature",
                    SecretPart::ServerCert,
                    |key| format!("`{key}` is signed with an algorithm that is not checked here"),
                    "check it with `openssl verify`",
                );
            } else if !authority.is_authority() {
                self.unverified(SecretPart::CaCert, "certificate-no-authority", |key| {
                    format!("`{key}` may not sign certificates: it is no authority")
                });
            }
        }
        match service {
            Some(service) if !server.is_for(&service.dns()) => {
                let names = server.dns_names();
                let names = if names.is_empty() { "nobody".to_owned() } else { format!("`{}`", names.join("`, `")) };
                self.unverified(SecretPart::ServerCert, "certificate-wrong-name", |key| {
                    format!("`{key}` is not for `{}` but for {names}", service.dns())
                });
            }
            Some(_) => {}
            None => {
                self.report(
                    Severity::Warning,
                    "certificate-name-unchecked",
                    SecretPart::ServerCert,
                    |key| format!("it is not known for which Service `{key}` has to be"),
                    "give `--service` and `--namespace`",
                );
            }
        }
        if !server.is_for_servers() {
            self.unverified(SecretPart::ServerCert, "certificate-wrong-usage", |key| {
                format!("`{key}` is not for servers: its extended key usage lacks serverAuth")
            });
        }
        if let Some(bits) = server.rsa_bits().filter(|bits| *bits < 2048) {
            self.report(
                Severity::Warning,
                "certificate-weak-key",
                SecretPart::ServerCert,
                |key| format!("`{key}` has an RSA key of {bits} bits only"),
                RENEW,
            );
        }
    }

    /// Dates; returns the first moment at which something stops working.
    fn check_time(&mut self, server: Option<&Certificate>, authority: Option<&Certificate>) -> Option<Moment> {
        let now = self.expectation.now;
        let verified = self.expectation.operator.treatment() == Treatment::Verified && self.layout == Layout::Operator;
        let mut deadline: Option<Moment> = None;
        for (part, certificate) in [(SecretPart::ServerCert, server), (SecretPart::CaCert, authority)] {
            let Some(certificate) = certificate else { continue };
            let end = certificate.not_after();
            let left = now.days_until(end);
            let limit = if verified { end.plus_days(-VERIFIED_DAYS) } else { end };
            deadline = Some(deadline.map_or(limit, |known| known.min(limit)));
            if certificate.not_before() > now {
                self.unverified(part, "certificate-not-yet-valid", |key| {
                    format!("`{key}` is valid from {} on", certificate.not_before())
                });
            } else if end < now {
                self.unverified(part, "certificate-expired", |key| format!("`{key}` expired on {}", end.date()));
            } else if limit < now {
                self.unverified(part, "certificate-expires-soon", |key| {
                    format!(
                        "`{key}` is valid for {left} more days, until {}: at its next start the operator replaces what ends within {VERIFIED_DAYS} days",
                        end.date()
                    )
                });
            } else if now.days_until(limit) < self.expectation.warn_days {
                let days = now.days_until(limit);
                self.report(Severity::Warning, "certificate-expires-soon", part, |key| {
                    if verified {
                        format!("`{key}` is accepted for {days} more days: the operator replaces what ends within {VERIFIED_DAYS} days, and this ends on {}", end.date())
                    } else {
                        format!("`{key}` is valid for {days} more days, until {}", end.date())
                    }
                }, "renew it with `spark-render certs rotate`");
            }
        }
        deadline
    }

    fn verdict(&mut self) -> (Verdict, Option<String>) {
        let (missing, unreadable) = (self.missing.take(), self.unreadable.take());
        let (mismatch, unverified) = (self.mismatch.take(), self.unverified.take());
        let treatment = self.expectation.operator.treatment();
        let crash = |reason| (Verdict::Crashes, Some(reason));
        let ok = |verdict| (verdict, None);
        match (treatment, self.layout) {
            (Treatment::Overwritten, _) => {
                let message = format!(
                    "operator {} never reads this Secret: each replica makes its own certificate at each start, and the last one's authority wins",
                    self.expectation.operator
                );
                self.diagnostics.push(
                    Diagnostic::warning("certificate-never-read", message.clone())
                        .hint(format!("run one replica only, upgrade to {} or later, or render the applications and do without the webhook", crate::operator::Version::first_that_verifies())),
                );
                (Verdict::NeverReads, Some(message))
            }
            // Of the mounted files, the pair and the authority's certificate are read; keys of any form.
            (Treatment::Mounted, _) => match missing.or(unreadable).or(mismatch) {
                Some(reason) => crash(reason),
                None => ok(Verdict::Keeps),
            },
            (Treatment::UsedUnchecked | Treatment::Verified, Layout::CertManager) => {
                if self.expectation.operator.knows_cert_manager() {
                    missing.or(unreadable).or(mismatch).map_or_else(|| ok(Verdict::UsesBlindly), crash)
                } else {
                    (Verdict::Regenerates, Some("the operator looks for `ca-cert.pem` and its siblings".to_owned()))
                }
            }
            (Treatment::UsedUnchecked | Treatment::Verified, Layout::Operator) => {
                if let Some(reason) = missing {
                    return (Verdict::Regenerates, Some(reason));
                }
                if let Some(reason) = unreadable {
                    return crash(reason);
                }
                if treatment == Treatment::Verified && unverified.is_some() {
                    return (Verdict::Regenerates, unverified);
                }
                match mismatch {
                    Some(reason) => crash(reason),
                    None if treatment == Treatment::Verified => ok(Verdict::Accepts),
                    None => ok(Verdict::UsesBlindly),
                }
            }
        }
    }

    /// A part without content. Where all parts are, that was said once.
    fn lacks(&mut self, part: SecretPart, message: impl FnOnce(&str) -> String) {
        if !self.empty {
            let message = self.report(Severity::Error, "certificate-key-missing", part, message, RENEW);
            if self.is_read(part) {
                self.missing.get_or_insert(message);
            }
        }
    }

    /// A part that cannot be read.
    fn broken(&mut self, code: &'static str, part: SecretPart, message: impl FnOnce(&str) -> String, hint: &str) {
        let message = self.report(Severity::Error, code, part, message, hint);
        if self.is_read(part) {
            self.unreadable.get_or_insert(message);
        }
    }

    /// The mounted files of early operators do not include the authority's key.
    fn is_read(&self, part: SecretPart) -> bool {
        part != SecretPart::CaKey || self.expectation.operator.treatment() != Treatment::Mounted
    }

    fn unverified(&mut self, part: SecretPart, code: &'static str, message: impl FnOnce(&str) -> String) {
        let message = self.report(Severity::Error, code, part, message, "renew it with `spark-render certs rotate`");
        self.unverified.get_or_insert(message);
    }

    /// Pushes a finding about `part`; returns its message.
    fn report(
        &mut self,
        severity: Severity,
        code: &'static str,
        part: SecretPart,
        message: impl FnOnce(&str) -> String,
        hint: &str,
    ) -> String {
        let key = self.layout.key(part).unwrap_or_default();
        let message = message(key);
        let field = if self.secret.at_keys(&["stringData", key]).is_some() { "stringData" } else { "data" };
        let place =
            self.secret.get(field).and_then(Node::as_mapping).and_then(|data| data.key(key)).and_then(|key| key.span);
        let origin = place.map_or_else(
            || self.secret.get(field).map_or(self.secret.origin.clone(), |data| data.origin.clone()),
            Origin::Source,
        );
        self.diagnostics.push(
            Diagnostic::new(code, severity, message.clone())
                .field(FieldPath::keys(&[field, key]))
                .at(origin)
                .hint(hint),
        );
        message
    }

    /// For whom the certificate has to be: as given, as annotated, or by the chart's convention.
    fn service(&self) -> Option<ServiceName> {
        let name = self.secret.str_at(&["metadata", "name"]).unwrap_or_default();
        let by_convention = || {
            let webhook = name.strip_suffix("-certs").filter(|name| name.ends_with("-webhook"))?;
            let suffix = if self.expectation.operator.treatment() == Treatment::Mounted { "" } else { "-svc" };
            Some(format!("{webhook}{suffix}"))
        };
        let annotated = || self.secret.str_at(&["metadata", "annotations", SERVICE_ANNOTATION]).map(str::to_owned);
        let namespace = || self.secret.str_at(&["metadata", "namespace"]).map(str::to_owned);
        Some(ServiceName {
            service: self.expectation.service.clone().or_else(annotated).or_else(by_convention)?,
            namespace: self.expectation.namespace.clone().or_else(namespace)?,
        })
    }
}

const RENEW: &str = "make a new one with `spark-render certs init --renew`";
