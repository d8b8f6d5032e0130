//! What spark-submit makes of its command line before anything is built
//! (`org.apache.spark.deploy.SparkSubmitArguments`, `SparkSubmit.prepareSubmitEnvironment`).

use super::{Context, joined};
use crate::{
    spark::SparkConf,
    tree::{Diagnostic, Diagnostics, FieldPath, Origin, Sourced, Stage},
};

/// The master of a driver that runs inside of the cluster it asks for executors.
const MASTER: &str = "k8s://https://kubernetes.default.svc";
/// Confs that name files; in each, those of the submitter's machine would have to be uploaded.
const FILE_LISTS: &[&str] = &["spark.jars", "spark.files", "spark.archives", "spark.submit.pyFiles"];

/// Flags win over `--conf`. Returns the main application file.
pub(crate) fn flags(
    context: &Context<'_>,
    conf: &mut SparkConf,
    diagnostics: &mut Diagnostics,
) -> Option<Sourced<String>> {
    foreign_keys(context, conf, diagnostics);
    let app = context.app;
    conf.set("spark.master", MASTER, Origin::derived(Stage::Assemble, "spark.master", []));
    // Whatever `mode` says.
    conf.set("spark.submit.deployMode", "cluster", Origin::derived(Stage::Assemble, "spark.submit.deployMode", []));
    conf.set("spark.app.name", &app.name.value, &app.name.origin);
    dependencies(context, conf);
    driver_host(context, conf, diagnostics);
    local_files(context, conf, diagnostics);
    packages(context, conf, diagnostics);
    main_class(context, diagnostics);
    let file = context.spec.main_application_file.clone().filter(|file| !file.value.is_empty())?;
    report_local(&file.value, &file.origin, || app.spec_path().key("mainApplicationFile"), diagnostics);
    Some(file)
}

/// `--jars` and kin; each replaces the conf, nothing is merged.
fn dependencies(context: &Context<'_>, conf: &mut SparkConf) {
    let Some(deps) = &context.spec.deps else { return };
    let rows = [
        ("spark.jars", "deps.jars", &deps.jars),
        ("spark.jars.packages", "deps.packages", &deps.packages),
        ("spark.jars.excludes", "deps.excludePackages", &deps.exclude_packages),
        ("spark.jars.repositories", "deps.repositories", &deps.repositories),
        ("spark.submit.pyFiles", "deps.pyFiles", &deps.py_files),
        ("spark.files", "deps.files", &deps.files),
        ("spark.archives", "deps.archives", &deps.archives),
    ];
    for (key, rule, items) in rows {
        if let Some(items) = items.as_deref().filter(|items| !items.is_empty()) {
            let (list, origin) = joined(rule, items);
            conf.set(key, list, origin);
        }
    }
}

/// `ignoreNonSparkProperties`.
fn foreign_keys(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let foreign: Vec<String> =
        conf.iter().map(|(key, _)| key).filter(|key| !key.starts_with("spark.")).map(str::to_owned).collect();
    for key in foreign {
        let Some(entry) = conf.remove(&key) else { continue };
        let hadoop = ["fs.", "dfs.", "hive.", "mapreduce.", "hadoop.", "yarn."];
        let hint = if hadoop.iter().any(|prefix| key.starts_with(prefix)) {
            "move it to `hadoopConf`".to_owned()
        } else {
            format!("write `spark.{key}` if the program reads it, or remove it")
        };
        diagnostics.push(
            Diagnostic::warning("foreign-conf", format!("Spark ignores `{key}`, which does not begin with `spark.`"))
                .field(context.app.spec_path().key("sparkConf").key(key))
                .at(entry.origin())
                .hint(hint),
        );
    }
}

/// In cluster mode the driver's address is its Service.
fn driver_host(context: &Context<'_>, conf: &mut SparkConf, diagnostics: &mut Diagnostics) {
    let key = "spark.driver.host";
    if let Some(entry) = conf.remove(key) {
        diagnostics.push(
            Diagnostic::warning("driver-host", format!("Spark ignores `{key}` in cluster mode"))
                .field(context.app.spec_path().key("sparkConf").key(key))
                .at(entry.origin())
                .hint("remove the conf"),
        );
    }
}

