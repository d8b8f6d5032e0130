//! `certs`, through the program and through the library; no other program is needed (see `certs_programs.rs`).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests may panic, print and look at the environment"
)]

#[path = "certs_support/mod.rs"]
mod support;

use std::{fs, path::Path};

use serde_json::{Value, json};
use spark_render::internals::{
    kube::Provenance,
    operator::{
        self, CertificatesOptions,
        certs::{
            self, Owner, Rotated, Rotation,
            ignore_differences::{self, Protected},
            options::CertificateSource,
        },
    },
    text::read,
    tree::{Diagnostics, Node, Origin, Sourced, Sources},
};
use support::*;

fn read(path: &Path) -> Node {
    documents(&fs::read_to_string(path).unwrap()).remove(0)
}

fn documents(yaml: &str) -> Vec<Node> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("test.yaml", yaml);
    let documents = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    documents.into_iter().map(read::Document::into_node).collect()
}

#[test]
fn init_makes_a_complete_secret_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    let output = init(&path).output().unwrap();
    assert!(output.status.success(), "{}", describe(&output));
    assert!(output.stdout.is_empty());
    assert!(!text(&output.stderr).contains("PRIVATE KEY") && !text(&output.stderr).contains("LS0t"));
    let bytes = fs::read(&path).unwrap();
    let secret = read(&path).to_json();
    assert_eq!(secret["type"], "Opaque");
    assert!(secret.get("stringData").is_none());
    assert_eq!(secret["data"].as_object().unwrap().keys().collect::<Vec<_>>(), KEYS);
    assert!(KEYS.iter().all(|key| !secret["data"][*key].as_str().unwrap().is_empty()));
    assert_eq!(secret["metadata"]["annotations"]["argocd.argoproj.io/sync-options"], "Prune=false");
    let (report, status, _) = check(&secret, &["--now", "2026-01-01T00:00:00Z"][..0]);
    assert_eq!(
        (report["verdict"].as_str(), report["dnsName"].as_str()),
        (Some("regenerates"), Some(DNS)),
        "made later than that"
    );
    assert_eq!(status, 1);

    // Again, and with --renew: byte for byte the same.
    for more in [&[][..], &["--renew"]] {
        let output = init(&path).args(more).output().unwrap();
        assert!(output.status.success() && text(&output.stderr).starts_with("kept "), "{}", describe(&output));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn an_invalid_file_is_refused_with_the_reason_and_replaced_only_on_demand() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.json");
    let other = sample()["data"]["ca-key.pem"].clone();
    let mut broken = sample();
    broken["data"]["server-key.pem"] = other;
    fs::write(&path, broken.to_string()).unwrap();
    let run = |more: &[&str]| init(&path).args(["--now", "2026-01-01T00:00:00Z"]).args(more).output().unwrap();
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("certificate-key-mismatch"), "{}", describe(&output));
    assert!(text(&output.stderr).contains("--renew"));
    assert_eq!(fs::read_to_string(&path).unwrap(), broken.to_string());
    assert!(run(&["--renew"]).status.success());
    assert_eq!(check(&read(&path).to_json(), &[]).0["verdict"], "accepts");

    // Names that were not asked for.
    for (flag, value) in [("--service", "other-svc"), ("--namespace", "other"), ("--secret-name", "other")] {
        let output = run(&[flag, value]);
        assert_eq!(output.status.code(), Some(2), "clap takes a flag once: {}", describe(&output));
    }
    let output = program()
        .args(["certs", "init", "--service", "other-svc", "-n", NAMESPACE, "--secret-name", NAME, "-o"])
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("certificate-wrong-name"), "{}", describe(&output));

    // A file with something else in it is never replaced.
    for content in [
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n",
        "{ broken",
        "kind: Secret\napiVersion: v1\nmetadata: {name: x}\n",
    ] {
        fs::write(&path, content).unwrap();
        for more in [&[][..], &["--renew"]] {
            assert_eq!(run(more).status.code(), Some(1), "{content}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }
    // An empty one is.
    fs::write(&path, "\n").unwrap();
    assert_eq!(run(&[]).status.code(), Some(1));
    assert!(run(&["--renew"]).status.success());
}

#[test]
fn encrypted_and_sealed_secrets_count_as_present() {
    let sops = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: spark-operator-webhook-certs\ndata:\n  ca-key.pem: ENC[AES256_GCM,data:x,type:str]\nsops:\n  mac: ENC[x]\n";
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: spark-operator-webhook-certs\nspec:\n  encryptedData:\n    ca-key.pem: AgB\n";
    let hidden = "kind: ENC[x]\nsops:\n  mac: ENC[x]\n";
    for content in [sops, sealed, hidden, "\0GITCRYPT\0\u{1}\u{2}", "age-encryption.org/v1\n-> X25519 x\n"] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("certs.yaml");
        fs::write(&path, content).unwrap();
        let output = init(&path).arg("--renew").output().unwrap();
        assert!(output.status.success(), "{content}: {}", describe(&output));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        let output = program().args(["certs", "check"]).arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("certificate-encrypted"), "{}", describe(&output));
        let output = program().args(["certs", "rotate"]).arg(&path).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", describe(&output));
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn plain_keys_do_not_go_into_a_work_tree_by_accident() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join(".git")).unwrap();
    fs::create_dir(directory.path().join("deep")).unwrap();
    let path = directory.path().join("deep/certs.yaml");
    let output = init(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--allow-plaintext"), "{}", describe(&output));
    assert!(!path.exists());
    assert!(init(&path).arg("--allow-plaintext").output().unwrap().status.success());
    let bytes = fs::read(&path).unwrap();
    assert!(init(&path).output().unwrap().status.success(), "what is there is left alone");
    assert_eq!(program().args(["certs", "rotate"]).arg(&path).output().unwrap().status.code(), Some(2));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[cfg(unix)]
#[test]
fn keys_are_written_to_files_only() {
    for path in ["/dev/stdout", "/dev/stderr", "/dev/null"] {
        let output = init(Path::new(path)).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(!describe(&output).contains("LS0t"), "{path}");
    }
}

#[test]
fn every_damage_is_named_and_no_key_is_shown() {
    let (report, status, _) = check(&sample(), &[]);
    assert_eq!((report["verdict"].as_str(), status), (Some("accepts"), 0), "{report}");
    for damage in damages() {
        let (report, status, printed) = check(&damage.secret, &[]);
        let codes: Vec<_> =
            report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].clone()).collect();
        let what = format!("{}: {report:#}", damage.name);
        assert!(codes.contains(&damage.code.into()), "{what}");
        assert_eq!(report["verdict"], damage.verdict, "{what}");
        assert_eq!(status, 1, "{what}");
        for key in ["ca-key.pem", "server-key.pem"] {
            let Some(value) = damage.secret["data"][key].as_str().filter(|value| value.len() > 100) else { continue };
            assert!(!printed.contains(&value[60..100]), "{}: a private key was printed", damage.name);
        }
    }
}

