//! Which command runs.

use std::{borrow::Cow, ffi::OsString};

use clap::{CommandFactory, Parser};

use super::{
    ExitStatus, Terminal, argocd,
    args::{Cli, Command},
    certs, check, completions, diff, explain,
    krm::{self, args},
    render,
    reporter::Reporter,
    schema, submit, version, versions,
};
use crate::{
    cli,
    tree::{Diagnostics, Sources, bug, display, failure::Failure, printers::DiagnosticFormat},
};

/// Runs the process's own command line.
#[must_use]
pub fn main() -> ExitStatus {
    cli::report_bugs();
    run(std::env::args_os().collect())
}

/// Runs a command line; its first word is the program.
#[must_use]
pub fn run(arguments: Vec<OsString>) -> ExitStatus {
    let arguments = diff::in_our_order(arguments);
    if let Some(mode) = krm::detect(&arguments) {
        return as_function(&mode);
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            say(&error);
            return if error.use_stderr() { ExitStatus::CouldNotRun } else { ExitStatus::Done };
        }
    };
    let mut terminal = Terminal::detect(cli.color, cli::no_color());
    terminal.interactive &= !cli.quiet;
    let usual = match &cli.command {
        Command::Krm(_) | Command::Argocd(_) => DiagnosticFormat::Sentence,
        _ => DiagnosticFormat::default(),
    };
    let reporter = Reporter { terminal, format: cli.diagnostics.unwrap_or(usual), quiet: cli.quiet };
    status(dispatch(&cli.command, reporter), terminal)
}

/// Runs as a host's function, which has no command line of ours.
fn as_function(mode: &krm::Mode) -> ExitStatus {
    let terminal = Terminal::detect(cli::ColorChoice::Never, true);
    let reporter = Reporter { terminal, format: DiagnosticFormat::Sentence, quiet: false };
    let outcome = match mode {
        krm::Mode::Function(stdin) => krm::run_on(&args::KrmArgs::default(), stdin.clone(), reporter),
        krm::Mode::Legacy(config, args) => krm::run_legacy(args, config, reporter),
    };
    status(outcome, terminal)
}

/// Prints what is wrong with the command line, which repeats parts of it.
fn say(error: &clap::Error) {
    let plain = error.to_string();
    match display::lines(&plain) {
        Cow::Owned(harmless) if error.use_stderr() => Terminal::detect(cli::ColorChoice::Never, true).report(&harmless),
        _ => {
            let _ = error.print();
        }
    }
}

fn status(outcome: Result<ExitStatus, Failure>, terminal: Terminal) -> ExitStatus {
    let status = outcome.unwrap_or_else(|failure| {
        terminal.report(&format!("error: {}\n", display::line(&failure.to_string())));
        ExitStatus::CouldNotRun
    });
    if bug::met() { ExitStatus::Bug } else { status }
}

fn dispatch(command: &Command, reporter: Reporter) -> Result<ExitStatus, Failure> {
    match command {
        Command::Render(args) => render::run(args, reporter),
        Command::Check(args) => check::run(args, reporter),
        Command::Diff(args) => diff::run(args, reporter),
        Command::Explain(args) => explain::run(args, reporter),
        Command::Submit(args) => {
            let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
            let environment = cli::variables(crate::spark::submit::ENVIRONMENT);
            let text = submit::run(args, &submit::LocalMachine, &environment, &mut sources, &mut diagnostics);
            reporter.findings(&diagnostics, &sources);
            let Some(text) = text else { return Ok(ExitStatus::Findings) };
            print(reporter, &text)
        }
        Command::Versions { format } => print(reporter, &versions::run(*format)),
        Command::Schema { schema } => print(reporter, &schema::text(*schema)),
        Command::Version { json } => print(reporter, &version::run(*json)),
        Command::Completions(args) => {
            let homes = cli::variables(completions::ENVIRONMENT);
            completions::run(args, &homes, &mut Cli::command(), reporter)
        }
        Command::Man => {
            let mut bytes = Vec::new();
            let failure = |source| Failure::Write { path: "the manual page".into(), source };
            clap_mangen::Man::new(Cli::command()).render(&mut bytes).map_err(failure)?;
            print(reporter, &String::from_utf8_lossy(&bytes))
        }
        Command::Certs(command) => certs::run(command, reporter),
        Command::Krm(args) => krm::run(args, reporter),
        Command::Argocd(command) => argocd::run(command, &cli::ArgoCdEnvironment::read(), reporter),
    }
}

fn print(reporter: Reporter, text: &str) -> Result<ExitStatus, Failure> {
    reporter.terminal.data(text.as_bytes())?;
    Ok(ExitStatus::Done)
}
