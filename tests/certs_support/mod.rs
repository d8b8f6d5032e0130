//! What the tests of `certs` share: the program, Secrets, and every kind of damage.

#![allow(dead_code, reason = "each test program uses a part")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use spark_render::internals::operator::certs::{
    self, KeyEncoding, KeyType, Layout, Moment, Owner, SecretOptions, ServiceName, Validity,
};

pub(crate) const SERVICE: &str = "spark-operator-webhook-svc";
pub(crate) const NAMESPACE: &str = "spark-operator";
pub(crate) const NAME: &str = "spark-operator-webhook-certs";
pub(crate) const DNS: &str = "spark-operator-webhook-svc.spark-operator.svc";
pub(crate) const KEYS: [&str; 4] = ["ca-cert.pem", "ca-key.pem", "server-cert.pem", "server-key.pem"];

/// When the sample was made.
pub(crate) fn now() -> Moment {
    Moment::parse("2026-01-01T00:00:00Z").unwrap()
}

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spark-render"));
    // Of other programs, only git is started.
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").stdin(Stdio::null());
    command
}

pub(crate) fn init(output: &Path) -> Command {
    let mut command = program();
    command
        .args(["certs", "init", "--service", SERVICE, "--namespace", NAMESPACE, "--secret-name", NAME, "-o"])
        .arg(output);
    command
}

/// Runs `certs check -` on a Secret; returns the JSON report, the status, and all that was printed.
pub(crate) fn check(secret: &Value, more: &[&str]) -> (Value, i32, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.json");
    fs::write(&path, secret.to_string()).unwrap();
    let mut command = program();
    let output = command
        .args(["certs", "check", "--format", "json", "--now", "2026-01-01T00:00:00Z"])
        .args(more)
        .arg(&path)
        .output()
        .unwrap();
    let mut printed = text(&output.stdout);
    let report = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {}", describe(&output)));
    // The same for people.
    let output = program()
        .args(["certs", "check", "--diagnostics", "full", "--now", "2026-01-01T00:00:00Z"])
        .args(more)
        .arg(&path)
        .output()
        .unwrap();
    printed += &describe(&output);
    (report, output.status.code().unwrap(), printed)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn describe(output: &Output) -> String {
    format!("{:?}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

pub(crate) fn service(name: &str) -> ServiceName {
    ServiceName { service: name.to_owned(), namespace: NAMESPACE.to_owned() }
}

pub(crate) fn options() -> SecretOptions {
    SecretOptions {
        name: NAME.to_owned(),
        namespace: NAMESPACE.to_owned(),
        service: SERVICE.to_owned(),
        layout: Layout::Operator,
        encoding: KeyEncoding::Pkcs1,
        owner: Owner::Git,
    }
}

/// An authority and a server certificate for ten years.
pub(crate) fn pairs() -> &'static (certs::Pair, certs::Pair) {
    static PAIRS: OnceLock<(certs::Pair, certs::Pair)> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let validity = Validity::days(now(), 3650);
        let authority = certs::authority(validity, KeyType::Rsa2048);
        let server = certs::server(&authority, &service(SERVICE), &[], validity, KeyType::Rsa2048).unwrap();
        (authority, server)
    })
}

/// A good Secret.
pub(crate) fn sample() -> Value {
    let (authority, server) = pairs();
    certs::manifest(&options(), authority, server).to_json()
}

/// The sample with other parts.
fn with(parts: &[(&str, String)]) -> Value {
    let mut secret = sample();
    for (key, pem) in parts {
        secret["data"][*key] = STANDARD.encode(pem).into();
    }
    secret
}

/// A kind of damage: its name, the Secret, the code that names it, what operator 2.5 does with it.
pub(crate) struct Damage {
    pub name: &'static str,
    pub secret: Value,
    pub code: &'static str,
    pub verdict: &'static str,
}

