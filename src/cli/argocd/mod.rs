//! `argocd`: the commands of a config management plugin, and what is needed to set one up.

pub mod args;
mod discover;
mod generate;
mod ignore_differences;
mod install;
mod parameters;
mod paths;

use self::args::ArgoCdCommand;
use super::{ArgoCdEnvironment, ExitStatus, render::Talk, settings::Host};
use crate::{
    render::config::texts,
    tree::{Diagnostic, Diagnostics, failure::Failure},
};

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or flags contradict each other.
pub fn run(command: &ArgoCdCommand, environment: &ArgoCdEnvironment, talk: Talk) -> Result<ExitStatus, Failure> {
    match command {
        ArgoCdCommand::Generate(args) => generate::run(args, environment, talk),
        ArgoCdCommand::Parameters => parameters::run(talk),
        ArgoCdCommand::Discover => discover::run(environment, talk),
        ArgoCdCommand::Install(args) => install::run(args, talk),
        ArgoCdCommand::IgnoreDifferences(args) => ignore_differences::run(args, talk),
        ArgoCdCommand::Paths(args) => paths::run(args, talk),
    }
}

/// What Argo CD says, as a host.
fn host(environment: &ArgoCdEnvironment, diagnostics: &mut Diagnostics) -> Option<Host> {
    let entries = match environment.parameters.as_deref().map_or(Ok(Vec::new()), parameters::read) {
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
