//! Which files a run may read: those below the root of its input.

use std::path::{Component, Path, PathBuf};

use crate::{
    render::config::layers,
    text::read::{Folder, Refusal, Root},
    tree::{Diagnostic, FieldPath, Origin, failure::Failure},
};

/// The folder below which Argo CD puts the copies of repositories that its plugins get, one folder for each call
/// (argo-cd, common.GetCMPWorkDir).
const ARGOCD_WORK_DIR: &str = "_cmp_server";

/// What bounds the files that input names.
#[derive(Debug, Clone, Default)]
pub(crate) enum Bound {
    /// The repository that the input is part of.
    #[default]
    Repository,
    /// This folder, a copy of the repository as of a revision.
    Copy(PathBuf),
    /// This folder, whatever the configuration is: the input and the parameters are a tenant's.
    Host(PathBuf),
}

impl Bound {
    /// The folder of an input.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn folder(&self, shown: &Path, allow_outside: bool) -> Result<Folder, Failure> {
        let root = match self {
            _ if allow_outside => Root::anywhere(),
            Self::Repository => Root::of_repository(shown)?,
            Self::Copy(root) | Self::Host(root) => Root::at(root)?,
        };
        root.folder(shown).ok_or_else(|| Failure::Usage(format!("{} is outside of its root", shown.display())))
    }

    /// The folder of a configuration that a person has named, from which the paths in it start. It may be elsewhere than
    /// the input, and then its own repository counts. With a host, paths are a tenant's, even those in parameters that
    /// are laid over such a configuration: they start at, and stay with, the input.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn folder_of_config(
        &self,
        shown: &Path,
        input: &Folder,
        allow_outside: bool,
    ) -> Result<Folder, Failure> {
        if let Some(folder) = input.root().folder(shown) {
            return Ok(folder);
        }
        match self {
            Self::Host(_) => Ok(input.clone()),
            _ => Self::Repository.folder(shown, allow_outside),
        }
    }
}

/// The files of an input.
#[derive(Debug, Clone)]
pub struct Files {
    /// The folder of the input, from which includes and pod templates are read.
    pub input: Folder,
    /// The folder that paths of the configuration are relative to.
    pub config: Folder,
}

/// That a file is not read which the configuration names in the field at `keys`; `origin` is where it does so.
///
/// # Errors
/// Where the system could not read it.
pub(crate) fn refused(refusal: Refusal, file: &Path, keys: &[&str], origin: &Origin) -> Result<Diagnostic, Failure> {
    Ok(placed(refusal.finding(file)?, keys, origin))
}

/// `diagnostic` at the place of a field.
pub(crate) fn placed(diagnostic: Diagnostic, keys: &[&str], origin: &Origin) -> Diagnostic {
    let placed = layers::fault(diagnostic.code, FieldPath::keys(keys), origin, diagnostic.message);
    Diagnostic { hints: diagnostic.hints, ..placed }
}

/// The root of what Argo CD has given to its plugin, which runs in `here`: the folder that `source_path`
/// (`ARGOCD_APP_SOURCE_PATH`) starts from; else the folder of this call below `_cmp_server`; else `here`. `.git` counts for
/// nothing: Argo CD's own advice is to leave it out of the copy, and folders above it are other tenants'.
#[must_use]
pub(crate) fn argocd_root(here: &Path, source_path: Option<&str>) -> PathBuf {
    let of_call = below_work_dir(here);
    let source = source_path.map(Path::new).filter(|path| !path.as_os_str().is_empty());
    let from_source = source.and_then(|path| {
        let names: Option<Vec<_>> = path
            .components()
            .filter(|part| *part != Component::CurDir)
            .map(|part| matches!(part, Component::Normal(_)).then_some(part))
            .collect();
        let names = names?;
        here.ends_with(names.iter().collect::<PathBuf>()).then(|| here.ancestors().nth(names.len()))?
    });
    match (from_source, of_call) {
        (Some(root), Some(of_call)) if !root.starts_with(of_call) => of_call.to_owned(),
        (Some(root), _) | (None, Some(root)) => root.to_owned(),
        (None, None) => here.to_owned(),
    }
}

fn below_work_dir(here: &Path) -> Option<&Path> {
    let parts: Vec<_> = here.components().collect();
    let work_dir = parts.iter().position(|part| part.as_os_str() == ARGOCD_WORK_DIR)?;
    here.ancestors().nth(parts.len().checked_sub(work_dir + 2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argocd_s_root_is_its_copy_of_the_repository() {
        for (here, source_path, root) in [
            // The whole repository was copied.
            ("/tmp/_cmp_server/1b/team/jobs", Some("team/jobs"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/team/jobs", Some("./team//jobs/"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b", Some("."), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/team/jobs", None, "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/team/jobs", Some(""), "/tmp/_cmp_server/1b"),
            // A part of it, by manifest-generate-paths.
            ("/tmp/_cmp_server/1b/jobs", Some("team/jobs"), "/tmp/_cmp_server/1b"),
            // Another work directory, and one's own machine.
            ("/srv/repository/team/jobs", Some("team/jobs"), "/srv/repository"),
            ("/srv/repository/team/jobs", Some("elsewhere"), "/srv/repository/team/jobs"),
            ("/srv/repository/team/jobs", None, "/srv/repository/team/jobs"),
            // Nothing that a source path says leads further up.
            ("/tmp/_cmp_server/1b/jobs", Some("_cmp_server/1b/jobs"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/jobs", Some("tmp/_cmp_server/1b/jobs"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/jobs", Some("x/../jobs"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/jobs", Some("/jobs"), "/tmp/_cmp_server/1b"),
            ("/tmp/_cmp_server/1b/_cmp_server/c/d", Some("d"), "/tmp/_cmp_server/1b/_cmp_server/c"),
            ("/tmp/_cmp_server", None, "/tmp/_cmp_server"),
        ] {
            assert_eq!(argocd_root(Path::new(here), source_path), Path::new(root), "{here} {source_path:?}");
        }
    }
}