#[test]
fn operators_of_other_versions_are_told_apart() {
    let verdict = |secret: &Value, version: &str| {
        let (report, status, _) = check(secret, &["--operator-version", version]);
        (report["verdict"].as_str().unwrap().to_owned(), status)
    };
    let expect = |secret: &Value, expected: [(&str, i32); 4]| {
        for (version, (word, status)) in ["1.1.26", "1.4.3", "2.1", "2.2"].into_iter().zip(expected) {
            assert_eq!(verdict(secret, version), (word.to_owned(), status), "{version}");
        }
    };
    expect(&sample(), [("keeps", 0), ("never-reads", 1), ("uses-blindly", 0), ("accepts", 0)]);
    let damages = damages();
    let one_with = |name: &str| &damages.iter().find(|damage| damage.name == name).unwrap().secret;
    expect(one_with("a PKCS#8 key"), [("keeps", 0), ("never-reads", 1), ("crashes", 1), ("crashes", 1)]);
    expect(one_with("a wrong name"), [("keeps", 1), ("never-reads", 1), ("uses-blindly", 1), ("regenerates", 1)]);
    expect(
        one_with("an end within 180 days"),
        [("keeps", 0), ("never-reads", 1), ("uses-blindly", 0), ("regenerates", 1)],
    );
    expect(one_with("all values empty"), [("crashes", 1), ("never-reads", 1), ("regenerates", 1), ("regenerates", 1)]);
}

