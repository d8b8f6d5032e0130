//! The one reader of files that input can name: what a walk finds, and what configurations, parameters, applications
//! and templates refer to.
//!
//! Input may be somebody else's. A [`Root`] holds an open directory, and every path is resolved from there by the
//! system or, where it cannot, step by step by `cap-std`: `..` and links may lead anywhere below the root, never out of
//! it, and nothing can be exchanged between the check and the reading.

use std::{
    ffi::OsString,
    fmt, fs,
    io::{self, Read},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cap_std::{ambient_authority, fs::Dir};

use crate::tree::limits;
use crate::tree::{Diagnostic, failure::Failure};

/// A folder below which files are read.
#[derive(Clone)]
pub struct Root(Arc<Inner>);

struct Inner {
    /// Its real path; without one, files may lie anywhere.
    folder: PathBuf,
    /// `None`: files may lie anywhere.
    directory: Option<Dir>,
    /// Bytes that may still be read.
    left: AtomicU64,
}

impl fmt::Debug for Root {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Root").field(&self.0.folder).finish()
    }
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It lies outside of the root.
    #[error("it leads out of {}", .0.display())]
    Outside(PathBuf),
    /// A device, pipe or socket.
    #[error("it is not a regular file")]
    Special,
    /// It has more bytes than a file may have.
    #[error("it is larger than {} MiB", limits::FILE_BYTES >> 20)]
    TooLarge,
    /// All files together have more bytes than a run may read.
    #[error("the files of this run are larger than {} MiB together", limits::READ_BYTES >> 20)]
    Spent,
    /// There is no memory for it.
    #[error("there is no memory for it")]
    Memory,
    /// The system's word.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl Refusal {
    /// The finding about the file that is shown as `path`.
    ///
    /// # Errors
    /// Where the system could not read it: that is not the input's fault.
    pub fn finding(self, path: &Path) -> Result<Diagnostic, Failure> {
        let (code, hint) = match &self {
            Self::Outside(_) => (
                "outside-root",
                "copy the file into the repository; on your own machine, `--allow-outside` reads files from anywhere",
            ),
            Self::Special => ("special-file", "name a regular file"),
            Self::TooLarge | Self::Spent => ("yaml-limit", "split the input"),
            Self::Memory => ("yaml-limit", "split the input, or raise the limit of memory"),
            Self::System(_) => return Err(self.failure(path)),
        };
        Ok(Diagnostic::error(code, format!("`{}` is not read: {self}", path.display())).hint(hint))
    }

    /// As a failure of the whole run.
    #[must_use]
    pub fn failure(self, path: &Path) -> Failure {
        let source = match self {
            Self::System(source) => source,
            other => io::Error::other(other.to_string()),
        };
        Failure::Read { path: path.to_owned(), source }
    }
}

/// What lies at a path, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Special,
}

impl Kind {
    fn of(is_file: bool, is_folder: bool, is_link: bool) -> Self {
        match (is_file, is_folder, is_link) {
            (.., true) => Self::Link,
            (true, ..) => Self::File,
            (_, true, _) => Self::Folder,
            _ => Self::Special,
        }
    }
}

