//! `-o DIR`: a tree of one file per object that the tool owns.
//!
//! A marker file (not YAML, so no host takes it for a manifest) lists the files and the input that each came
//! from. New content is staged beside the tree, renamed into place, and stale files of the same inputs are
//! deleted last; a run that is cut off leaves a tree whose every file is whole and owned.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use crate::{kube::Manifest, text::read::MARKER, tree::failure::Failure};

const STAGING: &str = ".spark-render-staging";
const HEADER: &str =
    "# The files listed here belong to spark-render: it overwrites and removes them. One line each: input, tab, file.";

/// A tree being written. Nothing is visible in it before [`TreeWriter::commit`].
#[derive(Debug)]
pub struct TreeWriter {
    directory: PathBuf,
    /// The inputs that files came from.
    inputs: Vec<String>,
    /// Files of earlier runs.
    owned: Files,
    /// Files of this run.
    written: Files,
}

/// Files by their path in the tree. There are several for each application, so each takes little memory.
type Files = BTreeMap<Box<str>, Owned>;

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
struct Owned {
    /// Index into [`TreeWriter::inputs`].
    input: u32,
    /// Whether new bytes wait to be put into place.
    staged: bool,
}

/// What writing an object to the tree would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The file is there with the same bytes.
    Unchanged,
    /// The file is new or has other bytes.
    Staged,
    /// Another object of this run has the same file.
    Collision,
}

impl TreeWriter {
    /// Opens `directory`, which must be absent, empty, or a tree of ours.
    ///
    /// # Errors
    /// When it cannot be read, or belongs to somebody else.
    pub fn open(directory: &Path) -> Result<Self, Failure> {
        let mut tree =
            Self { directory: directory.to_owned(), inputs: Vec::new(), owned: Files::new(), written: Files::new() };
        let failure = |source| Failure::Read { path: directory.join(MARKER), source };
        match File::open(directory.join(MARKER)) {
            Ok(marker) => {
                for line in BufReader::new(marker).lines() {
                    tree.note(&line.map_err(failure)?);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => refuse_foreign(directory)?,
            Err(source) => return Err(failure(source)),
        }
        Ok(tree)
    }

    /// Notes a line of the marker.
    fn note(&mut self, line: &str) {
        if let Some((input, file)) = line.split_once('\t').filter(|_| !line.starts_with('#')) {
            let input = self.input(&unescape(input));
            self.owned.insert(unescape(file).into(), Owned { input, staged: false });
        }
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
    /// When the file exists but cannot be read.
    pub fn current(&self, file: &str) -> Result<Option<Vec<u8>>, Failure> {
        let path = self.directory.join(file);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(Failure::Read { path, source }),
        }
    }

    /// Notes that this run has `file`, from `input`, with `bytes`; stages it if it differs and `dry` is false.
    ///
    /// # Errors
    /// When the file exists and is not ours, or cannot be read or staged.
    pub fn put(&mut self, input: &str, file: &str, bytes: &[u8], dry: bool) -> Result<Change, Failure> {
        if self.written.contains_key(file) {
            return Ok(Change::Collision);
        }
        let current = self.current(file)?;
        if current.is_some() && !self.owned.contains_key(file) {
            return Err(Failure::Usage(format!(
                "{} exists and was not written by spark-render: remove it or choose another directory",
                self.directory.join(file).display()
            )));
        }
        let unchanged = current.as_deref() == Some(bytes);
        let staged = !unchanged && !dry;
        if staged {
            write(&self.directory.join(STAGING).join(file), bytes)?;
        }
        let input = self.input(input);
        self.written.insert(file.into(), Owned { input, staged });
        Ok(if unchanged { Change::Unchanged } else { Change::Staged })
    }

    /// Files of earlier runs of the same inputs that this run no longer has.
    pub fn stale<'a>(&'a self, inputs: &'a [String]) -> impl Iterator<Item = &'a str> {
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
    pub fn files(&self, inputs: &[String]) -> Vec<String> {
        let others = self.owned.iter().filter(|(_, owned)| !self.is_of(**owned, inputs)).map(|(file, _)| file);
        let all: std::collections::BTreeSet<&Box<str>> = self.written.keys().chain(others).collect();
        all.into_iter().map(ToString::to_string).collect()
    }

    /// Puts the staged files into place, then removes stale ones.
    ///
    /// # Errors
    /// When something cannot be written; the tree then still owns all its files, and a second run mends it.
    pub fn commit(mut self, inputs: &[String]) -> Result<(), Failure> {
        let stale: Vec<String> = self.stale(inputs).map(str::to_owned).collect();
        let mut all = std::mem::take(&mut self.owned);
        all.append(&mut self.written);
        self.write_marker(&all)?;
        let staging = self.directory.join(STAGING);
        for (file, _) in all.iter().filter(|(_, owned)| owned.staged) {
            let (file, target) = (staging.join(file.as_ref()), self.directory.join(file.as_ref()));
            create_parent(&target)?;
            fs::rename(file, &target).map_err(|source| Failure::Write { path: target, source })?;
        }
        for file in &stale {
            let path = self.directory.join(file);
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::Write { path, source });
                }
                _ => {}
            }
            if let Some(parent) = path.parent().filter(|parent| *parent != self.directory) {
                // Only empty folders go; a folder with somebody's files stays.
                let _ = fs::remove_dir(parent);
            }
            all.remove(file.as_str());
        }
        if !stale.is_empty() {
            self.write_marker(&all)?;
        }
        self.discard();
        Ok(())
    }

    /// Forgets what was staged.
    pub fn discard(&self) {
        let _ = fs::remove_dir_all(self.directory.join(STAGING));
    }