#[test]
fn the_days_left_are_counted_to_the_day_on_which_the_operator_acts() {
    let report = |now: &str, version: &str| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.json");
        fs::write(&path, sample().to_string()).unwrap();
        let output = program()
            .args(["certs", "check", "--format", "json", "--now", now, "--operator-version", version])
            .arg(&path)
            .output()
            .unwrap();
        (serde_json::from_slice::<Value>(&output.stdout).unwrap(), output.status.code().unwrap())
    };
    // 3,650 days from 2026-01-01 end on 2035-12-30; 180 days earlier is 2035-07-03.
    let (early, status) = report("2026-01-01T00:00:00Z", "2.5");
    assert_eq!((&early["daysToAct"], &early["server"]["daysLeft"], status), (&json!(3470), &json!(3650), 0));
    assert_eq!(early["actBefore"], "2035-07-03T00:00:00Z");
    let (soon, status) = report("2035-06-10T00:00:00Z", "2.5");
    assert_eq!((&soon["verdict"], &soon["daysToAct"], status), (&json!("accepts"), &json!(23), 1));
    assert_eq!(report("2035-06-10T00:00:00Z", "2.1").1, 0);
    assert_eq!(report("2035-07-03T00:00:00Z", "2.5").0["verdict"], "accepts");
    assert_eq!(report("2035-07-03T00:00:01Z", "2.5").0["verdict"], "regenerates");
}

