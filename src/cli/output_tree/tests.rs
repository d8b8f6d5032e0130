//! What a tree does in its directory, and what it leaves alone there.

use std::{collections::BTreeMap, fs};

use super::{directory::STAGING, *};

fn open(root: &Path) -> TreeWriter {
    TreeWriter::open(root, false).unwrap()
}

fn put(tree: &mut TreeWriter, input: &str, file: &str, text: &str) -> FileChange {
    tree.put(input, file, text.as_bytes()).unwrap()
}

/// Writes `files` as the whole output of `input`.
fn write(root: &Path, input: &str, files: &[(&str, &str)]) -> Result<(), Failure> {
    let mut tree = TreeWriter::open(root, false)?;
    for (file, text) in files {
        tree.put(input, file, text.as_bytes())?;
    }
    tree.commit(&[input.to_owned()])
}

/// Every file below `folder`, with its text.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        found.insert(name, fs::read_to_string(entry.path()).unwrap());
    }
    found
}

/// The tree's files without the marker.
fn names(root: &Path) -> Vec<String> {
    contents(root).into_keys().filter(|name| name != MARKER).collect()
}

#[test]
fn stale_files_of_the_same_input_go_and_others_stay() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("out");
    let mut tree = open(&root);
    assert_eq!(put(&mut tree, "a", "ns/pod-one.yaml", "1"), FileChange::Staged);
    assert_eq!(put(&mut tree, "a", "old/pod-two.yaml", "2"), FileChange::Staged);
    assert_eq!(put(&mut tree, "b", "ns/pod-three.yaml", "3"), FileChange::Staged);
    assert_eq!(put(&mut tree, "b", "ns/pod-three.yaml", "3"), FileChange::Collision);
    tree.commit(&["a".to_owned(), "b".to_owned()]).unwrap();
    let mut tree = open(&root);
    assert_eq!(put(&mut tree, "a", "ns/pod-one.yaml", "1"), FileChange::Unchanged);
    let inputs = ["a".to_owned()];
    assert_eq!(tree.stale(&inputs).collect::<Vec<_>>(), ["old/pod-two.yaml"]);
    tree.commit(&inputs).unwrap();
    assert_eq!(names(&root), ["ns/pod-one.yaml", "ns/pod-three.yaml"]);
    assert_eq!(fs::read_dir(&root).unwrap().count(), 2, "only the folder and the marker are left");
}

#[test]
fn a_run_that_is_given_up_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("deep/out");
    let mut tree = open(&root);
    put(&mut tree, "a", "ns/pod-one.yaml", "1");
    drop(tree);
    assert!(!root.exists());
    write(&root, "a", &[("ns/pod-one.yaml", "1")]).unwrap();
    let before = contents(&root);
    let mut tree = open(&root);
    put(&mut tree, "a", "ns/pod-one.yaml", "2");
    drop(tree);
    assert_eq!(contents(&root), before);
}

#[test]
fn directories_and_files_of_others_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("theirs.yaml"), "x").unwrap();
    assert!(TreeWriter::open(directory.path(), false).is_err());
    let ours = directory.path().join("ours");
    write(&ours, "a", &[("pod-one.yaml", "1")]).unwrap();
    fs::write(ours.join("pod-two.yaml"), "x").unwrap();
    assert!(write(&ours, "a", &[("pod-two.yaml", "2")]).is_err());
    assert_eq!(fs::read_to_string(ours.join("pod-two.yaml")).unwrap(), "x");
}

#[test]
fn looking_makes_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("out");
    let mut tree = TreeWriter::open(&root, true).unwrap();
    assert_eq!(put(&mut tree, "a", "pod-one.yaml", "1"), FileChange::Staged);
    drop(tree);
    assert!(!root.exists());
    write(&root, "a", &[("pod-one.yaml", "1")]).unwrap();
    let before = contents(&root);
    let mut tree = TreeWriter::open(&root, true).unwrap();
    assert_eq!(put(&mut tree, "a", "pod-one.yaml", "2"), FileChange::Staged);
    drop(tree);
    assert_eq!(contents(&root), before);
}

/// `"\\t"`, `"\\x23"` and their like are names that look escaped.
#[test]
fn inputs_may_have_any_name() {
    for input in
        ["a\\b", "\\t", "\\x23", "#a", " #a", "  a", "a\nb", "a\r\nb", "%0A", "a\tb", "\\\\n", "\u{1b}[2J", "\u{9b}"]
    {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), input, &[("ns/pod-old.yaml", "1")]).unwrap();
        write(directory.path(), "other", &[("ns/pod-other.yaml", "1")]).unwrap();
        write(directory.path(), input, &[("ns/pod-new.yaml", "1")]).unwrap();
        assert_eq!(names(directory.path()), ["ns/pod-new.yaml", "ns/pod-other.yaml"], "{input:?}");
    }
}

#[test]
fn a_marker_of_somebody_else_refuses_the_run() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("out");
    fs::write(directory.path().join("victim"), "x").unwrap();
    write(&root, "a", &[("ns/pod-one.yaml", "1")]).unwrap();
    let marker = fs::read_to_string(root.join(MARKER)).unwrap();
    let absolute = directory.path().join("victim").display().to_string();
    for line in ["a\t../victim", &format!("a\t{absolute}"), "a\tns/../../victim", "=======", "a\t.git/config"] {
        fs::write(root.join(MARKER), format!("{marker}{line}\n")).unwrap();
        for dry in [false, true] {
            let failure = TreeWriter::open(&root, dry).unwrap_err().to_string();
            assert!(failure.contains("line 3 of ") && !failure.contains("victim"), "{failure}");
        }
    }
    fs::write(root.join(MARKER), b"a\tpod-\xff.yaml\n").unwrap();
    assert!(TreeWriter::open(&root, false).is_err());
    assert!(directory.path().join("victim").exists());
}

