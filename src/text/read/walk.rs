//! From paths to the list of files to read, in an order that depends on nothing but the names.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::{
    text::read::{self, FILE_NAME, MARKER},
    tree::{Diagnostics, SourceId, Sources, failure::Failure},
};

/// Kustomize's own files; a walk passes them by.
const KUSTOMIZATION_FILES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// Named by the user, rather than found in a folder: then nothing in it is skipped.
    pub named: bool,
    /// A `.j2` template, to be filled before it is read.
    pub template: bool,
}

impl Input {
    /// Whether this is standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// The name that messages use.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        let failure = |source| Failure::Read { path: self.path.clone(), source };
        if self.is_stdin() {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(failure)?;
            return Ok(bytes);
        }
        fs::read(&self.path).map_err(failure)
    }

    /// Reads the text into `sources`. What is no text is reported, and not returned.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Result<Option<SourceId>, Failure> {
        Ok(read::add(self.name(), self.bytes()?, sources, diagnostics))
    }
}

/// Lists the files of `paths`: files as they are named, folders walked in the order of their names. A file is
/// listed once, where it comes first. No path at all means the current directory.
///
/// # Errors
/// A path does not exist, or a folder cannot be read.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut list = List { inputs: Vec::new(), seen: BTreeSet::new(), may_repeat: paths.len() > 1 };
    for path in paths {
        if path.as_os_str() == "-" {
            list.push(path, true)?;
            continue;
        }
        let metadata = fs::metadata(path).map_err(|source| Failure::Read { path: path.clone(), source })?;
        if metadata.is_dir() {
            list.walk(path)?;
        } else {
            list.push(path, true)?;
        }
    }
    Ok(list.inputs)
}

struct List {
    inputs: Vec<Input>,
    seen: BTreeSet<PathBuf>,
    /// Whether one file may be met twice: only then its real path is asked for.
    may_repeat: bool,
}

impl List {
    fn walk(&mut self, root: &Path) -> Result<(), Failure> {
        let entries = WalkDir::new(root).follow_links(true).sort_by(|a, b| a.file_name().cmp(b.file_name()));
        for entry in entries.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                // A link to a folder above: its files are being listed already.
                Err(error) if error.loop_ancestor().is_some() => continue,
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("cannot be walked"));
                    return Err(Failure::Read { path, source });
                }
            };
            if entry.path_is_symlink() && !self.may_repeat {
                self.repeat()?;
            }
            if entry.file_type().is_file() && is_manifest(entry.path()) {
                self.push(&shown(root, entry.path()), false)?;
            }
        }
        Ok(())
    }

    /// From now on files may be met twice; notes those that are listed already.
    fn repeat(&mut self) -> Result<(), Failure> {
        self.may_repeat = true;
        for input in &self.inputs {
            self.seen.insert(real(&input.path)?);
        }
        Ok(())
    }

    fn push(&mut self, path: &Path, named: bool) -> Result<(), Failure> {
        if self.may_repeat && !self.seen.insert(real(path)?) {
            if named && let Some(input) = self.inputs.iter_mut().find(|input| input.path == path) {
                input.named = true;
            }
            return Ok(());
        }
        let template = path.extension().is_some_and(|extension| extension == "j2");
        self.inputs.push(Input { path: path.to_owned(), named, template });
        Ok(())
    }
}

fn real(path: &Path) -> Result<PathBuf, Failure> {
    if path.as_os_str() == "-" {
        return Ok(path.to_owned());
    }
    fs::canonicalize(path).map_err(|source| Failure::Read { path: path.to_owned(), source })
}

/// Paths in the current directory are named without `./`.
fn shown(root: &Path, path: &Path) -> PathBuf {
    if root.as_os_str() == "." { path.strip_prefix(root).unwrap_or(path).to_owned() } else { path.to_owned() }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json", "j2"].iter().any(|known| extension == *known))
}

fn is_skipped(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    if entry.file_type().is_dir() {
        return name.as_encoded_bytes().starts_with(b".") || entry.path().join(MARKER).exists();
    }
    name == FILE_NAME || KUSTOMIZATION_FILES.iter().any(|known| name == *known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a: 1\n").unwrap();
        }
        root
    }

    fn names(root: &Path, paths: &[&str]) -> Vec<String> {
        let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
        let inputs = walk(&paths).unwrap();
        inputs.iter().map(|input| input.path.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn a_walk_takes_manifests_and_templates_in_the_order_of_their_names() {
        let root = tree(&["b.yaml", "a/z.yml", "a/b.json", "a.yaml", "c.yaml.j2", "x.txt", "README.md"]);
        assert_eq!(names(root.path(), &[""]), ["a/b.json", "a/z.yml", "a.yaml", "b.yaml", "c.yaml.j2"]);
    }

    #[test]
    fn a_walk_passes_by_what_is_not_input() {
        let root = tree(&[
            "a.yaml",
            ".git/x.yaml",
            "kustomization.yaml",
            "sub/kustomization.yml",
            "spark-render.yaml",
            "out/pod.yaml",
            "out/.spark-render-tree",
            ".hidden.yaml",
        ]);
        assert_eq!(names(root.path(), &[""]), [".hidden.yaml", "a.yaml"]);
    }

    #[test]
    fn what_is_named_is_never_skipped_and_listed_once() {
        let root = tree(&["k/kustomization.yaml", "k/b.yaml", ".h/c.yaml"]);
        let paths = ["k/kustomization.yaml", "k", ".h", "k/b.yaml"];
        assert_eq!(names(root.path(), &paths), ["k/kustomization.yaml", "k/b.yaml", ".h/c.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_loops_end() {
        let root = tree(&["a/x.yaml", "b/y.yaml"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("a/up")).unwrap();
        std::os::unix::fs::symlink(root.path().join("b"), root.path().join("a/to-b")).unwrap();
        assert_eq!(names(root.path(), &[""]), ["a/to-b/y.yaml", "a/x.yaml"]);
    }

    #[test]
    fn what_is_not_there_is_a_failure() {
        let message = walk(&[PathBuf::from("no/such.yaml")]).unwrap_err().to_string();
        assert!(message.starts_with("cannot read no/such.yaml: "), "{message}");
    }
}
