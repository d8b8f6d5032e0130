//! The file of a Secret: read whole, created exclusively, replaced atomically, safe with many processes at once
//! and against a kill at any moment.
//!
//! What is written gets its name only when it is complete and on disk, by a hard link that fails if the name is
//! taken. On Linux the bytes are in a file without a name until then, so that a kill leaves nothing behind;
//! elsewhere a temporary file may stay, and the next run removes it. A lock on the directory keeps other
//! processes from making keys for nothing; nothing but speed (and the order of replacements) depends on it.

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use crate::tree::failure::Failure;

/// How often, and how long apart, the lock is tried: two minutes in all.
const LOCK_TRIES: u32 = 6000;
const LOCK_PAUSE: Duration = Duration::from_millis(20);
/// Part of the names of temporary files.
const TEMPORARY: &str = ".spark-render-tmp-";

/// Where a Secret is, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretFile {
    directory: PathBuf,
    name: OsString,
}

/// Whether the file was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Created {
    /// By this process.
    Ours,
    /// Somebody else was faster.
    Theirs,
}

impl SecretFile {
    /// Finds the place of `path`. Links are followed; what is no regular file (a terminal, a pipe) is refused.
    ///
    /// # Errors
    /// When it is no place for a file.
    pub(crate) fn resolve(path: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::Write { path: path.to_owned(), source };
        if path.as_os_str() == "-" {
            return Err(Failure::Usage(
                "private keys are written to files only, never to standard output: name a file".to_owned(),
            ));
        }
        let target = match fs::canonicalize(path) {
            Ok(target) if target.is_file() => target,
            Ok(_) => {
                return Err(Failure::Usage(format!(
                    "{} is no regular file: private keys are written to files only, never to terminals, pipes or logs",
                    path.display()
                )));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if path.is_symlink() {
                    return Err(failure(io::Error::other("it is a link that leads nowhere")));
                }
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let name = path.file_name().ok_or_else(|| failure(io::Error::other("it names no file")))?;
                fs::canonicalize(parent).map_err(failure)?.join(name)
            }
            Err(error) => return Err(failure(error)),
        };
        let (Some(directory), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(failure(io::Error::other("it names no file")));
        };
        Ok(Self { directory: directory.to_owned(), name: name.to_owned() })
    }

    /// The whole path.
    #[must_use]
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// The directory.
    #[must_use]
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name in the directory.
    #[must_use]
    pub(crate) fn name(&self) -> &std::ffi::OsStr {
        &self.name
    }

    /// The content, if there is a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.path()) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Failure::Read { path: self.path(), source }),
        }
    }

    /// Whether others than its owner may read the file, and the permissions that it has.
    #[cfg(unix)]
    #[must_use]
    pub(crate) fn open_to_others(&self) -> Option<u32> {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(self.path()).ok()?.permissions().mode() & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }

    /// Elsewhere permissions are not of this form.
    #[cfg(not(unix))]
    #[must_use]
    pub fn open_to_others(&self) -> Option<u32> {
        None
    }

    /// Waits until no other process writes here. Where directories cannot be locked, goes on without.
    ///
    /// # Errors
    /// When another process keeps it locked for minutes.
    pub(crate) fn lock(&self) -> Result<Lock<'_>, Failure> {
        let Ok(directory) = File::open(&self.directory) else { return Ok(Lock { place: self, directory: None }) };
        for _ in 0..LOCK_TRIES {
            match directory.try_lock() {
                Ok(()) => {
                    self.remove_leftovers();
                    return Ok(Lock { place: self, directory: Some(directory) });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(_)) => return Ok(Lock { place: self, directory: None }),
            }
        }
        let source = io::Error::other("another process has kept the directory locked for two minutes");
        Err(Failure::Write { path: self.path(), source })
    }

    /// Under the lock, temporary files can only be those of killed processes. They may hold keys.
    fn remove_leftovers(&self) {
        let prefix = self.temporary_prefix();
        let Ok(entries) = fs::read_dir(&self.directory) else { return };
        for entry in entries.flatten() {
            if entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn temporary_prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(&self.name);
        prefix.push(TEMPORARY);
        prefix
    }
}

/// The right to write, while it lives.
pub(crate) struct Lock<'a> {
    place: &'a SecretFile,
    directory: Option<File>,
}

