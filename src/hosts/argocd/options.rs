//! How Argo CD treats the rendered objects.

use std::{fmt, str::FromStr};

use crate::tree::Sourced;

/// How the output behaves in Argo CD.
#[derive(Debug, Clone, Default)]
pub struct ArgoCdOptions {
    /// Annotate Pods and Jobs so that a changed one is deleted and created again (`Force=true`).
    pub recreate: bool,
    /// `argocd.argoproj.io/sync-wave` for all rendered objects.
    pub sync_wave: Option<Sourced<i64>>,
    /// `argocd.argoproj.io/hook` for the Pod or Job.
    pub hook: Option<Sourced<Hook>>,
}

/// A phase of a sync in which a driver can run. `Skip` is not among them: a skipped driver never runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the sync.
    PreSync,
    /// With the other objects.
    Sync,
    /// After a sync whose objects are all healthy.
    PostSync,
    /// After a sync that failed.
    SyncFail,
    /// Before the Application is deleted.
    PreDelete,
    /// After it was.
    PostDelete,
}

impl Phase {
    /// All of them.
    pub(crate) const ALL: &[Self] =
        &[Self::PreSync, Self::Sync, Self::PostSync, Self::SyncFail, Self::PreDelete, Self::PostDelete];

    /// The word of the annotation.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::PreSync => "PreSync",
            Self::Sync => "Sync",
            Self::PostSync => "PostSync",
            Self::SyncFail => "SyncFail",
            Self::PreDelete => "PreDelete",
            Self::PostDelete => "PostDelete",
        }
    }
}

/// The phases in which an object is a hook, as they are written: `PreSync,PostSync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook(String);

impl FromStr for Hook {
    type Err = String;

    /// Checks each word. The error is the one that is no phase.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_phase = |word: &&str| Phase::ALL.iter().any(|phase| phase.as_str() == *word);
        match text.split(',').map(str::trim).find(|word| !is_phase(word)) {
            Some(word) => Err(word.to_owned()),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_a_list_of_phases() {
        assert_eq!(
            "PreSync, SyncFail".parse::<Hook>().map(|hook| hook.to_string()),
            Ok("PreSync, SyncFail".to_owned())
        );
        for (text, word) in [("Skip", "Skip"), ("PreSync,presync", "presync"), ("", "")] {
            assert_eq!(text.parse::<Hook>(), Err(word.to_owned()), "{text}");
        }
    }
}