/// Every kind of damage that there is a word for.
pub(crate) fn damages() -> Vec<Damage> {
    let (authority, server) = pairs();
    let ten_years = Validity::days(now(), 3650);
    let mut damages = Vec::new();
    let mut add = |name, code, verdict, secret| damages.push(Damage { name, secret, code, verdict });
    for key in KEYS {
        let mut secret = sample();
        secret["data"].as_object_mut().unwrap().shift_remove(key);
        add("a missing key", "certificate-key-missing", "regenerates", secret);
        let mut secret = sample();
        secret["data"][key] = "".into();
        add("an empty value", "certificate-key-missing", "regenerates", secret);
        let mut secret = sample();
        let value = secret["data"][key].as_str().unwrap().to_owned();
        secret["data"][key] = value[..401].into();
        add("base64 cut short", "certificate-not-base64", "crashes", secret);
        let mut secret = sample();
        secret["data"][key] = value[..400].into();
        add("PEM cut short", "certificate-not-pem", "crashes", secret);
        add("garbage", "certificate-not-pem", "crashes", with(&[(key, "hello".to_owned())]));
    }
    let ec = certs::PrivateKey::generate(KeyType::EcdsaP256);
    for key in ["ca-key.pem", "server-key.pem"] {
        let code = "certificate-key-not-pkcs1";
        add("an EC key", code, "crashes", with(&[(key, ec.to_pem(KeyEncoding::Pkcs1))]));
        add("an EC key as PKCS#8", code, "crashes", with(&[(key, ec.to_pem(KeyEncoding::Pkcs8))]));
        let own = if key == "ca-key.pem" { &authority.key } else { &server.key };
        add("a PKCS#8 key", code, "crashes", with(&[(key, own.to_pem(KeyEncoding::Pkcs8))]));
        add(
            "a certificate for a key",
            "certificate-key-unreadable",
            "crashes",
            with(&[(key, authority.certificate_pem())]),
        );
    }
    for key in ["ca-cert.pem", "server-cert.pem"] {
        add(
            "a key for a certificate",
            "certificate-unreadable",
            "crashes",
            with(&[(key, server.key.to_pem(KeyEncoding::Pkcs1))]),
        );
    }
    let server_parts = |pair: &certs::Pair| {
        [("server-cert.pem", pair.certificate_pem()), ("server-key.pem", pair.key.to_pem(KeyEncoding::Pkcs1))]
    };
    let make = |authority: &certs::Pair, name: &str, validity| {
        certs::server(authority, &service(name), &[], validity, KeyType::Rsa2048).unwrap()
    };
    let other_name = make(authority, "renamed-webhook-svc", ten_years);
    add("a wrong name", "certificate-wrong-name", "regenerates", with(&server_parts(&other_name)));
    let expired = make(authority, SERVICE, Validity::days(now().plus_days(-30), 29));
    add("an expired certificate", "certificate-expired", "regenerates", with(&server_parts(&expired)));
    let soon = make(authority, SERVICE, Validity::days(now(), 179));
    add("an end within 180 days", "certificate-expires-soon", "regenerates", with(&server_parts(&soon)));
    let future = make(authority, SERVICE, Validity::days(now().plus_days(200), 3000));
    add("a beginning in the future", "certificate-not-yet-valid", "regenerates", with(&server_parts(&future)));
    let other = certs::authority(ten_years, KeyType::Rsa2048);
    let foreign = make(&other, SERVICE, ten_years);
    add("another authority", "certificate-other-authority", "regenerates", with(&server_parts(&foreign)));
    let short = certs::authority(Validity::days(now(), 100), KeyType::Rsa2048);
    let under_short = make(&short, SERVICE, ten_years);
    let mut parts = server_parts(&under_short).to_vec();
    parts.push(("ca-cert.pem", short.certificate_pem()));
    parts.push(("ca-key.pem", short.key.to_pem(KeyEncoding::Pkcs1)));
    add("an authority that ends", "certificate-expires-soon", "regenerates", with(&parts));
    // A server certificate that plays authority.
    let below = certs::server(&server.clone(), &service(SERVICE), &[], ten_years, KeyType::Rsa2048).unwrap();
    let mut parts = server_parts(&below).to_vec();
    parts.push(("ca-cert.pem", server.certificate_pem()));
    parts.push(("ca-key.pem", server.key.to_pem(KeyEncoding::Pkcs1)));
    add("no authority", "certificate-no-authority", "regenerates", with(&parts));
    let key = foreign.key.to_pem(KeyEncoding::Pkcs1);
    add("a key that does not belong", "certificate-key-mismatch", "crashes", with(&[("server-key.pem", key)]));
    let mut secret = sample();
    secret["data"] = json!({});
    add("empty data", "certificate-secret-empty", "regenerates", secret);
    let mut secret = sample();
    secret.as_object_mut().unwrap().shift_remove("data");
    add("no data", "certificate-secret-empty", "regenerates", secret);
    let mut secret = sample();
    secret["data"] = KEYS.iter().map(|key| ((*key).to_owned(), Value::from(""))).collect();
    add("all values empty", "certificate-secret-empty", "regenerates", secret);
    damages
}
