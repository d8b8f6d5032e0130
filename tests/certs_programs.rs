//! Certificates before other judges: OpenSSL, Go's and Python's TLS, the operator's own test, jq, git.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]
#![cfg(feature = "real-programs")]

#[path = "certs_support/mod.rs"]
mod support;

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use spark_render::internals::{
    operator::certs::{
        Owner,
        ignore_differences::{self, Protected},
    },
    tree::Node,
};
use support::*;

/// The Go program of `tests/tools/certs-go`, built once.
fn go_program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certs-go");
        let output = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir("tests/tools/certs-go")
            .output()
            .expect("Go is installed");
        assert!(output.status.success(), "{}", describe(&output));
        program
    })
}

fn feed(command: &mut Command, input: &Value) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn made(more: &[&str]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    let output = init(&path).args(more).output().unwrap();
    assert!(output.status.success(), "{}", describe(&output));
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn openssl_verifies_the_chain_strictly() {
    for more in [&[][..], &["--key-type", "rsa-3072"], &["--layout", "cert-manager", "--key-type", "ecdsa-p256"]] {
        let secret = made(more);
        let directory = tempfile::tempdir().unwrap();
        for (key, value) in secret["data"].as_object().unwrap() {
            fs::write(directory.path().join(key), STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
        }
        let (authority, server, key) = if more.contains(&"cert-manager") {
            ("ca.crt", "tls.crt", "tls.key")
        } else {
            ("ca-cert.pem", "server-cert.pem", "server-key.pem")
        };
        let run = |args: &[&str]| Command::new("openssl").args(args).current_dir(directory.path()).output().unwrap();
        let verify = |name: &str| {
            run(&[
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-CAfile",
                authority,
                "-verify_hostname",
                name,
                server,
            ])
        };
        let output = verify(DNS);
        assert!(output.status.success(), "{}", describe(&output));
        assert!(!verify("other.spark-operator.svc").status.success());
        let output = run(&["pkey", "-in", key, "-check", "-noout"]);
        assert!(output.status.success(), "{}", describe(&output));
    }
}

#[test]
fn go_and_python_shake_hands_for_the_services_name() {
    let secret = made(&[]);
    let output = feed(Command::new(go_program()).args(["handshake", DNS]), &secret);
    assert!(output.status.success(), "{}", describe(&output));
    let output = feed(Command::new("python3").args(["tests/tools/certs_handshake.py", DNS]), &secret);
    assert!(output.status.success(), "{}", describe(&output));
    for encoding in ["pkcs1", "pkcs8"] {
        for key_type in ["ecdsa-p256", "rsa-2048"] {
            let secret = made(&["--layout", "cert-manager", "--key-type", key_type, "--key-encoding", encoding]);
            let output = feed(Command::new(go_program()).args(["chain", DNS]), &secret);
            assert!(output.status.success(), "{key_type} {encoding}: {}", describe(&output));
        }
    }
}

#[test]
fn the_operators_own_test_agrees_on_every_damage() {
    let judge = |secret: &Value, now: &str| {
        let output = feed(Command::new(go_program()).args(["accept", now, DNS]), secret);
        assert!(output.status.success(), "{}", describe(&output));
        text(&output.stdout)
    };
    let now = "2026-01-01T00:00:00Z";
    assert!(judge(&sample(), now).starts_with("accepts"));
    for damage in damages() {
        let verdict = judge(&damage.secret, now);
        assert!(verdict.starts_with(damage.verdict), "{}: Go says {verdict}", damage.name);
    }
    // To the second on both sides of the limit (see `certs.rs`).
    assert!(judge(&sample(), "2035-07-03T00:00:00Z").starts_with("accepts"));
    assert!(judge(&sample(), "2035-07-03T00:00:01Z").starts_with("regenerates"));
}

#[test]
fn rotated_secrets_are_accepted_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    assert!(init(&path).output().unwrap().status.success());
    for more in [&[][..], &["--ca"]] {
        let output = program().args(["certs", "rotate"]).args(more).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", describe(&output));
        let secret: Value = serde_yaml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let output = feed(Command::new(go_program()).args(["handshake", DNS]), &secret);
        assert!(output.status.success(), "{}", describe(&output));
    }
}

#[test]
fn jq_selects_what_argo_cd_is_told_to_ignore() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    assert!(init(&path).output().unwrap().status.success());
    let output = program().args(["certs", "webhook", "--secret"]).arg(&path).output().unwrap();
    let protected = Protected { owner: Owner::Cluster, secret_name: NAME, namespace: NAMESPACE, webhook_name: None };
    let mut tried = 0;
    for document in text(&output.stdout).split("---\n") {
        let object: Value = serde_yaml::from_str(document).unwrap();
        for entry in ignore_differences::entries(&protected) {
            for expression in entry.get("jqPathExpressions").and_then(Node::as_sequence).unwrap_or_default() {
                let expression = expression.as_str().unwrap();
                let program =
                    format!("([{expression}] | length), (del({expression}) | [.. | .caBundle? // empty] | length)");
                let output = feed(Command::new("jq").arg(program), &object);
                let webhooks = object["webhooks"].as_array().unwrap().len();
                assert_eq!(text(&output.stdout), format!("{webhooks}\n0\n"), "{}", describe(&output));
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 4);
}

#[test]
fn git_is_asked_what_it_ignores() {
    let directory = tempfile::tempdir().unwrap();
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(args)
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", describe(&output));
    };
    git(&["init", "--quiet"]);
    let path = directory.path().join("certs.yaml");
    assert_eq!(init(&path).output().unwrap().status.code(), Some(2));
    fs::write(directory.path().join(".gitignore"), "/certs.yaml\n").unwrap();
    assert!(init(&path).output().unwrap().status.success());
    // A tracked file is not ignored, whatever the rules say.
    git(&["add", "--force", "certs.yaml"]);
    fs::remove_file(&path).unwrap();
    let output = init(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", describe(&output));
}
