//! Whether git would take a file into a commit. Only one question is put to git itself (what is ignored, for its
//! rules are many); whether there is a work tree at all is seen from the folders.

use std::process::{Command, Stdio};

use super::SecretFile;

/// What git thinks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tracking {
    /// It is in no work tree.
    Outside,
    /// It is in a work tree, and ignored.
    Ignored,
    /// It is in a work tree, and `git add` would take it, or has.
    Committable,
    /// It is in a work tree, and git cannot be asked.
    Unknown,
}

/// Variables that would make git look at another repository.
const REDIRECTIONS: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"];

/// Looks for a work tree around `place`, and asks git whether it ignores the file. (Files that are tracked already
/// do not count as ignored.) Programs that the repository's configuration names are not started.
#[must_use]
pub(crate) fn tracking(place: &SecretFile) -> Tracking {
    if !place.directory().ancestors().any(|folder| folder.join(".git").exists()) {
        return Tracking::Outside;
    }
    let mut git = Command::new("git");
    git.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"])
        .arg(place.directory())
        .args(["check-ignore", "--quiet", "--"])
        .arg(place.name())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    git.env("GIT_NO_LAZY_FETCH", "1");
    for variable in REDIRECTIONS {
        git.env_remove(variable);
    }
    match git.status().map(|status| status.code()) {
        Ok(Some(0)) => Tracking::Ignored,
        Ok(Some(1)) => Tracking::Committable,
        _ => Tracking::Unknown,
    }
}
