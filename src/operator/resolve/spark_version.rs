//! Which Spark the application runs.

use super::{DecodedApplication, ResolveOptions};
use crate::{
    spark::{self, Behaviour},
    tree::{Diagnostic, Diagnostics, FieldPath, Origin, Sourced},
};

/// Repositories whose tags begin with the version of the Spark inside.
const OFFICIAL_IMAGES: &[&str] = &[
    "apache/spark",
    "apache/spark-py",
    "apache/spark-r",
    "spark",
    "library/spark",
    "spark-operator/spark",
    "spark-operator/spark-py",
    "spark-operator/spark-r",
    "googlecloudplatform/spark-operator/spark",
    "kubeflow/spark-operator/spark",
];

/// `--spark-version`, else `spec.sparkVersion`.
pub(crate) fn resolve(
    written: &DecodedApplication,
    options: &ResolveOptions,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<spark::Version>> {
    let path = written.path(&["sparkVersion"]);
    let own = written.spec.spark_version.as_ref();
    let version = chosen(own, options, path, &written.spec.origin, diagnostics)?;
    report_images(written, &version, diagnostics);
    Some(version)
}

/// The option's version, else the resource's own, which stands at `path`.
pub(crate) fn chosen(
    own: Option<&Sourced<String>>,
    options: &ResolveOptions,
    path: FieldPath,
    parent: &Origin,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<spark::Version>> {
    if options.spark_version.is_some() {
        return options.spark_version.clone();
    }
    match own.filter(|version| !version.value.is_empty()) {
        Some(own) => read(own, &path, diagnostics),
        None => {
            diagnostics.push(
                Diagnostic::error("missing-field", format!("required field `{path}` is missing"))
                    .field(path)
                    .at(parent)
                    .hint("set it to the version of the Spark in the image, or pass `--spark-version`"),
            );
            None
        }
    }
}

/// Reads a version and says what is wrong with it, or that another one is used.
pub(crate) fn read(
    text: &Sourced<String>,
    path: &FieldPath,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<spark::Version>> {
    let mut version: spark::Version = match text.parse() {
        Ok(version) => version,
        Err(message) => {
            diagnostics.push(
                Diagnostic::error("invalid-spark-version", message)
                    .field(path.clone())
                    .at(&text.origin)
                    .hint("write the version of the Spark in the image, or pass `--spark-version`"),
            );
            return None;
        }
    };
    if !version.asked.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
        // The text becomes the label `spark-version`.
        version = version.plain();
        diagnostics.push(
            Diagnostic::warning(
                "invalid-spark-version",
                format!(
                    "`{}` is no Spark version, and is read as {version}; the operator takes it for one before {}",
                    text.value,
                    Behaviour::PodTemplates.first()
                ),
            )
            .field(path.clone())
            .at(&text.origin)
            .hint(format!("write `{version}`")),
        );
    }
    if !version.is_known() {
        let nearest = version.used_text();
        diagnostics.push(
            Diagnostic::warning(
                "spark-version-nearest",
                format!("Spark {version} is not known to the letter; what Spark {nearest} does is rendered"),
            )
            .field(path.clone())
            .at(&text.origin)
            .hint("compare the output with a pod that this Spark made"),
        );
    }
    Some(Sourced::new(version, &text.origin))
}

/// Says where an image's tag names another version.
fn report_images(written: &DecodedApplication, version: &Sourced<spark::Version>, diagnostics: &mut Diagnostics) {
    for (role, image) in images(written) {
        let Some((tag, inside)) = version_inside(image) else { continue };
        if !version.may_be(&inside) {
            diagnostics.push(
                Diagnostic::warning(
                    "spark-version-image",
                    format!("the image has tag `{tag}`, but the Spark version is {}", version.value),
                )
                .field(written.path(role))
                .at(&image.origin)
                .label(&version.origin, "the version is given here")
                .hint(format!("set `sparkVersion` to `{inside}`, or change the image")),
            );
        }
    }
}

/// The images that are named, with the fields that name them.
fn images(written: &DecodedApplication) -> impl Iterator<Item = (&'static [&'static str], &Sourced<String>)> {
    let spec = &written.spec;
    let driver = spec.driver.as_ref().and_then(|driver| driver.image.as_ref());
    let executor = spec.executor.as_ref().and_then(|executor| executor.image.as_ref());
    let images: [(&'static [&'static str], _); 3] =
        [(&["image"], spec.image.as_ref()), (&["driver", "image"], driver), (&["executor", "image"], executor)];
    images.into_iter().filter_map(|(field, image)| Some((field, image?)))
}