    fn write_marker(&self, files: &Files) -> Result<(), Failure> {
        let line =
            |file: &str, owned: Owned| format!("{}\t{}", escape(&self.inputs[owned.input as usize]), escape(file));
        let lines = || std::iter::once(HEADER.to_owned()).chain(files.iter().map(|(file, owned)| line(file, *owned)));
        let marker = self.directory.join(MARKER);
        if let Ok(current) = File::open(&marker)
            && BufReader::new(current).lines().map_while(Result::ok).eq(lines())
        {
            return Ok(());
        }
        let staged = self.directory.join(STAGING).join(MARKER);
        create_parent(&staged)?;
        let write = || {
            let mut out = BufWriter::new(File::create(&staged)?);
            lines().try_for_each(|line| writeln!(out, "{line}"))?;
            out.flush()
        };
        write().map_err(|source| Failure::Write { path: staged.clone(), source })?;
        fs::rename(&staged, &marker).map_err(|source| Failure::Write { path: marker, source })
    }
}

/// `<namespace>/<kind>[.<group>]-<name>.yaml`, all in lower case and safe on every file system.
#[must_use]
pub fn file_name(manifest: &Manifest) -> String {
    let group = manifest.api_version().rsplit_once('/').map_or("", |(group, _)| group);
    let mut name = manifest.kind().to_ascii_lowercase();
    if !group.is_empty() {
        name.push('.');
        name.push_str(group);
    }
    let file = format!("{}-{}.yaml", safe(&name), safe(manifest.name()));
    match manifest.namespace() {
        Some(namespace) if !namespace.is_empty() => format!("{}/{file}", safe(namespace)),
        _ => file,
    }
}

/// Kubernetes names are mostly safe; RBAC names may have colons and other characters, which are percent-encoded.
fn safe(name: &str) -> String {
    let mut safe = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    match safe.strip_prefix('.') {
        Some(rest) => format!("%2E{rest}"),
        None => safe,
    }
}

fn refuse_foreign(directory: &Path) -> Result<(), Failure> {
    let mut entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Failure::Read { path: directory.to_owned(), source }),
    };
    match entries.find(|entry| !entry.as_ref().is_ok_and(|entry| entry.file_name() == STAGING)) {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(format!(
            "{} is not empty and has no {MARKER}: it was not written by spark-render; choose an empty or new directory",
            directory.display()
        ))),
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('#', "\\x23")
}

fn unescape(text: &str) -> String {
    text.replace("\\x23", "#").replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
}

fn create_parent(path: &Path) -> Result<(), Failure> {
    let parent = path.parent().expect("files of a tree are below its directory");
    fs::create_dir_all(parent).map_err(|source| Failure::Write { path: parent.to_owned(), source })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    create_parent(path)?;
    fs::write(path, bytes).map_err(|source| Failure::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map;

    fn put(tree: &mut TreeWriter, input: &str, file: &str, text: &str) -> Change {
        tree.put(input, file, text.as_bytes(), false).unwrap()
    }

    #[test]
    fn stale_files_of_the_same_input_go_and_others_stay() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("out");
        let mut tree = TreeWriter::open(&root).unwrap();
        assert_eq!(put(&mut tree, "a", "ns/one.yaml", "1"), Change::Staged);
        assert_eq!(put(&mut tree, "a", "ns/two.yaml", "2"), Change::Staged);
        assert_eq!(put(&mut tree, "b", "ns/three.yaml", "3"), Change::Staged);
        assert_eq!(put(&mut tree, "b", "ns/three.yaml", "3"), Change::Collision);
        tree.commit(&["a".to_owned(), "b".to_owned()]).unwrap();
        let mut tree = TreeWriter::open(&root).unwrap();
        assert_eq!(put(&mut tree, "a", "ns/one.yaml", "1"), Change::Unchanged);
        let inputs = ["a".to_owned()];
        assert_eq!(tree.stale(&inputs).collect::<Vec<_>>(), ["ns/two.yaml"]);
        tree.commit(&inputs).unwrap();
        let mut left: Vec<_> = fs::read_dir(root.join("ns")).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["one.yaml", "three.yaml"]);
        assert!(!root.join(STAGING).exists());
    }

    #[test]
    fn directories_and_files_of_others_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("theirs.yaml"), "x").unwrap();
        assert!(TreeWriter::open(directory.path()).is_err());
        let ours = directory.path().join("ours");
        let mut tree = TreeWriter::open(&ours).unwrap();
        put(&mut tree, "a", "one.yaml", "1");
        tree.commit(&["a".to_owned()]).unwrap();
        fs::write(ours.join("two.yaml"), "x").unwrap();
        let mut tree = TreeWriter::open(&ours).unwrap();
        assert!(tree.put("a", "two.yaml", b"2", false).is_err());
    }

    #[test]
    fn file_names_carry_kind_group_and_namespace() {
        let ingress = map! {
            "apiVersion" => "networking.k8s.io/v1", "kind" => "Ingress",
            "metadata" => map! { "name" => "pi", "namespace" => "jobs" },
        };
        assert_eq!(file_name(&Manifest::rendered(ingress)), "jobs/ingress.networking.k8s.io-pi.yaml");
        let role = map! {
            "apiVersion" => "rbac.authorization.k8s.io/v1", "kind" => "ClusterRole",
            "metadata" => map! { "name" => "system:x/y" },
        };
        assert_eq!(file_name(&Manifest::rendered(role)), "clusterrole.rbac.authorization.k8s.io-system%3Ax%2Fy.yaml");
    }
}
