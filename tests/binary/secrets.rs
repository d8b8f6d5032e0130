//! Every secret of `fixtures/secrets` has a mark, and no output but `render`'s own data shows one. What each output
//! shows is a table, `fixtures/secrets/shown.txt`; `UPDATE_GOLDENS=1` writes it.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, process::Command};

use super::golden;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/secrets");
const FILES: [&str; 2] = ["application.yaml", "objects.yaml"];

/// Everything that a run prints, standard output and standard error apart.
fn run(folder: &Path, arguments: &[&str]) -> [String; 2] {
    let program = env!("CARGO_BIN_EXE_spark-render");
    let output = Command::new(program).args(arguments).current_dir(folder).env_clear().output().unwrap();
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
}

/// The marks in a text, such as `ZQ01`.
fn marks(text: &str) -> BTreeSet<&str> {
    let digits =
        |at: usize| text.get(at + 2..at + 4).is_some_and(|mark| mark.bytes().all(|byte| byte.is_ascii_digit()));
    text.match_indices("ZQ").filter(|(at, _)| digits(*at)).map(|(at, _)| &text[at..at + 4]).collect()
}

/// The folders `old` and `new`, whose secrets all differ.
fn folders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, suffix) in [("old", "ZQ"), ("new", "NEWZQ")] {
        fs::create_dir(folder.path().join(name)).unwrap();
        for file in FILES {
            let text = fs::read_to_string(Path::new(FOLDER).join(file)).unwrap();
            // Tokens keep the prefix by which they are known.
            let text = text.replace(
                "AKIAIOSFODNNZQ09KEYS",
                if suffix == "ZQ" { "AKIAIOSFODNNZQ09KEYS" } else { "AKIAIOSFODNNZQ09NEWS" },
            );
            let text = text.lines().map(|line| changed(line, suffix) + "\n").collect::<String>();
            fs::write(folder.path().join(name).join(file), text).unwrap();
        }
    }
    folder
}

/// The line with another secret behind its mark.
fn changed(line: &str, suffix: &str) -> String {
    if suffix == "ZQ" || line.contains("AKIA") {
        return line.to_owned();
    }
    let mut line = line.to_owned();
    for mark in marks(&line.clone()) {
        line = line.replace(mark, &format!("{mark}other"));
    }
    line
}

const TARGET: [&str; 2] = ["--kube-version", "1.34"];

