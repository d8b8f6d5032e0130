//! Tailoring and validation across all Kubernetes versions.
//!
//! Goldens lie beside their fixtures; `UPDATE_GOLDENS=1 cargo test --test compat` writes them anew.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod across_versions;
mod document;
mod generated;
#[cfg(feature = "real-programs")]
mod independent;
mod properties;
mod sample;
#[cfg(feature = "real-programs")]
mod schema_validator;
mod schemas;
mod stages;
mod tables;

use std::{fs, path::Path};

use spark_render::internals::{
    kube::Manifest,
    tree::{Diagnostics, Sources},
};

/// Reads all objects of a file as if we had rendered them.
fn load(path: &Path) -> (Vec<Manifest>, Sources) {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let id = sources.add(name, fs::read_to_string(path).unwrap());
    let documents = spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", path.display());
    (documents.into_iter().map(|document| Manifest::rendered(document.into_node())).collect(), sources)
}

/// One finding in one line.
fn line(diagnostic: &spark_render::internals::tree::Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.origin.span().map(|span| sources.place(span)).unwrap_or_default();
    let object =
        diagnostic.object.as_ref().map(|object| format!("{}/{} ", object.kind, object.name)).unwrap_or_default();
    format!(
        "{}[{}] {place} {object}{}: {}",
        diagnostic.severity.as_str(),
        diagnostic.code,
        diagnostic.path,
        diagnostic.message
    )
}

/// Compares `actual` with the file, or writes it where asked to.
fn golden(path: &Path, actual: &str) {
    // Only tests write goldens, and only when told so.
    #[allow(clippy::disallowed_methods)]
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    if update {
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected != actual {
        let diff = similar::TextDiff::from_lines(&expected, actual);
        panic!("{} is stale (UPDATE_GOLDENS=1 writes it):\n{}", path.display(), diff.unified_diff().context_radius(3));
    }
}