#[test]
fn rotate_changes_the_servers_values_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    assert!(
        init(&path)
            .args(["--now", "2026-01-01T00:00:00Z", "--owner", "cluster", "--dns-name", "hook.example.com"])
            .output()
            .unwrap()
            .status
            .success()
    );
    let mut before = fs::read_to_string(&path).unwrap();
    before = format!(
        "# A comment of mine.\n{before}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}  # mine, too\n"
    );
    fs::write(&path, &before).unwrap();
    let rotate = |more: &[&str]| {
        let output = program()
            .args(["certs", "rotate", "--now", "2030-01-01T00:00:00Z"])
            .args(more)
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", describe(&output));
        text(&output.stdout)
    };
    let dry = rotate(&["--dry-run"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(rotate(&[]), dry);
    assert!(dry.starts_with("1. Delete the live Secret"), "{dry}");
    let after = fs::read_to_string(&path).unwrap();
    for (old, new) in before.lines().zip(after.lines()) {
        assert_eq!(old != new, old.trim_start().starts_with("server-"), "{old} {new}");
    }
    assert_eq!(before.lines().count(), after.lines().count());
    let (report, ..) = check(&read(&path).to_json(), &[]);
    assert!(report["server"]["dnsNames"].as_array().unwrap().contains(&"hook.example.com".into()), "{report}");
    // The authority of 2026 ends in 2035; so does what it signed in 2030.
    assert_eq!(report["server"]["notAfter"], "2035-12-30T00:00:00Z");
    assert!(
        report["findings"].as_array().unwrap().iter().all(|finding| finding["code"] == "certificate-not-yet-valid"),
        "{report}"
    );

    let steps = rotate(&["--ca", "--owner", "git"]);
    assert!(steps.starts_with("1. Pause submissions"), "{steps}");
    let third = fs::read_to_string(&path).unwrap();
    for (old, new) in after.lines().zip(third.lines()) {
        let key = old.trim_start();
        assert_eq!(old != new, key.starts_with("server-") || key.starts_with("ca-"), "{old} {new}");
    }
}

#[test]
fn an_authority_that_ends_soon_is_not_signed_with() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.json");
    fs::write(&path, sample().to_string()).unwrap();
    let output = program().args(["certs", "rotate", "--now", "2035-08-01T00:00:00Z"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--ca"), "{}", describe(&output));
    assert_eq!(fs::read_to_string(&path).unwrap(), sample().to_string());
}

#[test]
fn steps_depend_on_operator_and_owner() {
    let service = service(SERVICE);
    let steps = |version: &str, owner, rotated| {
        certs::steps(&Rotation {
            rotated,
            operator: operator::Version::read(version).unwrap().used,
            owner,
            secret_name: NAME,
            service: &service,
            file: "certs.yaml",
        })
        .join("\n")
    };
    assert!(steps("1.4", Owner::Git, Rotated::Authority).starts_with("Nothing"));
    assert!(steps("2.5", Owner::Git, Rotated::Authority).contains("--replicas=0"));
    assert!(steps("2.5", Owner::Git, Rotated::Server).contains("rollout restart"));
    assert!(steps("2.5", Owner::Cluster, Rotated::Authority).contains("delete secret"));
    assert!(!steps("2.5", Owner::Git, Rotated::Authority).contains("delete secret"));
    assert!(steps("1.1.26", Owner::Git, Rotated::Server).contains("15 minutes"));
}

fn protected(owner: Owner) -> Protected<'static> {
    Protected { owner, secret_name: NAME, namespace: NAMESPACE, webhook_name: Some("spark-operator-webhook") }
}

#[test]
fn every_ignored_path_selects_a_place_in_what_we_print() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    assert!(init(&path).output().unwrap().status.success());
    let output = program().args(["certs", "webhook", "--secret"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", describe(&output));
    let mut objects = documents(&text(&output.stdout));
    assert_eq!(objects.len(), 2);
    objects.push(read(&path));
    for owner in [Owner::Git, Owner::Cluster] {
        let entries = ignore_differences::entries(&protected(owner));
        assert_eq!(entries.len(), if owner == Owner::Cluster { 3 } else { 2 });
        for entry in entries {
            let matches = |object: &&Node| {
                object.str_at(&["kind"]) == entry.str_at(&["kind"])
                    && object.str_at(&["metadata", "name"]) == entry.str_at(&["name"])
                    && object.str_at(&["metadata", "namespace"]) == entry.str_at(&["namespace"])
            };
            let object = objects.iter().find(matches).unwrap_or_else(|| panic!("{:?}", entry.to_json()));
            for pointer in entry.get("jsonPointers").and_then(Node::as_sequence).unwrap_or_default() {
                assert!(certs::pointer(object, pointer.as_str().unwrap()).is_some());
            }
            for expression in entry.get("jqPathExpressions").and_then(Node::as_sequence).unwrap_or_default() {
                let webhooks = object.get("webhooks").unwrap().as_sequence().unwrap().len();
                assert_eq!(certs::jq(object, expression.as_str().unwrap()).unwrap().len(), webhooks);
            }
        }
        // The same in an Application beside the objects: nothing to complain about.
        let mut all = objects.clone();
        let mut application = ignore_differences::snippet(&protected(owner));
        let mapping = application.as_mapping_mut().unwrap();
        mapping.insert("apiVersion", "argoproj.io/v1alpha1");
        mapping.insert("kind", "Application");
        all.push(application);
        assert!(certs::findings(&all).is_empty(), "{:?}", certs::findings(&all));
    }
    // The annotation that Argo CD 3.6 reads is such a pointer as well.
    let other = directory.path().join("other.yaml");
    assert!(init(&other).args(["--owner", "cluster"]).output().unwrap().status.success());
    let written = fs::read_to_string(&other).unwrap();
    assert!(
        written.contains("ignore-differences-json-pointers: /data  # read by Argo CD 3.6 and later"),
        "{}",
        &written[..900]
    );
    let secret = read(&other);
    let pointers =
        secret.str_at(&["metadata", "annotations", "argocd.argoproj.io/ignore-differences-json-pointers"]).unwrap();
    assert!(pointers.split(',').all(|pointer| certs::pointer(&secret, pointer).is_some()));
    assert_eq!(secret.str_at(&["metadata", "annotations", "kustomize.toolkit.fluxcd.io/ssa"]), Some("IfNotPresent"));
}

/// Applies the operations that our patches have (RFC 6902: add, replace).
fn apply(operations: &[Node], target: &mut Value) {
    for operation in operations {
        let path = operation.str_at(&["path"]).unwrap();
        let value = operation.get("value").unwrap().to_json();
        let (parent, last) = path.rsplit_once('/').unwrap();
        match (target.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")), operation.str_at(&["op"]).unwrap()) {
            (Value::Array(items), "add") if last == "-" => items.push(value),
            (Value::Array(items), "replace") => items[last.parse::<usize>().unwrap()] = value,
            (Value::Object(object), "add") => drop(object.insert(last.to_owned(), value)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_patch_adds_what_an_application_lacks_and_then_nothing() {
    let respect = "RespectIgnoreDifferences=true";
    for spec in [
        json!({}),
        json!({"ignoreDifferences": [{"kind": "Deployment", "jsonPointers": ["/spec/replicas"]}]}),
        json!({"syncPolicy": {"automated": {}}}),
        json!({"syncPolicy": {"syncOptions": ["CreateNamespace=true", "RespectIgnoreDifferences=false"]}}),
        json!({"syncPolicy": null, "ignoreDifferences": null}),
    ] {
        let mut application = json!({"kind": "Application", "spec": spec});
        let before = application.clone();
        let patch = ignore_differences::patch(&protected(Owner::Cluster), &Node::from_json(&application));
        apply(&patch, &mut application);
        let options = application["spec"]["syncPolicy"]["syncOptions"].as_array().unwrap();
        assert!(options.contains(&respect.into()) && !options.contains(&"RespectIgnoreDifferences=false".into()));
        let ignored = application["spec"]["ignoreDifferences"].as_array().unwrap();
        for entry in ignore_differences::entries(&protected(Owner::Cluster)) {
            assert!(ignored.contains(&entry.to_json()));
        }
        if let Some(old) = before["spec"]["ignoreDifferences"].as_array() {
            assert!(old.iter().all(|entry| ignored.contains(entry)));
        }
        assert!(ignore_differences::patch(&protected(Owner::Cluster), &Node::from_json(&application)).is_empty());
    }
}

#[test]
fn webhooks_fail_and_know_their_namespaces() {
    let run = |more: &[&str]| {
        let output =
            program().args(["certs", "webhook", "--service", SERVICE, "-n", NAMESPACE]).args(more).output().unwrap();
        assert!(output.status.success(), "{}", describe(&output));
        documents(&text(&output.stdout)).iter().map(Node::to_json).collect::<Vec<_>>()
    };
    let objects = run(&["--job-namespace", "jobs", "--timeout-seconds", "5"]);
    for webhook in objects.iter().flat_map(|object| object["webhooks"].as_array().unwrap()) {
        assert_eq!(webhook["failurePolicy"], "Fail");
        assert_eq!(webhook["timeoutSeconds"], 5);
        assert_eq!(webhook["namespaceSelector"]["matchExpressions"][0]["values"], json!(["jobs"]));
        assert!(webhook["clientConfig"].get("caBundle").is_none(), "the operator writes it");
    }
    assert_eq!(objects[0]["webhooks"].as_array().unwrap().len(), 4);
    assert_eq!(
        objects[0]["webhooks"][0]["objectSelector"]["matchLabels"]["sparkoperator.k8s.io/launched-by-spark-operator"],
        "true"
    );
    assert_eq!(run(&["--operator-version", "2.4"])[0]["webhooks"].as_array().unwrap().len(), 3);
    let injected = run(&["--inject-ca-from", "spark-operator/cert"]);
    assert_eq!(injected[1]["metadata"]["annotations"]["cert-manager.io/inject-ca-from"], "spark-operator/cert");
    let output = program()
        .args(["certs", "webhook", "--service", SERVICE, "-n", NAMESPACE, "--operator-version", "1.4"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn render_adopts_a_file_asks_cert_manager_or_adds_nothing() {
    let run = |options: &CertificatesOptions, adopted: Vec<Node>| {
        let mut diagnostics = Diagnostics::new();
        let manifests = certs::manifests(options, adopted, &mut diagnostics);
        (manifests, diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>())
    };
    let none = CertificatesOptions::default();
    assert!(run(&none, Vec::new()).0.is_empty());

    let file = Sourced::new("certs.yaml".to_owned(), Origin::Unknown);
    let adopted = CertificatesOptions { source: CertificateSource::File(file), ..none.clone() };
    let secret = Node::from_json(&sample());
    let (manifests, codes) = run(&adopted, vec![secret.clone()]);
    assert!(codes.is_empty());
    assert_eq!((manifests[0].provenance, &manifests[0].object), (Provenance::PassedThrough, &secret));
    assert_eq!(run(&adopted, Vec::new()).1, ["certificate-config"]);

    let service = certs::ServiceName { service: SERVICE.into(), namespace: NAMESPACE.into() };
    let source = CertificateSource::CertManager { service, secret_name: NAME.into() };
    let asked = CertificatesOptions { source, ..none };
    let (manifests, codes) = run(&asked, Vec::new());
    assert!(codes.is_empty());
    let certificate = manifests[0].object.to_json();
    assert_eq!(certificate["spec"]["privateKey"], json!({"algorithm": "RSA", "encoding": "PKCS1", "size": 2048}));
    assert_eq!(certificate["spec"]["issuerRef"]["name"], manifests[1].object.to_json()["metadata"]["name"]);
    assert_eq!(certificate["spec"]["dnsNames"][0], DNS);
}

/// Each fixture is a folder with `input.yaml` and `expected`: a line `code object field` for each finding.
#[test]
fn manifests_with_blind_webhooks_and_two_owners_are_found() {
    let mut folders: Vec<_> = fs::read_dir("fixtures/certs").unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 8);
    for folder in folders {
        let objects = documents(&fs::read_to_string(folder.join("input.yaml")).unwrap());
        let lines: Vec<_> = certs::findings(&objects)
            .iter()
            .map(|finding| {
                let object = finding.object.as_ref().unwrap();
                format!("{} {} {} {}\n", finding.code, object.kind, object.name, finding.path)
            })
            .collect();
        assert_eq!(lines.concat(), fs::read_to_string(folder.join("expected")).unwrap(), "{}", folder.display());
    }
}

#[test]
fn no_value_of_a_secret_is_near_the_place_of_a_finding() {
    let secret = sample().to_string();
    let mut blanked = sample();
    blanked["data"]["ca-key.pem"] = "".into();
    let text = format!("{secret}\n---\n{blanked}\n");
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("test.yaml", text);
    let objects: Vec<_> = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics)
        .into_iter()
        .map(read::Document::into_node)
        .collect();
    let findings = certs::findings(&objects);
    assert_eq!(findings.len(), 2, "an empty value, and two owners: {findings:?}");
    let shown = spark_render::internals::tree::printers::render(
        &findings,
        &sources,
        spark_render::internals::tree::printers::DiagnosticFormat::Full,
        false,
    );
    assert!(!shown.contains("LS0t"), "{shown}");
}

#[test]
fn other_names_are_dns_names() {
    let directory = tempfile::tempdir().unwrap();
    for (index, name) in ["hook.example.com", "*.example.com", "localhost"].iter().enumerate() {
        let output = init(&directory.path().join(index.to_string())).args(["--dns-name", name]).output().unwrap();
        assert!(output.status.success(), "{name}: {}", describe(&output));
    }
    for name in [
        "a b",
        "",
        "1.2.3.4",
        "*",
        "*.",
        "::1",
        "evil.com,DNS:x",
        "a..b",
        ".a",
        "a.",
        "-a.b",
        "a.*.b",
        "A.b",
        "ü.de",
        "a\nb",
    ] {
        let path = directory.path().join("refused.yaml");
        let output = init(&path).arg(format!("--dns-name={name}")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {}", describe(&output));
        assert!(!path.exists(), "{name}");
    }
}

/// No certificate ends later than 9999 (RFC 5280).
#[test]
fn the_far_future_is_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    let ends =
        ["9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "9990-01-01", "2060-01-01"];
    for (index, now) in ends.iter().enumerate() {
        let path = directory.path().join(format!("{index}.yaml"));
        let output = init(&path).args(["--now", now, "--days", "36500", "--ca-days", "36500"]).output().unwrap();
        assert!(output.status.success(), "{now}: {}", describe(&output));
        let output = program().args(["certs", "check", "--now", now]).arg(&path).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{now}: {}", describe(&output));
        let output =
            program().args(["certs", "rotate", "--ca", "--now", now, "--days", "36500"]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{now}: {}", describe(&output));
    }
}

#[test]
fn keys_do_not_go_to_standard_output() {
    let directory = tempfile::tempdir().unwrap();
    let output = init(Path::new("-")).current_dir(directory.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", describe(&output));
    assert!(output.stdout.is_empty() && text(&output.stderr).contains("never to standard output"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_kept_file_that_others_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certs.yaml");
    assert!(init(&path).output().unwrap().status.success());
    for (mode, told) in [(0o600, false), (0o644, true), (0o640, true), (0o400, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let output = init(&path).output().unwrap();
        assert!(output.status.success(), "{}", describe(&output));
        assert_eq!(text(&output.stderr).contains("others may read it"), told, "{mode:o}: {}", text(&output.stderr));
    }
}
