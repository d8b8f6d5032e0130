//! The commands: thin layers that read, call the stages, and print.

mod inputs;
mod parallel;
mod render;
mod settings;
pub mod submit;
pub mod tree;
mod unit;
pub mod versions;

use clap::Parser;

use self::render::Talk;
use crate::{
    cli::{
        self, ExitStatus, Terminal,
        args::{Cli, Command},
    },
    diagnostics::CodeDoc,
    failure::Failure,
};

/// Codes of the commands.
pub const CODES: &[CodeDoc] = &[
    CodeDoc {
        code: "nothing-to-emit",
        summary: "the output would be empty",
        explanation: "A host that gets an empty output prunes everything that it had applied before. An empty output is \
                      therefore an error, unless `--allow-empty` says that it is meant.",
    },
    CodeDoc {
        code: "duplicate-object",
        summary: "two objects of the output have the same kind, namespace and name",
        explanation: "Applied together, the last one wins, silently. Rename one of the applications, or the object that \
                      passes through.",
    },
    CodeDoc {
        code: "kube-version-missing",
        summary: "no target Kubernetes version is given",
        explanation: "The newest known version is taken. An older cluster may refuse fields that a newer one knows, and \
                      the output changes when a newer version becomes known: pin the version.",
    },
];

/// Runs the process's own command line.
#[must_use]
pub fn main() -> ExitStatus {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitStatus::CouldNotRun } else { ExitStatus::Done };
        }
    };
    let terminal = Terminal::detect(cli.color, cli::no_color());
    let talk = Talk { terminal, format: cli.diagnostics };
    match dispatch(&cli.command, talk) {
        Ok(status) => status,
        Err(failure) => {
            terminal.talk(&format!("error: {failure}\n"));
            ExitStatus::CouldNotRun
        }
    }
}

fn dispatch(command: &Command, talk: Talk) -> Result<ExitStatus, Failure> {
    match command {
        Command::Render(args) => render::run(args, talk),
    }
}
