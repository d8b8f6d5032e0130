//! `-o DIR`: a tree of one file per object that the tool owns.
//!
//! A marker file (not YAML, so no host takes it for a manifest) lists the files and the input that each came
//! from. New content is prepared in a folder of the run's own, renamed into place, and stale files of the same inputs are
//! deleted last; a run that is cut off leaves a tree whose every file is whole and owned. DIR and the marker are part of
//! what others propose: nothing outside of DIR is read, shown, written or removed, whatever they hold.

mod directory;
mod marker;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use self::directory::Directory;
pub(crate) use self::marker::file_name;
use crate::{text::read::MARKER, tree::failure::Failure};

/// The file that tells kustomize, and with it Flux, which files a tree has.
pub(crate) const KUSTOMIZATION: &str = "kustomization.yaml";

/// A tree being written. Nothing is visible in it before [`TreeWriter::commit`].
#[derive(Debug)]
pub(crate) struct TreeWriter {
    shown: PathBuf,
    /// None where there is nothing yet to look at.
    directory: Option<Directory>,
    /// Whether the tree is only looked at.
    dry: bool,
    /// The marker as it is.
    marker: Vec<u8>,
    /// The inputs that files came from.
    inputs: Vec<String>,
    /// Files of earlier runs.
    owned: Files,
    /// Files of this run.
    written: Files,
    /// Files of earlier runs that have capitals, by their names in lower case: some file systems cannot tell them apart.
    capitals: BTreeMap<String, String>,
}

/// Files by their path in the tree. There are several for each application, so each takes little memory.
type Files = BTreeMap<Box<str>, Owned>;

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
struct Owned {
    /// Index into [`TreeWriter::inputs`].
    input: u32,
    /// The number of the prepared file that waits to be put into place.
    staged: Option<u32>,
}

/// What writing an object to the tree would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileChange {
    /// The file is there with the same bytes.
    Unchanged,
    /// The file is new or has other bytes.
    Staged,
    /// Another object of this run has the same file.
    Collision,
}

impl TreeWriter {
    /// Opens the directory `shown`, which must be absent, empty, or a tree of ours; to look at it only if `dry`. Other runs
    /// that write in it are waited for.
    ///
    /// # Errors
    /// When it cannot be read or made, belongs to somebody else, or has a marker that we cannot have written.
    pub(crate) fn open(shown: &Path, dry: bool) -> Result<Self, Failure> {
        let directory = if dry { Directory::look(shown)? } else { Some(Directory::create(shown)?) };
        let marker = directory.as_ref().map_or(Ok(None), |directory| directory.read(MARKER))?;
        if let (Some(directory), None) = (&directory, &marker)
            && !directory.is_empty()?
        {
            return Err(Failure::Usage(format!(
                "{} is not empty and has no {MARKER}: it was not written by spark-render; choose an empty or new directory",
                shown.display()
            )));
        }
        let marker = marker.unwrap_or_default();
        let files = std::str::from_utf8(&marker).map_err(|_| 1).and_then(marker::read).map_err(|line| {
            Failure::Usage(format!(
                "line {line} of {} was not written by spark-render: restore the file, or remove the directory and render \
                 again",
                shown.join(MARKER).display()
            ))
        })?;
        let mut tree = Self {
            shown: shown.to_owned(),
            directory,
            dry,
            marker,
            inputs: Vec::new(),
            owned: Files::new(),
            written: Files::new(),
            capitals: BTreeMap::new(),
        };
        for (input, file) in files {
            if let Some(lower) = with_capitals(&file) {
                tree.capitals.insert(lower, file.clone());
            }
            let input = tree.input(&input);
            tree.owned.insert(file.into(), Owned { input, staged: None });
        }
        Ok(tree)
    }

    /// The number of an input.
    fn input(&mut self, input: &str) -> u32 {
        let place = self.inputs.iter().rposition(|known| known == input).unwrap_or_else(|| {
            self.inputs.push(input.to_owned());
            self.inputs.len() - 1
        });
        u32::try_from(place).expect("fewer inputs than 2^32")
    }

    /// The bytes that the tree has now for `file`, if any.
    ///
    /// # Errors
    /// When the file exists but cannot be read, or is a link.
    pub(crate) fn current(&self, file: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.directory.as_ref().map_or(Ok(None), |directory| directory.read(file))
    }

    /// Notes that this run has `file`, from `input`, with `bytes`; prepares it if it differs.
    ///
    /// # Errors
    /// When the file exists and is not ours, or cannot be read or prepared.
    pub(crate) fn put(&mut self, input: &str, file: &str, bytes: &[u8]) -> Result<FileChange, Failure> {
        if self.written.contains_key(file) {
            return Ok(FileChange::Collision);
        }
        let mut current = self.current(file)?;
        if current.is_some() && !self.owned.contains_key(file) {
            if !self.is_shown_as(file)? {
                return Err(Failure::Usage(format!(
                    "{} exists and was not written by spark-render: remove it or choose another directory",
                    self.shown.join(file).display()
                )));
            }
            current = None;
        }
        let unchanged = current.as_deref() == Some(bytes);
        let staged = match &mut self.directory {
            Some(directory) if !unchanged && !self.dry => Some(directory.stage(bytes)?),
            _ => None,
        };
        let input = self.input(input);
        self.written.insert(file.into(), Owned { input, staged });
        Ok(if unchanged { FileChange::Unchanged } else { FileChange::Staged })
    }

