//! What the program puts somewhere: itself, and completions; and what it says of itself.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output},
};

use sha2::{Digest, Sha256};

const PROGRAM: &str = env!("CARGO_BIN_EXE_spark-render");

fn run(args: &[&str], environment: &[(&str, &Path)]) -> Output {
    Command::new(PROGRAM).args(args).env_clear().envs(environment.iter().copied()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{}", said(output));
    std::str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn completions_go_where_each_shell_looks() {
    for (shell, file) in [
        ("bash", ".local/share/bash-completion/completions/spark-render"),
        ("zsh", ".zfunc/_spark-render"),
        ("fish", ".config/fish/completions/spark-render.fish"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(file);
        for _ in 0..2 {
            let output = run(&["completions", shell, "--install"], &[("HOME", home.path())]);
            assert_eq!(stdout(&output), format!("{}\n", file.display()));
        }
        let printed = run(&["completions", shell], &[]);
        assert_eq!(fs::read_to_string(&file).unwrap(), stdout(&printed), "{shell}");
        let named =
            run(&["completions", "--install"], &[("HOME", home.path()), ("SHELL", &Path::new("/bin").join(shell))]);
        assert_eq!(stdout(&named), format!("{}\n", file.display()));
    }
}

#[test]
fn completions_follow_the_folders_that_a_user_has_chosen() {
    let home = tempfile::tempdir().unwrap();
    let other = home.path().join("other");
    for (shell, variable, file) in [
        ("bash", "BASH_COMPLETION_USER_DIR", "completions/spark-render"),
        ("bash", "XDG_DATA_HOME", "bash-completion/completions/spark-render"),
        ("fish", "XDG_CONFIG_HOME", "fish/completions/spark-render.fish"),
    ] {
        let output = run(&["completions", shell, "--install"], &[("HOME", home.path()), (variable, &other)]);
        assert_eq!(stdout(&output), format!("{}\n", other.join(file).display()));
        assert!(other.join(file).is_file());
    }
}

#[test]
fn completions_without_a_place_are_a_usage_error() {
    for (args, sentence) in [
        (&["completions", "--install"][..], "`SHELL` names no shell"),
        (&["completions", "bash", "--install"], "`HOME` is not set to a folder"),
        (&["completions", "elvish", "--install"], "elvish has no folder for completions"),
        (&["completions"], "required"),
    ] {
        let output = run(args, &[]);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains(sentence), "{}", said(&output));
    }
}

#[test]
fn the_program_copies_itself_to_a_new_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("spark-render");
    let target = copy.to_str().unwrap();
    for _ in 0..2 {
        stdout(&run(&["argocd", "copy-binary", target], &[]));
        assert_eq!(fs::read(&copy).unwrap(), fs::read(PROGRAM).unwrap());
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o7777, 0o755);
    }
    let version = Command::new(&copy).arg("--version").output().unwrap();
    assert!(stdout(&version).starts_with("spark-render "));

    let (other, link, dangling) =
        (folder.path().join("other"), folder.path().join("link"), folder.path().join("dangling"));
    fs::write(&other, "mine").unwrap();
    symlink(&copy, &link).unwrap();
    symlink(folder.path().join("new"), &dangling).unwrap();
    let missing = folder.path().join("missing/spark-render");
    for to in [&other, &link, &dangling, folder.path(), Path::new("/dev/null"), &missing] {
        let output = run(&["argocd", "copy-binary", to.to_str().unwrap()], &[]);
        assert_eq!(output.status.code(), Some(2), "{}", to.display());
        assert!(said(&output).contains(&format!("cannot write {}", to.display())), "{}", said(&output));
    }
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    assert!(!folder.path().join("new").exists());
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["dangling", "link", "other", "spark-render"]);
}

#[test]
fn version_names_the_program_and_its_tables() {
    let output = run(&["version", "--json"], &[]);
    let json: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    for (name, file) in [
        ("kubernetesFields", "src/kube/tables/fields.tsv"),
        ("kubernetesKinds", "src/kube/tables/kinds.tsv"),
        ("operatorFields", "src/operator/fields.tsv"),
        ("sparkConf", "src/spark/conf_keys/keys.tsv"),
    ] {
        let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(json["tables"][name], format!("sha256:{hash}"), "{file}");
    }
    for (list, known) in [("spark", "3.5.1"), ("kubernetes", "1.16"), ("kubernetes", "1.37"), ("operator", "2.5")] {
        assert!(json[list].as_array().unwrap().contains(&known.into()), "{list} {known}");
    }
    let output = run(&["version"], &[]);
    let text = stdout(&output);
    assert!(text.starts_with(&format!("spark-render {}\n", env!("CARGO_PKG_VERSION"))), "{text}");
    for line in ["Kubernetes   1.16 to 1.37\n", "operator     1.1.26, "] {
        assert!(text.contains(line), "{text}");
    }
}
