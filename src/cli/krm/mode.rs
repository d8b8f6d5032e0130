//! Whether a host has started us as a function, without saying so.

use std::{
    ffi::OsString,
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use clap::{CommandFactory, Parser};

use super::args::KrmArgs;
use crate::{
    cli::{
        self,
        args::{Cli, Command},
    },
    hosts::krm::ResourceList,
    text::read,
    tree::{Diagnostics, Sources},
};

/// How a host has started the process.
#[derive(Debug)]
pub(crate) enum Mode {
    /// As a KRM function, with what it sent on standard input.
    Function(Vec<u8>),
    /// As a legacy exec plugin of kustomize, with its configuration file and arguments (`argsOneLiner`).
    Legacy(PathBuf, Box<KrmArgs>),
}

/// Looks at the arguments, the environment and, where nothing else tells, at standard input. What is broken is for
/// the command line parser to say.
#[must_use]
pub(crate) fn detect(arguments: &[OsString]) -> Option<Mode> {
    match arguments {
        [_] | [] => function(),
        [_, first, rest @ ..] => legacy(Path::new(first), rest),
    }
}

/// kustomize before 5.7 cannot give arguments to an exec function.
fn function() -> Option<Mode> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        return None;
    }
    let mut bytes = Vec::new();
    stdin.read_to_end(&mut bytes).ok()?;
    is_resource_list(&bytes).then_some(Mode::Function(bytes))
}

fn is_resource_list(bytes: &[u8]) -> bool {
    let (mut sources, mut scratch) = (Sources::new(), Diagnostics::new());
    let Some(id) = read::add("stdin", bytes.to_vec(), &mut sources, &mut scratch) else { return false };
    let mut loader = crate::operator::documents::loader(id, &sources, &mut scratch);
    loader.next(&mut scratch).is_some_and(|document| ResourceList::is(&document.node))
}

fn legacy(first: &Path, rest: &[OsString]) -> Option<Mode> {
    let is_command = || Cli::command().get_subcommands().any(|command| first.as_os_str() == command.get_name());
    if !cli::is_kustomize_plugin() || is_command() || !first.is_file() {
        return None;
    }
    let words = ["spark-render", "krm"].into_iter().map(OsString::from).chain(rest.iter().cloned());
    match Cli::try_parse_from(words).ok()?.command {
        Command::Krm(args) => Some(Mode::Legacy(first.to_owned(), Box::new(args))),
        _ => None,
    }
}
