//! The directory of a tree: held open and locked, so that what is read, written, renamed and removed lies in it, whatever
//! links lie there, and so that one run at a time works on it.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use cap_std::fs::Dir;

use crate::tree::{failure::Failure, limits::FILE_BYTES};

/// How often, and how long apart, the lock is tried: ten minutes in all.
const LOCK_TRIES: u32 = 12_000;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How names of folders begin in which a run prepares files.
pub(super) const STAGING: &str = ".spark-render-staging";

/// An open directory.
#[derive(Debug)]
pub(super) struct Directory {
    /// As messages show it.
    shown: PathBuf,
    dir: Dir,
    /// Keeps the lock.
    _lock: File,
    /// Whether this run has made it.
    is_new: bool,
    staging: Option<Staging>,
}

/// A folder of this run alone, for files that are not complete yet.
#[derive(Debug)]
struct Staging {
    name: String,
    dir: Dir,
    files: u32,
}

impl Directory {
    /// Opens `shown` to write in it. It is made if it is not there; another run that writes in it is waited for, and what a
    /// killed one has prepared is removed.
    pub(super) fn create(shown: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::Write { path: shown.to_owned(), source };
        loop {
            let is_new = !shown.exists();
            fs::create_dir_all(shown).map_err(failure)?;
            let Some(opened) = open(shown).map_err(failure)? else { continue };
            let (dir, lock) = opened;
            wait(shown, || lock.try_lock())?;
            if is_at(&lock, shown) {
                let directory = Self { shown: shown.to_owned(), dir, _lock: lock, is_new, staging: None };
                directory.remove_leftovers().map_err(failure)?;
                return Ok(directory);
            }
        }
    }

    /// Opens `shown` to look at it; `None` if it is not there.
    pub(super) fn look(shown: &Path) -> Result<Option<Self>, Failure> {
        let failure = |source| Failure::Read { path: shown.to_owned(), source };
        let Some((dir, lock)) = open(shown).map_err(failure)? else { return Ok(None) };
        wait(shown, || lock.try_lock_shared())?;
        Ok(Some(Self { shown: shown.to_owned(), dir, _lock: lock, is_new: false, staging: None }))
    }

    /// The names in it, but for what runs prepare.
    pub(super) fn is_empty(&self) -> Result<bool, Failure> {
        let mut entries = self.dir.entries().map_err(|source| self.cannot_read("", source))?;
        Ok(entries.all(|entry| entry.is_ok_and(|entry| is_staging(&entry.file_name()) || entry.file_name() == LOCK)))
    }

