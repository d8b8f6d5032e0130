//! Goldens: what becomes of the objects of a fixture in every version, versions with the same outcome together.

use std::{fmt::Write as _, fs, path::Path};

use spark_render::internals::{
    kube::{self, Manifest, OnUnsupported},
    text::write::yaml,
    tree::{Diagnostics, Sources},
};

use crate::{golden, line, load};

fn outcome(manifests: &[Manifest], sources: &Sources, version: kube::Version, policy: OnUnsupported) -> String {
    let mut diagnostics = Diagnostics::new();
    let made = kube::conform(manifests.to_vec(), version, policy, &mut diagnostics);
    let mut text = String::new();
    for diagnostic in &diagnostics {
        // Versions in messages would make every group its own.
        let said = line(diagnostic, sources).replace(&format!("Kubernetes {version}"), "this Kubernetes");
        writeln!(text, "# {}", said.replace(&format!("for {version}"), "here")).unwrap();
    }
    let mut yaml = String::new();
    yaml::write_stream(made.iter().map(|manifest| &manifest.object), &mut yaml);
    text + &yaml
}

fn across(path: &Path, policy: OnUnsupported) -> String {
    let (manifests, sources) = load(path);
    let mut groups: Vec<(kube::Version, kube::Version, String)> = Vec::new();
    for version in kube::Version::known() {
        let text = outcome(&manifests, &sources, version, policy);
        match groups.last_mut() {
            Some((_, last, same)) if *same == text => *last = version,
            _ => groups.push((version, version, text)),
        }
    }
    let mut all = String::new();
    for (index, (first, last, text)) in groups.iter().enumerate() {
        let separator = if index == 0 { "" } else { "---\n" };
        write!(all, "{separator}# Kubernetes {first} to {last}\n{text}").unwrap();
    }
    all
}

#[test]
fn every_fixture_becomes_what_its_golden_says() {
    let mut cases: Vec<_> = fs::read_dir("fixtures/compat").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 10);
    for case in cases {
        golden(&case.join("across-versions.yaml"), &across(&case.join("objects.yaml"), OnUnsupported::Drop));
    }
}

#[test]
fn keep_keeps_and_error_refuses() {
    let (manifests, _) = load(Path::new("fixtures/compat/resize-policy/objects.yaml"));
    let run = |policy| {
        let mut diagnostics = Diagnostics::new();
        let made = kube::conform(manifests.clone(), kube::Version::nearest(20), policy, &mut diagnostics);
        let codes: Vec<_> = diagnostics.iter().map(|one| (one.code, one.severity.as_str())).collect();
        (made[0].object == manifests[0].object, codes)
    };
    assert_eq!(run(OnUnsupported::Keep), (true, vec![("unsupported-field", "warning")]));
    assert_eq!(run(OnUnsupported::Drop), (false, vec![("unsupported-field", "note")]));
    let (manifests, _) = load(Path::new("fixtures/compat/pod-level-resources/objects.yaml"));
    let mut diagnostics = Diagnostics::new();
    let made = kube::conform(manifests.clone(), kube::Version::nearest(33), OnUnsupported::Error, &mut diagnostics);
    assert_eq!(made[0].object, manifests[0].object);
    let found: Vec<_> = diagnostics.iter().map(|one| (one.code, one.severity.as_str())).collect();
    assert_eq!(found, [("feature-gate-off", "error")]);
}

#[test]
fn previews_are_reported_and_left_alone_and_others_are_not_looked_at() {
    let (mut manifests, _) = load(Path::new("fixtures/compat/resize-policy/objects.yaml"));
    let before = manifests[0].object.clone();
    for (provenance, codes) in [
        (spark_render::internals::kube::Provenance::Preview, vec!["runtime-object"]),
        (spark_render::internals::kube::Provenance::PassedThrough, vec![]),
    ] {
        manifests[0].provenance = provenance;
        let mut diagnostics = Diagnostics::new();
        let made = kube::conform(manifests.clone(), kube::Version::nearest(20), OnUnsupported::Drop, &mut diagnostics);
        assert_eq!(made[0].object, before);
        assert_eq!(diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), codes);
    }
}

#[test]
fn the_cluster_confirms_kinds() {
    let (manifests, _) = load(Path::new("fixtures/compat/ingress/objects.yaml"));
    let codes = |served: &str| {
        let mut diagnostics = Diagnostics::new();
        kube::confirm_kinds(&manifests, served, kube::Version::nearest(30), &mut diagnostics);
        diagnostics.iter().flat_map(|one| one.hints.clone()).collect::<Vec<_>>()
    };
    assert!(codes("").is_empty());
    assert!(codes("v1,v1/Pod,networking.k8s.io/v1,networking.k8s.io/v1/Ingress").is_empty());
    let hints = codes("v1,v1/Pod,networking.k8s.io/v1beta1/Ingress");
    assert!(hints[0].contains("`networking.k8s.io/v1beta1`"), "{hints:?}");
}
