//! `completions`: printed, or installed into the folder of a user in which the shell looks for them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use clap_complete::Shell;

use super::{ExitStatus, reporter::Reporter};
use crate::tree::failure::Failure;

/// The environment variables that say where a user's files are, and which shell he uses.
pub(crate) const ENVIRONMENT: &[&str] =
    &["HOME", "SHELL", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "BASH_COMPLETION_USER_DIR"];

/// `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell; with `--install` the one of `SHELL` if none is given.
    #[arg(required_unless_present = "install")]
    pub shell: Option<Shell>,
    /// Write them into the user's folder for completions (bash, zsh and fish), and say where.
    #[arg(long)]
    pub install: bool,
}

/// Runs the command for `program`.
///
/// # Errors
/// When the shell or its folder is not known, or the file cannot be written.
pub(crate) fn run(
    args: &CompletionsArgs,
    environment: &BTreeMap<String, String>,
    program: &mut clap::Command,
    reporter: Reporter,
) -> Result<ExitStatus, Failure> {
    let shell = args.shell.or_else(|| environment.get("SHELL").and_then(Shell::from_shell_path)).ok_or_else(|| {
        Failure::Usage("`SHELL` names no shell with completions: say which, `completions --install bash`".into())
    })?;
    let mut script = Vec::new();
    clap_complete::generate(shell, program, "spark-render", &mut script);
    if !args.install {
        reporter.terminal.data(&script)?;
        return Ok(ExitStatus::Done);
    }
    let path = place(shell, environment)?;
    let failure = |source| Failure::Write { path: path.clone(), source };
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failure)?;
    fs::write(&path, script).map_err(failure)?;
    reporter.terminal.data(format!("{}\n", path.display()).as_bytes())?;
    reporter.terminal.report(match shell {
        Shell::Zsh => {
            "note: zsh looks there if `fpath+=~/.zfunc` stands in ~/.zshrc before `autoload -Uz compinit && compinit`\n"
        }
        Shell::Bash => "note: bash needs the package bash-completion 2 for it; it is read in the next shell\n",
        _ => "note: it is read in the next shell\n",
    });
    Ok(ExitStatus::Done)
}

/// Where the shell looks for completions of one user.
fn place(shell: Shell, environment: &BTreeMap<String, String>) -> Result<PathBuf, Failure> {
    // The XDG specification has relative paths ignored.
    let absolute = |name: &str| environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let below_home = |path: &str| {
        let home = absolute("HOME");
        home.map(|home| home.join(path)).ok_or_else(|| Failure::Usage("`HOME` is not set to a folder".into()))
    };
    let or_home = |name: &str, path: &str| absolute(name).map_or_else(|| below_home(path), Ok);
    match shell {
        Shell::Bash => {
            let folder = match absolute("BASH_COMPLETION_USER_DIR") {
                Some(folder) => folder,
                None => or_home("XDG_DATA_HOME", ".local/share")?.join("bash-completion"),
            };
            Ok(folder.join("completions/spark-render"))
        }
        Shell::Zsh => below_home(".zfunc/_spark-render"),
        Shell::Fish => Ok(or_home("XDG_CONFIG_HOME", ".config")?.join("fish/completions/spark-render.fish")),
        other => Err(Failure::Usage(format!(
            "{other} has no folder for completions: write the output of `spark-render completions {other}` into a file \
             that its profile reads"
        ))),
    }
}