impl Root {
    /// The root at `folder`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn at(folder: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::Read { path: folder.to_owned(), source };
        let real = fs::canonicalize(or_here(folder)).map_err(failure)?;
        let directory = Dir::open_ambient_dir(&real, ambient_authority()).map_err(failure)?;
        Ok(Self::new(real, Some(directory)))
    }

    /// The root of the repository that `folder` is part of: the nearest folder with `.git`, from there upwards; `folder`
    /// itself where there is none.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn of_repository(folder: &Path) -> Result<Self, Failure> {
        let failure = |source| Failure::Read { path: folder.to_owned(), source };
        let real = fs::canonicalize(or_here(folder)).map_err(failure)?;
        let has_git = |folder: &&Path| fs::symlink_metadata(folder.join(".git")).is_ok();
        Self::at(real.ancestors().find(has_git).unwrap_or(&real))
    }

    /// No root: files may lie anywhere. For input that one trusts.
    #[must_use]
    pub fn anywhere() -> Self {
        Self::new(PathBuf::new(), None)
    }

    fn new(folder: PathBuf, directory: Option<Dir>) -> Self {
        Self(Arc::new(Inner { folder, directory, left: AtomicU64::new(limits::READ_BYTES) }))
    }

    /// The folder that is shown as `shown`, if it lies below the root.
    #[must_use]
    pub fn folder(&self, shown: &Path) -> Option<Folder> {
        let real = fs::canonicalize(or_here(shown)).ok()?;
        let inside = real.strip_prefix(&self.0.folder).ok()?.to_owned();
        Some(Folder { root: self.clone(), shown: shown.to_owned(), inside })
    }

    /// Reads a regular file.
    pub(crate) fn read(&self, inside: &Path) -> Result<Vec<u8>, Refusal> {
        // Opening a device or a pipe may do something or wait.
        if self.kind(inside)? != Kind::File {
            return Err(Refusal::Special);
        }
        let file = self.open(inside)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(Refusal::Special);
        }
        let bytes = bounded(file, metadata.len())?;
        let spend = |left: u64| left.checked_sub(bytes.len() as u64);
        self.0.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).map_err(|_| Refusal::Spent)?;
        Ok(bytes)
    }

    fn open(&self, inside: &Path) -> Result<fs::File, Refusal> {
        match &self.0.directory {
            Some(directory) => {
                let mut options = cap_std::fs::OpenOptions::new();
                options.read(true);
                #[cfg(unix)]
                cap_std::fs::OpenOptionsExt::custom_flags(&mut options, no_wait());
                directory
                    .open_with(or_here(inside), &options)
                    .map(cap_std::fs::File::into_std)
                    .map_err(|e| self.told(e))
            }
            None => {
                let mut options = fs::OpenOptions::new();
                options.read(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, no_wait());
                Ok(options.open(or_here(inside))?)
            }
        }
    }

    /// What lies at `inside`, links followed.
    pub(crate) fn kind(&self, inside: &Path) -> Result<Kind, Refusal> {
        let inside = or_here(inside);
        match &self.0.directory {
            Some(directory) => directory
                .metadata(inside)
                .map(|found| Kind::of(found.is_file(), found.is_dir(), false))
                .map_err(|error| self.told(error)),
            None => Ok(fs::metadata(inside).map(|found| Kind::of(found.is_file(), found.is_dir(), false))?),
        }
    }

    /// `inside` without links and `..`.
    pub(crate) fn real(&self, inside: &Path) -> Result<PathBuf, Refusal> {
        let inside = or_here(inside);
        match &self.0.directory {
            Some(directory) => {
                let real = directory.canonicalize(inside).map_err(|error| self.told(error))?;
                Ok(real.strip_prefix(".").map(Path::to_owned).unwrap_or(real))
            }
            None => Ok(fs::canonicalize(inside)?),
        }
    }

    /// The entries of a folder by name; links are not followed.
    pub(crate) fn entries(&self, inside: &Path) -> Result<Vec<(OsString, Kind)>, Refusal> {
        let inside = or_here(inside);
        let mut entries = Vec::new();
        match &self.0.directory {
            Some(directory) => {
                for entry in directory.read_dir(inside).map_err(|error| self.told(error))? {
                    let entry = entry?;
                    let kind = entry.file_type()?;
                    entries.push((entry.file_name(), Kind::of(kind.is_file(), kind.is_dir(), kind.is_symlink())));
                }
            }
            None => {
                for entry in fs::read_dir(inside)? {
                    let entry = entry?;
                    let kind = entry.file_type()?;
                    entries.push((entry.file_name(), Kind::of(kind.is_file(), kind.is_dir(), kind.is_symlink())));
                }
            }
        }
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(entries)
    }

    /// `cap-std` says with an error of its own, which has no number of the system's, that a path leads out.
    fn told(&self, error: io::Error) -> Refusal {
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            Refusal::Outside(self.0.folder.clone())
        } else {
            Refusal::System(error)
        }
    }

    /// Whether what lies at `path` (absolute, links resolved) is below the root.
    fn holds(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.0.folder).ok().map(Path::to_owned)
    }
}

/// A folder below a root, from which relative paths start.
#[derive(Debug, Clone)]
pub struct Folder {
    root: Root,
    shown: PathBuf,
    inside: PathBuf,
}

impl Folder {
    /// The path that messages use.
    #[must_use]
    pub fn shown(&self) -> &Path {
        &self.shown
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Reads the file that input calls `path`: relative to this folder, or absolute and below the root.
    ///
    /// # Errors
    /// When it is not a regular file below the root, too large, or cannot be read.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Refusal> {
        self.root.read(&self.inside(path)?)
    }

    /// Whether `path` is a regular file that may be read.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> bool {
        self.inside(path).and_then(|inside| self.root.kind(&inside)).is_ok_and(|kind| kind == Kind::File)
    }

    /// Where `path` lies below the root, still with its `..`.
    pub(crate) fn inside(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let outside = || Refusal::Outside(self.root.0.folder.clone());
        if path.components().any(|part| matches!(part, Component::Prefix(_) | Component::RootDir)) {
            return self.root.holds(path).ok_or_else(outside);
        }
        Ok(self.inside.join(path))
    }
}

/// Reads what a person has named: of any kind, wherever it is, but not more than a file may have.
///
/// # Errors
/// When it cannot be read, or is too large.
pub(crate) fn read_named(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = || {
        if path.as_os_str() == "-" {
            return bounded(io::stdin().lock(), 0);
        }
        let file = fs::File::open(path)?;
        let length = file.metadata().map_or(0, |found| found.len());
        bounded(file, length)
    };
    read().map_err(|refusal: Refusal| refusal.failure(path))
}

/// Reads to the end, `length` bytes as the system says, or stops at the largest size of a file. Memory that is not there
/// is an error like others: who has little of it learns which file wants more.
fn bounded(mut from: impl Read, length: u64) -> Result<Vec<u8>, Refusal> {
    let most = limits::FILE_BYTES as u64;
    if length > most {
        return Err(Refusal::TooLarge);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length).unwrap_or_default()).map_err(|_| Refusal::Memory)?;
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    // Of a pipe, or of a file that has grown since.
    let mut buffer = [0; 8 << 10];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        if bytes.len() + count > limits::FILE_BYTES {
            return Err(Refusal::TooLarge);
        }
        bytes.try_reserve(count).map_err(|_| Refusal::Memory)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// The empty path is the current directory.
fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// A pipe that takes a file's place is not waited for.
#[cfg(unix)]
fn no_wait() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}