impl Lock<'_> {
    /// Creates the file, unless there is one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn create(&self, bytes: &[u8]) -> Result<Created, Failure> {
        let path = self.place.path();
        let result = match unnamed::create(&self.place.directory, &path, bytes) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => self.create_named(&path, bytes),
            result => result,
        };
        match result.and_then(|()| self.sync()) {
            Ok(()) => Ok(Created::Ours),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Created::Theirs),
            Err(source) => Err(Failure::Write { path, source }),
        }
    }

    /// Puts `bytes` in the place of the file's content; a reader sees the old or the new one.
    ///
    /// # Errors
    /// When it cannot be written; the old content is still there then.
    pub(crate) fn replace(&self, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.place.path();
        let failure = |source| Failure::Write { path: path.clone(), source };
        let file = self.temporary(bytes).map_err(failure)?;
        file.persist(&path).map_err(|error| failure(error.error))?;
        self.sync().map_err(failure)
    }

    fn create_named(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.temporary(bytes)?.persist_noclobber(path).map(drop).map_err(|error| error.error)
    }

    /// A complete file (mode 0600 from its first moment) under a temporary name.
    fn temporary(&self, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        let prefix = self.place.temporary_prefix();
        let mut file = tempfile::Builder::new().prefix(&prefix).tempfile_in(&self.place.directory)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// Makes the directory's entry last.
    fn sync(&self) -> io::Result<()> {
        match &self.directory {
            Some(directory) => directory.sync_all(),
            None => Ok(()),
        }
    }
}

/// Files that have no name before they are complete (`O_TMPFILE`).
#[cfg(target_os = "linux")]
mod unnamed {
    use std::{
        fs::File,
        io::{self, Write},
        os::fd::AsRawFd,
        path::Path,
    };

    use rustix::fs::{AtFlags, CWD, Mode, OFlags};

    pub(crate) fn create(directory: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::open(directory, flags, Mode::RUSR | Mode::WUSR)?);
        file.write_all(bytes)?;
        file.sync_all()?;
        let own = format!("/proc/self/fd/{}", file.as_raw_fd());
        rustix::fs::linkat(CWD, own.as_str(), CWD, path, AtFlags::SYMLINK_FOLLOW)?;
        Ok(())
    }
}

/// Elsewhere there are none.
#[cfg(not(target_os = "linux"))]
mod unnamed {
    use std::{io, path::Path};

    pub(crate) fn create(_: &Path, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_once_and_complete() {
        let directory = tempfile::tempdir().unwrap();
        let place = SecretFile::resolve(&directory.path().join("a.yaml")).unwrap();
        assert_eq!(place.read().unwrap(), None);
        let lock = place.lock().unwrap();
        assert_eq!(lock.create(b"one").unwrap(), Created::Ours);
        assert_eq!(lock.create(b"two").unwrap(), Created::Theirs);
        assert_eq!(place.read().unwrap().unwrap(), b"one");
        lock.replace(b"three").unwrap();
        assert_eq!(place.read().unwrap().unwrap(), b"three");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_named_way_creates_once_too() {
        let directory = tempfile::tempdir().unwrap();
        let place = SecretFile::resolve(&directory.path().join("a.yaml")).unwrap();
        let lock = place.lock().unwrap();
        lock.create_named(&place.path(), b"one").unwrap();
        assert_eq!(lock.create_named(&place.path(), b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(place.read().unwrap().unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let place = SecretFile::resolve(&directory.path().join("a.yaml")).unwrap();
        let lock = place.lock().unwrap();
        let mode = || fs::metadata(place.path()).unwrap().permissions().mode() & 0o777;
        lock.create(b"one").unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o644)).unwrap();
        lock.replace(b"two").unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn leftovers_of_killed_processes_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        let left = directory.path().join(".a.yaml.spark-render-tmp-x1");
        let other = directory.path().join(".b.yaml.spark-render-tmp-x1");
        fs::write(&left, "key").unwrap();
        fs::write(&other, "key").unwrap();
        let place = SecretFile::resolve(&directory.path().join("a.yaml")).unwrap();
        let _lock = place.lock().unwrap();
        assert!(!left.exists());
        assert!(other.exists());
    }

    #[cfg(unix)]
    #[test]
    fn terminals_and_pipes_are_no_places_for_keys() {
        for path in ["/dev/null", "/dev/zero"] {
            assert!(SecretFile::resolve(Path::new(path)).is_err(), "{path}");
        }
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(directory.path().join("nowhere"), &link).unwrap();
        assert!(SecretFile::resolve(&link).is_err());
        assert!(SecretFile::resolve(directory.path()).is_err());
    }
}