/// Whether `uri` is on the machine of the submitter: `Utils.resolveURI` gives a bare path the scheme `file`.
fn is_local(uri: &str) -> bool {
    match uri.split_once(':') {
        Some((scheme, _)) if is_scheme(scheme) => scheme == "file",
        _ => !uri.is_empty() && uri != "spark-internal",
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn local_files(context: &Context<'_>, conf: &SparkConf, diagnostics: &mut Diagnostics) {
    for key in FILE_LISTS {
        let Some(entry) = conf.entry(key) else { continue };
        for uri in entry.value.split(',').map(str::trim) {
            report_local(uri, entry.origin(), || field_of(context, key), diagnostics);
        }
    }
}

/// The field that sets `key`: one of `deps`, else sparkConf.
fn field_of(context: &Context<'_>, key: &str) -> FieldPath {
    let deps = context.spec.deps.as_ref();
    let field = deps.and_then(|deps| match key {
        "spark.jars" => deps.jars.as_ref().map(|_| "jars"),
        "spark.files" => deps.files.as_ref().map(|_| "files"),
        "spark.archives" => deps.archives.as_ref().map(|_| "archives"),
        "spark.submit.pyFiles" => deps.py_files.as_ref().map(|_| "pyFiles"),
        "spark.jars.packages" => deps.packages.as_ref().map(|_| "packages"),
        _ => None,
    });
    let base = context.app.spec_path();
    match field {
        Some(field) => base.key("deps").key(field),
        None => base.key("sparkConf").key(key),
    }
}

fn report_local(uri: &str, origin: &Origin, path: impl FnOnce() -> FieldPath, diagnostics: &mut Diagnostics) {
    if !is_local(uri) {
        return;
    }
    let file = uri.strip_prefix("file://").unwrap_or(uri);
    let file = file.strip_prefix("file:").unwrap_or(file);
    let directory = if file.starts_with('/') { "" } else { "/<directory>/" };
    diagnostics.push(
        Diagnostic::error(
            "local-file",
            format!("`{uri}` is a file of the machine that submits, and would be uploaded"),
        )
        .field(path())
        .at(origin)
        .hint(format!("write `local://{directory}{file}` if the file is in the image"))
        .hint("or put it where the pods can read it, such as `s3a://`, `hdfs://` or `https://`"),
    );
}

/// `--packages` are resolved by the driver when it starts.
fn packages(context: &Context<'_>, conf: &SparkConf, diagnostics: &mut Diagnostics) {
    let key = "spark.jars.packages";
    let Some(entry) = conf.entry(key).filter(|entry| !entry.value.is_empty()) else { return };
    let mut diagnostic = Diagnostic::warning(
        "packages-at-start",
        "packages are downloaded whenever the driver starts, from the network and into its ivy directory",
    )
    .field(field_of(context, key))
    .at(entry.origin());
    if !conf.contains("spark.jars.ivy") {
        diagnostic = diagnostic.hint("set `spark.jars.ivy: /tmp/.ivy2` in `sparkConf`, so that it is writable");
    }
    diagnostics.push(diagnostic.hint("put the jars into the image, and name them with `local://` in `deps.jars`"));
}

/// Spark looks for the class in the manifest of a jar that it can open; one inside the image it cannot.
fn main_class(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let Some(file) = &context.spec.main_application_file else { return };
    let script = [".py", ".R", ".r"].iter().any(|ending| file.value.ends_with(ending));
    let given = context.spec.main_class.as_ref().is_some_and(|class| !class.value.is_empty());
    if given || script || file.value.is_empty() {
        return;
    }
    let path = context.app.spec_path().key("mainClass");
    diagnostics.push(
        Diagnostic::error("no-main-class", format!("`{path}` is missing, and `{}` is no Python or R file", file.value))
            .field(path)
            .at(&file.origin)
            .hint("set `mainClass`; Spark cannot look into the jar before the driver runs"),
    );
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn bare_paths_and_file_uris_are_local_to_the_submitter() {
        for (uri, local) in [
            ("/opt/app.jar", true),
            ("app.jar", true),
            ("file:///opt/app.jar", true),
            ("file:/opt/app.jar", true),
            ("local:///opt/app.jar", false),
            ("s3a://bucket/app.jar", false),
            ("oci://spark@team/app.jar", false),
            ("spark-internal", false),
            ("", false),
        ] {
            assert_eq!(is_local(uri), local, "{uri}");
        }
    }
}