#[test]
fn no_output_shows_a_secret_but_the_manifests() {
    let folder = folders();
    let root = folder.path();
    let both = FILES.map(|file| fs::read_to_string(Path::new(FOLDER).join(file)).unwrap()).concat();
    assert_eq!(marks(&both).len(), 92, "the marks of the fixture");
    let mut runs: Vec<(String, Vec<&str>)> = Vec::new();
    for format in ["full", "concise", "json", "github", "sentence"] {
        runs.push((format!("render --diagnostics {format}"), vec!["render", "old", "--diagnostics", format]));
    }
    runs.push(("render --annotate".into(), vec!["render", "old", "--annotate"]));
    for format in ["full", "concise", "json", "sarif", "junit", "github"] {
        runs.push((format!("check --format {format}"), vec!["check", "old", "--format", format]));
    }
    runs.push(("check --webhook-loss".into(), vec!["check", "old", "--webhook-loss"]));
    for format in ["text", "unified", "json", "markdown"] {
        runs.push((format!("diff OLD NEW --format {format}"), vec!["diff", "old", "new", "--format", format]));
        let versions = vec!["diff", "old", "--from", "kube=1.20,spark=3.3.0", "--to", "kube=1.34", "--format", format];
        runs.push((format!("diff --from --to --format {format}"), versions));
    }
    for format in ["text", "json"] {
        runs.push((format!("explain --format {format}"), vec!["explain", "old", "--format", format]));
    }
    let mut table = String::from("standard output, standard error: secrets of 92 shown by\n");
    let mut faults = Vec::new();
    for (name, mut arguments) in runs {
        if !name.starts_with("diff") {
            arguments.extend(TARGET);
        }
        let [stdout, stderr] = run(root, &arguments);
        assert!(!stdout.is_empty() || !stderr.is_empty(), "{name} prints nothing");
        let (data, talk) = (marks(&stdout), marks(&stderr));
        let _ = writeln!(table, "{:>3} {:>3}  {name}", data.len(), talk.len());
        let is_data = name.starts_with("render");
        if !is_data && !data.is_empty() || !talk.is_empty() {
            faults.push(format!("{name}: {data:?} {talk:?}"));
        }
    }
    // A tree of the old secrets, checked against the new ones.
    let tree = [&["render", "old", "-o", "out"][..], &TARGET].concat();
    run(root, &tree);
    fs::remove_dir_all(root.join("old")).unwrap();
    fs::rename(root.join("new"), root.join("old")).unwrap();
    let [stdout, stderr] = run(root, &[&tree[..], &["--check"]].concat());
    let shown = [marks(&stdout), marks(&stderr)];
    let _ = writeln!(table, "{:>3} {:>3}  render --check", shown[0].len(), shown[1].len());
    // A secret that changed is a change.
    for sign in ["-", "+"] {
        let changed = stdout.lines().filter(|line| line.starts_with(sign) && line.contains("****")).count();
        assert!(changed > 50, "{changed} lines: {stdout}");
    }
    if shown.iter().any(|shown| !shown.is_empty()) {
        faults.push(format!("render --check: {shown:?}"));
    }
    // Whatever is asked for by name.
    let flag = "--show-secrets";
    let [explained, _] = run(root, &[&["explain", "old", flag][..], &TARGET].concat());
    let [compared, _] = run(root, &["diff", "old/objects.yaml", "old/application.yaml", flag]);
    let _ = writeln!(table, "{:>3}   0  explain {flag}", marks(&explained).len());
    let _ = writeln!(table, "{:>3}   0  diff OLD NEW {flag}", marks(&compared).len());
    assert!(marks(&explained).len() > 60 && marks(&compared).len() > 80, "{table}");
    println!("{table}");
    assert!(faults.is_empty(), "{}\n{table}", faults.join("\n"));
    golden::compare(&Path::new(FOLDER).join("shown.txt"), &table, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Makes another line of one.
type Break = fn(&str) -> String;

/// Ways to break a line of a file.
const BREAKS: [(&str, Break); 5] = [
    ("tab", |line| format!("\t{}", line.trim_start())),
    ("no colon", |line| line.replacen(':', "", 1)),
    ("twice", |line| format!("{line}\n{line}")),
    ("quote", |line| format!("{line}\"")),
    ("indent", |line| format!(" {line}")),
];

#[test]
fn lines_of_broken_files_show_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for file in FILES {
        let text = fs::read_to_string(Path::new(FOLDER).join(file)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate().skip(1) {
            for (way, change) in BREAKS {
                let mut broken: Vec<String> = lines.iter().map(ToString::to_string).collect();
                broken[number] = change(line);
                let name = format!("{}-{:03}-{way}.yaml", &file[..3], number + 1);
                fs::write(folder.path().join(&name), broken.join("\n") + "\n").unwrap();
                names.push(name);
            }
        }
    }
    let (mut faults, mut findings) = (Vec::new(), 0);
    for format in ["full", "concise"] {
        let [stdout, stderr] = run(folder.path(), &["check", "--format", format, "--kube-version", "1.34", "."]);
        findings += stdout.lines().filter(|line| line.contains("error[")).count();
        for line in stdout.lines().chain(stderr.lines()).filter(|line| !marks(line).is_empty()) {
            faults.push(format!("{format}: {line}"));
        }
    }
    assert!(findings > names.len() / 4, "{findings} findings in {} files", names.len());
    assert!(faults.is_empty(), "{} lines:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn errors_of_templates_show_no_value() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("values.yaml"), "pw: ZQ01include\npassword: ZQ02named\nnumber: 1\n").unwrap();
    fs::write(
        folder.path().join("spark-render.yaml"),
        "apiVersion: spark-render.io/v1alpha1\nkind: SparkRender\nspec: {values: [values.yaml]}\n",
    )
    .unwrap();
    for text in [
        "{% include pw %}",
        "{% include password %}",
        "{{ password + number }}",
        "{{ password | abs }}",
        "{{ password.x.y }}",
        "{{ {}[password].x }}",
        "{% import pw as x %}",
        "{% extends password %}",
        "{{ pw() }}",
        "a: {{ password }}: b: c",
        "{{ password | int }}",
    ] {
        fs::write(folder.path().join("app.yaml.j2"), format!("{text}\n")).unwrap();
        for format in ["full", "sentence"] {
            let [_, stderr] = run(folder.path(), &["render", "app.yaml.j2", "--diagnostics", format]);
            assert!(marks(&stderr).is_empty(), "{text}: {stderr}");
        }
    }
}