    /// The bytes of `file`, `None` if it is not there. Links and special files are refused, also on the way to it.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>, Failure> {
        if let Some((folder, _)) = file.split_once('/')
            && !self.is_folder(folder)?
        {
            return Ok(None);
        }
        match self.dir.symlink_metadata(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.cannot_read(file, source)),
            Ok(found) if !found.is_file() => return Err(self.strange(file)),
            Ok(found) if found.len() > FILE_BYTES as u64 => {
                return Err(self.cannot_read(file, io::Error::other("it is too large")));
            }
            Ok(_) => {}
        }
        self.dir.read(file).map(Some).map_err(|source| self.cannot_read(file, source))
    }

    /// Prepares a file; returns its number.
    pub(super) fn stage(&mut self, bytes: &[u8]) -> Result<u32, Failure> {
        if self.staging.is_none() {
            self.staging = Some(self.new_staging().map_err(|source| self.cannot_write("", source))?);
        }
        let staging = self.staging.as_mut().expect("made above");
        let number = staging.files;
        staging.files += 1;
        let path = format!("{}/{number}", staging.name);
        let write = staging.dir.create(number.to_string()).and_then(|mut file| file.write_all(bytes));
        write.map_err(|source| self.cannot_write(&path, source))?;
        Ok(number)
    }

    fn new_staging(&self) -> io::Result<Staging> {
        loop {
            let mut random = [0; 8];
            getrandom::fill(&mut random).map_err(io::Error::other)?;
            let name = format!("{STAGING}-{}", crate::spark::names::hex(&random));
            match self.dir.create_dir(&name) {
                Ok(()) => return Ok(Staging { dir: self.dir.open_dir(&name)?, name, files: 0 }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Puts a prepared file into place.
    pub(super) fn place(&self, number: u32, file: &str) -> Result<(), Failure> {
        let staging = self.staging.as_ref().expect("what has a number was staged");
        if let Some((folder, _)) = file.split_once('/')
            && !self.is_folder(folder)?
        {
            self.dir.create_dir(folder).map_err(|source| self.cannot_write(folder, source))?;
        }
        staging.dir.rename(number.to_string(), &self.dir, file).map_err(|source| self.cannot_write(file, source))
    }

    /// Prepares `bytes`, makes them last, puts them into place and makes that last too.
    pub(super) fn replace(&mut self, file: &str, bytes: &[u8]) -> Result<(), Failure> {
        let number = self.stage(bytes)?;
        let staging = self.staging.as_ref().expect("what has a number was staged");
        let mut options = cap_std::fs::OpenOptions::new();
        let sync = staging.dir.open_with(number.to_string(), options.write(true)).and_then(|file| file.sync_all());
        sync.map_err(|source| self.cannot_write(file, source))?;
        self.place(number, file)?;
        self.sync(&BTreeSet::new())
    }

    /// Removes `file` if it is there, and its folder if that is empty then: a folder with somebody's files stays.
    pub(super) fn remove(&self, file: &str) -> Result<(), Failure> {
        let folder = file.split_once('/').map(|(folder, _)| folder);
        if let Some(folder) = folder
            && !self.is_folder(folder)?
        {
            return Ok(());
        }
        match self.dir.remove_file(file) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(self.cannot_write(file, source)),
            _ => {}
        }
        if let Some(folder) = folder {
            let _ = self.dir.remove_dir(folder);
        }
        Ok(())
    }

    /// Makes the entries of the directory and of `folders` in it last, where directories can be synced.
    pub(super) fn sync(&self, folders: &BTreeSet<&str>) -> Result<(), Failure> {
        let synced = |folder: &str| match self.dir.open(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            opened => opened.and_then(|folder| folder.sync_all()).map_err(|source| self.cannot_write(folder, source)),
        };
        if cfg!(unix) {
            folders.iter().try_for_each(|folder| synced(folder))?;
            synced(".")?;
        }
        Ok(())
    }

    /// Whether `file` is there in exactly these letters.
    pub(super) fn has_exactly(&self, file: &str) -> Result<bool, Failure> {
        let (folder, name) = file.rsplit_once('/').unwrap_or((".", file));
        let mut entries = self.dir.read_dir(folder).map_err(|source| self.cannot_read(folder, source))?;
        Ok(entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() == name)))
    }

    /// Under the lock these are those of killed runs. A link of such a name is not followed.
    fn remove_leftovers(&self) -> io::Result<()> {
        for entry in self.dir.entries()? {
            let entry = entry?;
            if is_staging(&entry.file_name()) && entry.file_type()?.is_dir() {
                self.dir.remove_dir_all(entry.file_name())?;
            }
        }
        Ok(())
    }

    /// Whether there is a folder `name`; a link, or what else it may be, is refused.
    fn is_folder(&self, name: &str) -> Result<bool, Failure> {
        match self.dir.symlink_metadata(name) {
            Ok(found) if found.is_dir() => Ok(true),
            Ok(_) => Err(self.strange(name)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(self.cannot_read(name, source)),
        }
    }

    fn strange(&self, name: &str) -> Failure {
        Failure::Usage(format!(
            "{} is a link or no regular file or folder, which spark-render cannot have written: remove it",
            self.shown.join(name).display()
        ))
    }

    fn cannot_read(&self, name: &str, source: io::Error) -> Failure {
        Failure::Read { path: self.shown.join(name), source }
    }

    fn cannot_write(&self, name: &str, source: io::Error) -> Failure {
        Failure::Write { path: self.shown.join(name), source }
    }
}

/// What was prepared goes; so does a directory that this run has made for nothing.
impl Drop for Directory {
    fn drop(&mut self) {
        if let Some(staging) = self.staging.take() {
            drop(staging.dir);
            let _ = self.dir.remove_dir_all(&staging.name);
        }
        if self.is_new {
            let _ = fs::remove_dir(&self.shown);
        }
    }
}

fn is_staging(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(STAGING.as_bytes())
}

/// The file whose lock is the directory's, where directories have none.
const LOCK: &str = ".spark-render-lock";

/// Opens a directory and what its lock is on; `None` if it is not there.
fn open(shown: &Path) -> io::Result<Option<(Dir, File)>> {
    let opened = if cfg!(unix) {
        File::open(shown).and_then(|lock| Ok((Dir::from_std_file(lock.try_clone()?), lock)))
    } else {
        Dir::open_ambient_dir(shown, cap_std::ambient_authority()).and_then(|dir| {
            let mut options = cap_std::fs::OpenOptions::new();
            let lock = dir.open_with(LOCK, options.write(true).create(true))?.into_std();
            Ok((dir, lock))
        })
    };
    match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Tries to lock until it works. Where there are no locks (some network file systems), goes on without.
fn wait(shown: &Path, lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), Failure> {
    for _ in 0..LOCK_TRIES {
        match lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(()),
        }
    }
    let source = io::Error::other("another process has kept the directory locked for ten minutes");
    Err(Failure::Write { path: shown.to_owned(), source })
}

/// Whether the directory is still at its path: the run that was waited for may have removed it.
#[cfg(unix)]
fn is_at(directory: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    match (directory.metadata(), fs::metadata(path)) {
        (Ok(opened), Ok(now)) => identity(opened) == identity(now),
        _ => false,
    }
}

/// A directory that holds an open file is not removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