#[test]
fn names_that_differ_in_case_only_clash() {
    let directory = tempfile::tempdir().unwrap();
    let mut tree = open(directory.path());
    put(&mut tree, "a", "role-A.yaml", "1");
    put(&mut tree, "a", "role-b.yaml", "1");
    assert_eq!(tree.clash(&[]), None);
    put(&mut tree, "a", "role-a.yaml", "1");
    assert_eq!(tree.clash(&[]), Some(("role-a.yaml".to_owned(), "role-A.yaml".to_owned())));
}

/// On every file system: where case counts, and where it does not.
#[test]
fn a_name_may_change_its_case() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "a", &[("role-A.yaml", "1"), ("role-b.yaml", "1")]).unwrap();
    write(directory.path(), "a", &[("role-a.yaml", "1"), ("role-B.yaml", "1")]).unwrap();
    assert_eq!(names(directory.path()), ["role-B.yaml", "role-a.yaml"]);
}

#[test]
fn what_a_killed_run_has_prepared_goes() {
    let directory = tempfile::tempdir().unwrap();
    for name in [STAGING.to_owned(), format!("{STAGING}-0123")] {
        fs::create_dir(directory.path().join(&name)).unwrap();
        fs::write(directory.path().join(&name).join("0"), "half").unwrap();
    }
    write(directory.path(), "a", &[("pod-one.yaml", "1")]).unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn runs_at_once_end_as_one_after_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("out");
    std::thread::scope(|scope| {
        for run in 0..8 {
            let root = &root;
            scope.spawn(move || {
                let (input, file) = (format!("input-{}", run % 4), format!("ns/pod-{}.yaml", run % 4));
                write(root, &input, &[(&file, "1")]).unwrap();
            });
        }
    });
    let wanted: Vec<String> = (0..4).map(|run| format!("ns/pod-{run}.yaml")).collect();
    assert_eq!(names(&root), wanted);
    let owned: Vec<String> = open(&root).owned.keys().map(ToString::to_string).collect();
    assert_eq!(owned, wanted);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A tree, and a folder of somebody else beside it.
    fn with_neighbour() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let (root, elsewhere) = (directory.path().join("out"), directory.path().join("elsewhere"));
        write(&root, "a", &[("ns/pod-one.yaml", "1"), ("top/pod-x.yaml", "1")]).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("pod-one.yaml"), "theirs").unwrap();
        (directory, root, elsewhere)
    }

    /// Nothing is written, removed or shown through a link in the place of a folder, a file or the marker.
    #[test]
    fn in_the_tree_refuse_the_run() {
        for name in ["ns", "ns/pod-one.yaml", MARKER] {
            for target in ["folder", "file", "nothing", "inside"] {
                let (directory, root, elsewhere) = with_neighbour();
                let place = root.join(name);
                if place.is_dir() {
                    fs::remove_dir_all(&place).unwrap();
                } else {
                    fs::remove_file(&place).unwrap();
                }
                let target = match target {
                    "folder" => elsewhere.clone(),
                    "file" => elsewhere.join("pod-one.yaml"),
                    "inside" => root.join("top"),
                    _ => directory.path().join("nothing"),
                };
                symlink(&target, &place).unwrap();
                let before = contents(directory.path());
                let looked = TreeWriter::open(&root, true).and_then(|tree| tree.current("ns/pod-one.yaml"));
                assert!(looked.is_err(), "{name}");
                let failure = write(&root, "a", &[("ns/pod-one.yaml", "2")]).unwrap_err().to_string();
                assert!(failure.contains("is a link") && !failure.contains("theirs"), "{name}: {failure}");
                // A link in a stale file's place is itself what goes.
                let emptied = write(&root, "a", &[]);
                assert_eq!(emptied.is_ok(), name == "ns/pod-one.yaml", "{name}: {emptied:?}");
                let after = contents(directory.path());
                let theirs = |all: &BTreeMap<String, String>| all.get("elsewhere/pod-one.yaml").cloned();
                assert_eq!(theirs(&before), theirs(&after), "{name}");
                assert!(!directory.path().join("nothing").exists());
            }
        }
    }

    #[test]
    fn of_the_staging_s_name_are_left_alone() {
        let (directory, root, elsewhere) = with_neighbour();
        for name in [STAGING.to_owned(), format!("{STAGING}-1")] {
            symlink(&elsewhere, root.join(name)).unwrap();
        }
        write(&root, "a", &[("ns/pod-one.yaml", "2")]).unwrap();
        assert_eq!(fs::read_to_string(root.join("ns/pod-one.yaml")).unwrap(), "2");
        assert_eq!(contents(&elsewhere), BTreeMap::from([("pod-one.yaml".to_owned(), "theirs".to_owned())]));
        drop(directory);
    }

    /// Which directory is written is for the user to say.
    #[test]
    fn may_be_the_directory_itself() {
        let (_directory, root, elsewhere) = with_neighbour();
        fs::remove_file(elsewhere.join("pod-one.yaml")).unwrap();
        fs::remove_dir_all(&root).unwrap();
        symlink(&elsewhere, &root).unwrap();
        write(&root, "a", &[("ns/pod-one.yaml", "2")]).unwrap();
        assert_eq!(names(&elsewhere), ["ns/pod-one.yaml"]);
    }
}