/// Tag of an image, and the version of the Spark inside, as far as the tag tells.
fn version_inside(image: &str) -> Option<(&str, spark::Version)> {
    let (repository, tag) = image.split('@').next()?.rsplit_once(':')?;
    if tag.contains('/') {
        return None;
    }
    let version = official_version(repository, tag).or_else(|| named_version(tag))?;
    Some((tag, version))
}

/// Of an image that the Spark project, Docker or the operator publish.
fn official_version(repository: &str, tag: &str) -> Option<spark::Version> {
    let (registry, path) = match repository.split_once('/') {
        Some((registry, path)) if registry.contains(['.', ':']) => (registry, path),
        _ => ("docker.io", repository),
    };
    let known = ["docker.io", "ghcr.io", "gcr.io", "index.docker.io"].contains(&registry);
    if !known || !OFFICIAL_IMAGES.contains(&path) {
        return None;
    }
    let core = tag.split(['-', '_', '+']).next()?.trim_start_matches('v');
    let version: spark::Version = core.parse().ok()?;
    core.contains('.').then_some(version)
}

/// Of an image of anybody whose tag says `spark-3.5.1`, `spark3.5.1` or `spark_v3.5`: the word with a version of Spark
/// right behind it. Numbers elsewhere in a tag are of the program, of Scala or of Hadoop.
fn named_version(tag: &str) -> Option<spark::Version> {
    let lower = tag.to_ascii_lowercase();
    let mut versions = lower.match_indices("spark").filter_map(|(at, word)| {
        let rest = &lower[at + word.len()..];
        let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
        let rest = rest.strip_prefix('v').unwrap_or(rest);
        let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let text = rest[..length].trim_end_matches('.');
        let version: spark::Version = text.parse().ok()?;
        (version.is_plausible() && (2..=3).contains(&text.split('.').count())).then_some(version)
    });
    versions.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_official_images_tell_the_version() {
        for (image, version) in [
            ("spark:3.5.1", Some("3.5.1")),
            ("apache/spark:3.5.1-scala2.12-java11-python3-ubuntu", Some("3.5.1")),
            ("docker.io/library/spark:4.0.0", Some("4.0.0")),
            ("gcr.io/spark-operator/spark-py:v3.1.1", Some("3.1.1")),
            ("ghcr.io/googlecloudplatform/spark-operator/spark:v3.1.1-hadoop3", Some("3.1.1")),
            ("apache/spark:3.5-python3", Some("3.5")),
            ("spark:4", None),
            ("apache/spark:latest", None),
            ("registry.example.com/team/spark:3.5.1", None),
            ("localhost:5000/spark", None),
            ("spark", None),
            ("apache/spark@sha256:00", None),
            ("registry.example.com/team/base:spark-3.4.1-hadoop-3.3", Some("3.4.1")),
            ("team/etl:1.2.0_spark3.5_scala2.12", Some("3.5")),
            ("team/etl:py3.10-pyspark_v3.5.2", Some("3.5.2")),
            ("team/etl:pi-sleep-v0.0.2", None),
            ("team/etl:spark-operator-2.5.1", None),
            ("team/etl:spark352-rapids25", None),
            ("team/spark-job:1.0", None),
            ("localhost:5000/spark3.5.1/etl", None),
        ] {
            let found = version_inside(image).map(|(_, version)| version.asked);
            assert_eq!(found.as_deref(), version, "{image}");
        }
    }
}
