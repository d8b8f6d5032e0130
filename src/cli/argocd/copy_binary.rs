//! `argocd copy-binary`: this program as a new file, from an image that has no `cp`.

use std::{fs, io, path::Path};

use super::args::CopyArgs;
use crate::{
    cli::{ExitStatus, reporter::Reporter},
    tree::failure::Failure,
};

/// A file that is there is never changed. The same program is no error: the kubelet may run an init container again.
pub(crate) fn run(args: &CopyArgs, reporter: Reporter) -> Result<ExitStatus, Failure> {
    let to = &args.destination;
    let program = std::env::current_exe()
        .map_err(|error| Failure::Program { program: "spark-render".into(), message: error.to_string() })?;
    let failure = |source| Failure::Write { path: to.clone(), source };
    match fs::symlink_metadata(to) {
        Ok(there) if there.is_file() && same(&program, to)? => return Ok(ExitStatus::Done),
        Ok(_) => return Err(failure(io::Error::new(io::ErrorKind::AlreadyExists, "it is there, and left alone"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failure(error)),
    }
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Whole or not at all: a container that is stopped half-way leaves no half program under the name.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failure)?;
    let mut source = fs::File::open(&program).map_err(|source| Failure::Read { path: program.clone(), source })?;
    io::copy(&mut source, &mut file).map_err(failure)?;
    #[cfg(unix)]
    file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755)).map_err(failure)?;
    file.persist_noclobber(to).map_err(|error| failure(error.error))?;
    reporter.terminal.report(&format!("wrote {}\n", to.display()));
    Ok(ExitStatus::Done)
}

fn same(one: &Path, other: &Path) -> Result<bool, Failure> {
    let read = |path: &Path| fs::read(path).map_err(|source| Failure::Read { path: path.into(), source });
    Ok(read(one)? == read(other)?)
}
