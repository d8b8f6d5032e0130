//! `argocd`: the commands of a config management plugin, and what is needed to set one up.

pub(crate) mod args;
mod copy_binary;
mod discover;
mod generate;
mod ignore_differences;
mod install;
mod parameters;
mod paths;
pub(crate) mod supervised;

pub use parameters::read as read_parameters;

use self::args::ArgoCdCommand;
use std::path::Path;

use super::{
    ArgoCdEnvironment, ExitStatus,
    files::{self, Bound},
    reporter::Reporter,
    settings::Host,
};
use crate::{
    render::config::texts,
    text::read::Folder,
    tree::{Diagnostic, Diagnostics, failure::Failure},
};

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub(crate) fn run(
    command: &ArgoCdCommand,
    environment: &ArgoCdEnvironment,
    reporter: Reporter,
) -> Result<ExitStatus, Failure> {
    match command {
        ArgoCdCommand::Generate(args) if !args.within_limits => {
            supervised::run(args, &std::env::args_os().collect::<Vec<_>>(), reporter)
        }
        ArgoCdCommand::Generate(args) => {
            supervised::enter(args)?;
            generate::run(args, environment, reporter)
        }
        ArgoCdCommand::Parameters => parameters::run(environment, reporter),
        ArgoCdCommand::Discover => discover::run(environment, reporter),
        ArgoCdCommand::Install(args) => install::run(args, reporter),
        ArgoCdCommand::CopyBinary(args) => copy_binary::run(args, reporter),
        ArgoCdCommand::IgnoreDifferences(args) => ignore_differences::run(args, reporter),
        ArgoCdCommand::Paths(args) => paths::run(args, reporter),
    }
}

/// Below which folder an Application's files are read.
fn bound(environment: &ArgoCdEnvironment) -> Result<Bound, Failure> {
    let here = Path::new(".").canonicalize().map_err(|source| Failure::Read { path: ".".into(), source })?;
    Ok(Bound::Host(files::argocd_root(&here, environment.source_path.as_deref())))
}

/// The Application's directory.
fn here(environment: &ArgoCdEnvironment) -> Result<Folder, Failure> {
    bound(environment)?.folder(Path::new("."), false)
}

/// What Argo CD says, as a host.
fn host(environment: &ArgoCdEnvironment, diagnostics: &mut Diagnostics) -> Option<Host> {
    let parameters = match &environment.parameters {
        None => Ok(Vec::new()),
        Some(json) => match json.to_str() {
            Some(json) => parameters::read(json),
            None => Err("`ARGOCD_APP_PARAMETERS` is not UTF-8".to_owned()),
        },
    };
    let entries = match parameters {
        Ok(entries) => entries,
        Err(message) => {
            diagnostics.push(Diagnostic::error("argocd-parameters", message));
            return None;
        }
    };
    match texts::from_texts(&entries) {
        Ok(parameters) => Some(Host {
            namespace: environment.namespace.clone(),
            kube_version: environment.kube_version.clone(),
            namespace_required: true,
            rename_proof: false,
            parameters,
        }),
        Err(faults) => {
            for (name, message) in faults {
                diagnostics.push(
                    Diagnostic::error("argocd-parameters", format!("parameter `{name}`: {message}"))
                        .hint("correct `spec.source.plugin.parameters` of the Application"),
                );
            }
            None
        }
    }
}
