//! `argocd discover`: a match is status 0 and something on standard output; everything else is none.
//!
//! Where an Application names the plugin, any Spark resource is a match. Where it names none, Argo CD asks every
//! plugin: then only a directory that has our configuration is one, so that no application is taken over that an
//! operator runs.

use std::path::{Path, PathBuf};

use super::here;
use crate::{
    cli::{ArgoCdEnvironment, ExitStatus, reporter::Reporter},
    operator,
    render::config,
    text::read::{self, Input},
    tree::{Diagnostics, Sources, failure::Failure},
};

pub(crate) fn run(environment: &ArgoCdEnvironment, reporter: Reporter) -> Result<ExitStatus, Failure> {
    if let Some(found) = found(environment)? {
        reporter.terminal.data(format!("{found}\n").as_bytes())?;
    }
    Ok(ExitStatus::Done)
}

fn found(environment: &ArgoCdEnvironment) -> Result<Option<String>, Failure> {
    let folder = here(environment)?;
    if folder.is_file(Path::new(config::FILE_NAME)) {
        return Ok(Some(config::FILE_NAME.to_owned()));
    }
    if environment.parameters.is_none() {
        return Ok(None);
    }
    let files = read::walk(&folder, &[PathBuf::from(".")], &mut |_, _| {})?;
    Ok(files.iter().find(|input| has_spark(input)).map(Input::name))
}

/// Whether a file holds a Spark resource, or is broken and speaks of one: that it is broken is for `generate` to say.
fn has_spark(input: &Input) -> bool {
    let Ok(bytes) = input.bytes() else { return true };
    let text = String::from_utf8_lossy(&bytes);
    if !["SparkApplication", "SparkConnect", operator::GROUP].iter().any(|word| text.contains(word)) {
        return false;
    }
    if input.template {
        return true;
    }
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let Some(id) = read::add(input.name(), bytes, &mut sources, &mut diagnostics) else { return true };
    let documents = crate::operator::documents::parse(id, &sources, &mut diagnostics);
    diagnostics.has_errors() || documents.iter().any(|document| operator::is_spark(&document.node))
}
