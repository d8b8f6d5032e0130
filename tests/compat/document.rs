//! COMPATIBILITY.md, the ladder and the table of versions.

use std::path::Path;

use spark_render::internals::{
    cli::versions::{self, VersionsFormat},
    kube::{self, OnUnsupported, Outcome},
    review::compatibility::document,
};

use crate::{golden, load};

#[test]
fn compatibility_md_is_what_the_tables_say() {
    golden(Path::new("COMPATIBILITY.md"), &document::markdown());
}

fn ladder_of(case: &str, range: &str) -> kube::Ladder {
    let (manifests, _) = load(&Path::new("fixtures/compat").join(case).join("objects.yaml"));
    kube::ladder(&kube::Version::parse_range(range).unwrap(), |version, diagnostics| {
        kube::conform(manifests.clone(), version, OnUnsupported::Drop, diagnostics)
    })
}

#[test]
fn the_ladder_names_the_first_version_that_loses_nothing() {
    for (case, first) in [
        ("driver-service", Some(16)),
        ("driver-service-ip-families", Some(21)),
        ("native-sidecar", Some(29)),
        ("security-profiles", Some(16)),
        ("security-fields", Some(33)),
        ("resize-policy", Some(16)),
        ("topology-spread", Some(27)),
        ("pod-level-resources", Some(34)),
        ("volumes-and-probes", Some(35)),
        ("companions", Some(27)),
    ] {
        let ladder = ladder_of(case, "all");
        let found = ladder.first_whole.map(kube::Version::minor);
        assert_eq!(found, first, "{case}\n{}", ladder.text(|_| String::new()));
    }
}

#[test]
fn what_is_wrong_on_every_version_is_no_matter_of_versions() {
    let ladder = ladder_of("broken", "1.32-1.37");
    assert!(ladder.everywhere.iter().any(|one| one.code == "kube-unknown-field"));
    assert!(ladder.rungs.iter().all(|rung| rung.findings.iter().all(|one| one.code != "kube-unknown-field")));
}

#[test]
fn the_ladder_is_printed_for_people_and_programs() {
    let ladder = ladder_of("pod-level-resources", "1.32-1.35");
    assert_eq!(
        ladder.text(|_| "objects.yaml:9:5".to_owned()),
        "1.32–1.33   loses something\n            warning[feature-gate-off] objects.yaml:9:5: field `resources` needs feature gate \
         `PodLevelResources`, off in Kubernetes 1.32, on by default from 1.34; dropped\n1.34–1.35   whole\nworks whole from \
         Kubernetes 1.34\n"
    );
    let json = ladder.json(|_| String::new());
    assert_eq!(json["firstWhole"], "1.34");
    assert_eq!(json["rungs"][0]["outcome"], "lossy");
    assert_eq!(json["rungs"][0]["findings"][0]["field"], "spec.resources");
    assert_eq!(ladder.rungs[1].outcome, Outcome::Whole);
}

#[test]
fn versions_are_printed_for_people_and_programs() {
    let text = versions::run(VersionsFormat::Text);
    assert!(text.contains("server-side-apply-below-1.20.6: Spark >=3.5, Kubernetes <1.20.6"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&versions::run(VersionsFormat::Json)).unwrap();
    assert_eq!(json["kubernetes"]["validated"].as_array().unwrap().len(), 22);
    assert_eq!(json["spark"][4]["fabric8"], "6.7.2");
}
