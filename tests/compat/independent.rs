//! What we make validates with a validator that shares nothing with us (`tests/schema`), for every version.
//!
//! `SPARK_RENDER_VALIDATE=PATH:PATH` validates what files, directories or lists of files (`.txt`, relative to the list)
//! render to as well, and on every version rather than on a sample.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use spark_render::internals::{
    kube::{self, Manifest, OnUnsupported},
    text::write::yaml,
    tree::Diagnostics,
};

use crate::{load, properties, tables};

/// Validates a stream against a version; the validator's complaints.
fn complaints(version: kube::Version, yaml: &str) -> Vec<String> {
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    fs::write(file.path(), yaml).unwrap();
    let output = Command::new("tests/schema/validate.sh")
        .args(["-k", &version.to_string()])
        .arg(file.path())
        .output()
        .expect("tests/schema/validate.sh runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors: Vec<String> = text.lines().filter(|line| line.starts_with("ERROR")).map(str::to_owned).collect();
    assert!(
        output.status.success() || !errors.is_empty(),
        "the validator did not run: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    errors
}

/// Objects as the target gets them; nothing where one is refused.
fn conforming(manifests: &[Manifest], version: kube::Version) -> Option<String> {
    let mut diagnostics = Diagnostics::new();
    let made = kube::conform(manifests.to_vec(), version, OnUnsupported::Drop, &mut diagnostics);
    let mut yaml = String::new();
    yaml::write_stream(made.iter().map(|manifest| &manifest.object), &mut yaml);
    (!diagnostics.has_errors()).then_some(yaml)
}

#[test]
fn every_fixture_validates_on_every_version() {
    let mut bad = Vec::new();
    let mut validated = 0;
    for version in kube::Version::known() {
        let mut all = String::new();
        let mut cases: Vec<_> = fs::read_dir("fixtures/compat").unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases {
            let (manifests, _) = load(&case.join("objects.yaml"));
            // The validator does not know these two.
            for manifest in manifests.iter().filter(|one| !["PodGroup", "PodSecurityPolicy"].contains(&one.kind())) {
                if let Some(yaml) = conforming(std::slice::from_ref(manifest), version) {
                    all.push_str("---\n");
                    all.push_str(&yaml);
                    validated += 1;
                }
            }
        }
        bad.extend(complaints(version, &all).into_iter().map(|one| format!("{version}: {one}")));
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(validated > 250, "{validated}");
}

#[test]
fn the_largest_object_of_every_kind_validates_on_every_version() {
    let tables = tables::read();
    let mut streams: Vec<String> = vec![String::new(); 64];
    properties::each_rendered(&tables, |target, object| {
        let mut diagnostics = Diagnostics::new();
        let version = kube::Version::nearest(target);
        let mut made = object;
        kube::tailor_object(&mut made, version, OnUnsupported::Drop, &mut diagnostics);
        let stream = &mut streams[target as usize];
        stream.push_str("---\n");
        yaml::write(&made, stream);
    });
    let mut bad = Vec::new();
    for version in sample() {
        bad.extend(
            complaints(version, &streams[version.minor() as usize])
                .into_iter()
                .filter(|one| !one.contains("is a required property"))
                .map(|one| format!("{version}: {one}")),
        );
    }
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad[..bad.len().min(20)].join("\n"));
}

#[test]
fn what_applications_render_to_validates_on_every_version() {
    // A test may be told of more to validate; output does not depend on it.
    #[allow(clippy::disallowed_methods)]
    let more = std::env::var("SPARK_RENDER_VALIDATE").unwrap_or_default();
    let versions: Vec<kube::Version> = if more.is_empty() { sample() } else { kube::Version::known().collect() };
    let mut paths = files(Path::new("fixtures/render"));
    paths.extend(more.split(':').filter(|path| !path.is_empty()).flat_map(|path| files(Path::new(path))));
    let (mut bad, mut rendered) = (Vec::new(), 0);
    for version in versions {
        let mut all = String::new();
        for path in &paths {
            for target in ["pod", "job"] {
                let output = Command::new(env!("CARGO_BIN_EXE_spark-render"))
                    .args(["render", "--only-spark", "-n", "jobs", "--target", target])
                    .args(["--kube-version", &version.to_string()])
                    .arg(path)
                    .output()
                    .unwrap();
                // What is refused has its reason on stderr, and nothing on stdout.
                if output.status.success() {
                    all.push_str("---\n");
                    all.push_str(&String::from_utf8(output.stdout).unwrap());
                    rendered += 1;
                }
            }
        }
        bad.extend(complaints(version, &all).into_iter().map(|one| format!("{version}: {one}")));
    }
    println!("{rendered} renders of {} files", paths.len());
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
    assert!(rendered > paths.len(), "{rendered}");
}

/// Those around which much changes.
fn sample() -> Vec<kube::Version> {
    [16, 18, 20, 21, 25, 28, 30, 33, 37].into_iter().map(kube::Version::nearest).collect()
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.extension().is_some_and(|extension| extension == "txt") {
        let folder = path.parent().unwrap();
        let list = fs::read_to_string(path).unwrap();
        return list.lines().filter(|line| !line.trim().is_empty()).map(|line| folder.join(line.trim())).collect();
    }
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).map(|all| all.map(|entry| entry.unwrap().path()).collect::<Vec<_>>());
    let mut entries = entries.unwrap_or_default();
    entries.sort();
    let is_application = |path: &Path| {
        path.extension().is_some_and(|extension| extension == "yaml")
            && fs::read_to_string(path).is_ok_and(|text| text.contains("SparkApplication\n"))
    };
    entries.iter().filter(|path| path.is_dir() || is_application(path)).flat_map(|path| files(path)).collect()
}
