//! The target's version in every spelling, and at both ends of what is known.

use std::path::Path;

use super::run::{Outcome, render};

/// Its Job looks otherwise from 1.29 on, and its ConfigMaps in 1.16.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/expectations/job-pod-replacement-policy");
const OLDEST: &str = "1.16";
const NEWEST: &str = "1.37";

fn for_version(version: &str) -> Outcome {
    render(Path::new(FOLDER), &["--target", "job", "--kube-version", version, "app.yaml"])
}

#[test]
fn every_spelling_of_a_version_means_the_same() {
    for (version, spellings) in [
        (OLDEST, &["v1.16", "1.16.0", "v1.16.15-gke.1"][..]),
        ("1.28", &["v1.28", "1.28.3", "v1.28.3", "v1.28.3-gke.1", "1.28+", "v1.28.9-eks-036c24b"]),
        ("1.29", &["v1.29", "1.29.0"]),
        (NEWEST, &["v1.37", "1.37.99"]),
    ] {
        let expected = for_version(version);
        assert!(expected.status == 0 && !expected.objects.is_empty(), "{version}: {:?}", expected.findings);
        for spelling in spellings {
            let outcome = for_version(spelling);
            assert_eq!(outcome.objects, expected.objects, "{spelling}");
            assert_eq!(outcome.codes(), expected.codes(), "{spelling}");
        }
    }
    assert_ne!(for_version("1.28").objects, for_version("1.29").objects);
    assert_ne!(for_version(OLDEST).objects, for_version("1.28").objects);
}

#[test]
fn a_newer_version_is_the_newest_and_an_older_one_is_refused() {
    for (version, code, status) in [
        ("1.36", None, 0),
        (NEWEST, None, 0),
        ("1.38", Some("kube-version-unknown"), 0),
        ("1.99", Some("kube-version-unknown"), 0),
        ("1.15", Some("kube-version-invalid"), 1),
        ("1.0", Some("kube-version-invalid"), 1),
        ("2.0", Some("kube-version-invalid"), 1),
        ("0.28", Some("kube-version-invalid"), 1),
        ("1", Some("kube-version-invalid"), 1),
        ("1.x", Some("kube-version-invalid"), 1),
        ("1.28.3.4", Some("kube-version-invalid"), 1),
        ("latest", Some("kube-version-invalid"), 1),
    ] {
        let outcome = for_version(version);
        assert_eq!(outcome.codes(), Vec::from_iter(code), "{version}");
        assert_eq!(outcome.status, status, "{version}");
        assert_eq!(outcome.objects.is_empty(), status != 0, "{version}");
    }
    assert_eq!(for_version("1.38").objects, for_version(NEWEST).objects);
}

/// The rules of the driver's Role.
fn rules(spark: &str) -> serde_json::Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/compat-stages");
    let arguments = ["--config", "rbac.yaml", "--kube-version", NEWEST, "--spark-version", spark, "app.yaml"];
    let outcome = render(Path::new(folder), &arguments);
    assert_eq!(outcome.status, 0, "{spark}: {:?}", outcome.findings);
    let mut roles = outcome.objects.into_iter().filter(|object| object["kind"] == "Role");
    roles.next().expect("`rbac` makes a Role")["rules"].take()
}

#[test]
fn a_spark_that_is_not_known_needs_what_the_nearest_known_one_needs() {
    for (nearest, others) in [("3.1.3", &["2.4.8", "3.0", "3.0.3", "3.1"][..]), ("4.3.0", &["4.4", "4.9.9", "5.0"])] {
        let expected = rules(nearest);
        assert!(expected.as_array().is_some_and(|rules| rules.len() >= 3), "{nearest}: {expected}");
        for other in others {
            assert_eq!(rules(other), expected, "{other}");
        }
    }
    // Collections are deleted from 3.4 on.
    assert_eq!(rules("3.2.4"), rules("3.3.4"));
    assert_ne!(rules("3.3.4"), rules("3.4.1"));
    assert_eq!(rules("3.4.1"), rules("4.2.1"));
}