    /// Whether what the file system has for `file` is a file of ours whose name differs in case.
    fn is_shown_as(&self, file: &str) -> Result<bool, Failure> {
        match &self.directory {
            Some(directory) if self.former(file).is_some() => Ok(!directory.has_exactly(file)?),
            _ => Ok(false),
        }
    }

    /// The file of an earlier run whose name differs from `file` in case only.
    fn former(&self, file: &str) -> Option<&str> {
        let lower = file.to_ascii_lowercase();
        let owned = self.owned.get_key_value(lower.as_str()).map(|(owned, _)| &**owned);
        owned.or_else(|| self.capitals.get(&lower).map(String::as_str)).filter(|owned| *owned != file)
    }

    /// Files of earlier runs of the same inputs that this run no longer has.
    pub(crate) fn stale<'a>(&'a self, inputs: &'a [String]) -> impl Iterator<Item = &'a str> {
        self.owned
            .iter()
            .filter(move |(file, owned)| self.is_of(**owned, inputs) && !self.written.contains_key(*file))
            .map(|(file, _)| file.as_ref())
    }

    fn is_of(&self, owned: Owned, inputs: &[String]) -> bool {
        inputs.contains(&self.inputs[owned.input as usize])
    }

    /// The files that the tree will have after this run of `inputs`, in order.
    #[must_use]
    pub(crate) fn files(&self, inputs: &[String]) -> Vec<String> {
        self.names(inputs).into_iter().map(str::to_owned).collect()
    }

    fn names(&self, inputs: &[String]) -> BTreeSet<&str> {
        let others = self.owned.iter().filter(|(_, owned)| !self.is_of(**owned, inputs)).map(|(file, _)| &**file);
        self.written.keys().map(|file| &**file).chain(others).collect()
    }

    /// Two files of the tree after this run of `inputs` whose names differ in case only, if there are any.
    #[must_use]
    pub(crate) fn clash(&self, inputs: &[String]) -> Option<(String, String)> {
        let names = self.names(inputs);
        let mut capitals = BTreeMap::new();
        for name in &names {
            let Some(lower) = with_capitals(name) else { continue };
            let other = names.get(lower.as_str()).copied().or_else(|| capitals.insert(lower, *name));
            if let Some(other) = other {
                return Some((other.to_owned(), (*name).to_owned()));
            }
        }
        None
    }

    /// Puts the prepared files into place, then removes stale ones.
    ///
    /// # Errors
    /// When something cannot be written; the tree then still owns all its files, and a second run mends it.
    pub(crate) fn commit(mut self, inputs: &[String]) -> Result<(), Failure> {
        let Some(mut directory) = self.directory.take() else { return Ok(()) };
        let stale: Vec<String> = self.stale(inputs).map(str::to_owned).collect();
        // Where names are told apart by case, these are files like others; elsewhere they are in a new file's place.
        let replaced: BTreeSet<String> =
            self.written.keys().filter_map(|file| self.former(file)).map(str::to_owned).collect();
        let mut all = std::mem::take(&mut self.owned);
        all.append(&mut self.written);
        self.write_marker(&mut directory, &all)?;
        let (first, last): (Vec<&String>, _) = stale.iter().partition(|file| replaced.contains(*file));
        first.into_iter().try_for_each(|file| directory.remove(file))?;
        let staged = || all.iter().filter_map(|(file, owned)| Some((&**file, owned.staged?)));
        staged().try_for_each(|(file, number)| directory.place(number, file))?;
        last.into_iter().try_for_each(|file| directory.remove(file))?;
        let changed = staged().map(|(file, _)| file).chain(stale.iter().map(String::as_str));
        let folders: BTreeSet<&str> =
            changed.map(|file| file.split_once('/').map_or(".", |(folder, _)| folder)).collect();
        if !folders.is_empty() {
            directory.sync(&folders)?;
        }
        if !stale.is_empty() {
            stale.iter().for_each(|file| {
                all.remove(file.as_str());
            });
            self.write_marker(&mut directory, &all)?;
        }
        Ok(())
    }

    fn write_marker(&mut self, directory: &mut Directory, files: &Files) -> Result<(), Failure> {
        let lines = files.iter().map(|(file, owned)| (self.inputs[owned.input as usize].as_str(), &**file));
        let marker = marker::text(lines).into_bytes();
        if marker != self.marker {
            directory.replace(MARKER, &marker)?;
            self.marker = marker;
        }
        Ok(())
    }
}

/// `file` in lower case, if that differs.
fn with_capitals(file: &str) -> Option<String> {
    file.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| file.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
