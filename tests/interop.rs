//! The other programs that read what we write, and that we read like: kubectl, go-yaml v2 and v3, PyYAML and
//! kustomize. They are installed by `tests/tools/install.sh`; without them these tests fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(feature = "real-programs")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use serde_json::{Map, Value as Json, json};
use spark_render::internals::{
    text::{
        read::{self, parse},
        write::yaml,
    },
    tree::{Diagnostics, Node, Severity, Sources},
};

fn install(name: &str) -> PathBuf {
    let output = Command::new("bash").args(["tests/tools/install.sh", name]).output().expect("bash runs");
    assert!(output.status.success(), "cannot install {name}:\n{}", String::from_utf8_lossy(&output.stderr));
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim())
}

static GO_YAML: LazyLock<PathBuf> = LazyLock::new(|| install("go-yaml"));
static KUBECTL: LazyLock<PathBuf> = LazyLock::new(|| install("kubectl"));
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| install("python"));

/// Runs a program; its standard output, or its complaint.
fn run(program: &Path, args: &[&str], input: &str) -> Result<String, String> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A program that refuses its input early closes the pipe.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).expect("UTF-8"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn go_yaml(version: &str, text: &str) -> Result<Vec<Json>, String> {
    run(&GO_YAML, &[version], text).map(|output| serde_json::from_str(&output).unwrap())
}

fn pyyaml(text: &str) -> Vec<Json> {
    let script = "import sys, json, yaml\nprint(json.dumps(list(yaml.load_all(sys.stdin.buffer.read(), yaml.CSafeLoader if hasattr(yaml, 'CSafeLoader') else yaml.SafeLoader))))";
    let output = run(&PYTHON, &["-c", script], text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::from_str(&output).unwrap()
}

/// The objects of the files in `directory`, read by kubectl.
fn kubectl(directory: &Path) -> Vec<Json> {
    let directory = directory.to_str().unwrap();
    let output = run(&KUBECTL, &["label", "--local", "-f", directory, "--dry-run=client", "-o", "json", "zz=1"], "")
        .unwrap_or_else(|error| panic!("{error}"));
    let mut objects: Vec<Json> = serde_json::Deserializer::from_str(&output).into_iter().map(Result::unwrap).collect();
    if objects.len() == 1 && objects[0]["kind"] == "List" {
        objects = objects[0]["items"].as_array().unwrap().clone();
    }
    for object in &mut objects {
        assert_eq!(object["metadata"]["labels"]["zz"], "1");
        object["metadata"].as_object_mut().unwrap().remove("labels");
    }
    objects
}

fn hostile() -> Vec<String> {
    serde_json::from_str(&fs::read_to_string("fixtures/hostile-strings.json").unwrap()).unwrap()
}

/// Objects that hold `strings` wherever a string can be.
fn objects(name: &str, strings: &[String]) -> Vec<Json> {
    let numbered: Map<_, _> = strings.iter().enumerate().map(|(at, text)| (format!("k{at}"), json!(text))).collect();
    let keys: Map<_, _> = strings.iter().map(|text| (text.clone(), json!("value"))).collect();
    let env: Vec<_> =
        strings.iter().enumerate().map(|(at, text)| json!({"name": format!("E{at}"), "value": text})).collect();
    let names: Vec<_> = strings
        .iter()
        .filter(|name| !name.is_empty() && !name.contains(['=', '\0']))
        .map(|name| json!({"name": name, "value": "x"}))
        .collect();
    let nested: Vec<_> = strings.iter().map(|text| json!([[text], {text.as_str(): {text.as_str(): [text]}}])).collect();
    vec![
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("{name}-values")}, "data": numbered}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("{name}-keys")}, "data": keys}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("{name}-pod"), "annotations": numbered},
            "spec": {"containers": [{"name": "c", "args": strings, "env": env}, {"name": "names", "env": names}]}}),
        json!({"apiVersion": "example.com/v1", "kind": "Nested", "metadata": {"name": format!("{name}-nested")}, "spec": {"x": nested}}),
    ]
}

fn write(objects: &[Json]) -> String {
    let nodes: Vec<_> = objects.iter().map(Node::from_json).collect();
    let mut text = String::new();
    yaml::write_stream(&nodes, &mut text);
    text
}

/// Names the first text that came back as another one.
fn assert_same(reader: &str, found: &[Json], expected: &[Json]) {
    fn difference(found: &Json, expected: &Json, path: &str) -> Option<String> {
        match (found, expected) {
            (Json::Object(a), Json::Object(b)) if a.len() == b.len() => b.iter().find_map(|(key, value)| {
                let path = format!("{path}.{key:?}");
                a.get(key).map_or_else(|| Some(format!("{path} is missing")), |found| difference(found, value, &path))
            }),
            (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).enumerate().find_map(|(at, (a, b))| difference(a, b, &format!("{path}[{at}]")))
            }
            _ if found == expected => None,
            _ => Some(format!("{path}: {found} instead of {expected}")),
        }
    }
    assert_eq!(found.len(), expected.len(), "{reader}: number of documents");
    let differences: Vec<_> = found.iter().zip(expected).filter_map(|(a, b)| difference(a, b, "")).collect();
    assert!(differences.is_empty(), "{reader}: {}", differences.join("\n"));
}

/// Writes `objects`, and lets every reader read them.
fn check_readers(objects: &[Json]) {
    let text = write(objects);
    assert_same("go-yaml v2", &go_yaml("v2", &text).unwrap(), objects);
    assert_same("go-yaml v3", &go_yaml("v3", &text).unwrap(), objects);
    assert_same("PyYAML", &pyyaml(&text), objects);
    let directory = tempfile::tempdir().unwrap();
    for (at, object) in objects.iter().enumerate() {
        fs::write(directory.path().join(format!("{at:04}.yaml")), write(std::slice::from_ref(object))).unwrap();
    }
    assert_same("kubectl", &kubectl(directory.path()), objects);
}

/// A generator whose numbers are the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn text(&mut self) -> String {
        const PARTS: &[&str] = &[
            "a",
            "B",
            "0",
            "1",
            "x",
            "y",
            "n",
            "o",
            "e",
            "E",
            ".",
            ":",
            ": ",
            " :",
            "-",
            "- ",
            "--",
            "---",
            "...",
            "#",
            " #",
            "%",
            "@",
            "`",
            "!",
            "!!",
            "&",
            "*",
            "?",
            "? ",
            "|",
            ">",
            "=",
            "<<",
            "<",
            "\"",
            "'",
            "\\",
            "/",
            ",",
            "[",
            "]",
            "{",
            "}",
            "{{",
            " ",
            "  ",
            "\t",
            "\n",
            "\n\n",
            "\n ",
            "\n\t",
            "\r",
            "\r\n",
            "\0",
            "\u{1}",
            "\u{1b}",
            "\u{7f}",
            "\u{80}",
            "\u{85}",
            "\u{a0}",
            "\u{ad}",
            "\u{200b}",
            "\u{202e}",
            "\u{2028}",
            "\u{2029}",
            "\u{feff}",
            "\u{fffd}",
            "\u{fffe}",
            "\u{ffff}",
            "\u{1f600}",
            "é",
            "日本",
            "yes",
            "null",
            "~",
            "true",
            "0x1F",
            "0b1",
            "0o7",
            "1_0",
            "1e3",
            ".inf",
            ".nan",
            "12:30",
            "2024-01-01",
            "+1",
            "-1",
            "$(A)",
            "${B}",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ];
        let length = if self.below(40) == 0 { 200 } else { 1 + self.below(8) };
        (0..length).map(|_| PARTS[self.below(PARTS.len())]).collect()
    }
}

#[test]
fn hostile_strings_are_read_back_by_every_reader() {
    check_readers(&objects("hostile", &hostile()));
}

#[test]
fn made_up_strings_are_read_back_by_every_reader() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut all = Vec::new();
    for round in 0..20 {
        let mut strings: Vec<_> = (0..150).map(|_| random.text()).collect();
        strings.sort();
        strings.dedup();
        all.extend(objects(&format!("round-{round}"), &strings));
    }
    check_readers(&all);
}

/// What our loader makes of a text: the documents, and whether there were errors and warnings on dialects.
fn load(text: &str) -> Result<(Vec<Json>, bool), String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = read::add("in.yaml", text.into(), &mut sources, &mut diagnostics).ok_or("no text")?;
    let documents = parse(id, &sources, |_| false, &mut diagnostics);
    if let Some(error) = diagnostics.iter().find(|finding| finding.severity == Severity::Error) {
        return Err(error.message.clone());
    }
    let dialect = diagnostics.iter().any(|finding| finding.code == "yaml-dialect");
    Ok((documents.into_iter().map(|document| document.node.to_json()).collect(), dialect))
}

/// Whole floats and integers are one thing in JSON.
fn plain_numbers(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(plain_numbers),
        Json::Object(fields) => fields.values_mut().for_each(plain_numbers),
        Json::Number(number) => {
            if let Some(float) = number.as_f64() {
                *value = json!(float);
            }
        }
        _ => {}
    }
}

/// What our loader refuses though kubectl reads something.
const REFUSED: &[&str] = &[
    "unknown tag",
    "a byte order mark",
    "the character U+",
    "a `:` without",
    "a text that begins with `?`",
    "a value that has to be quoted",
    "a key that is a list",
    "a comment inside a value",
];

#[test]
fn plain_scalars_are_read_as_kubectl_reads_them() {
    let more = [
        "2001-12-14t21:59:43Z",
        "2001-12-14 21:59:43.10",
        "1999-02-29",
        "0_0",
        "-0b1",
        "+0x_f",
        "0B1_1",
        "08.5",
        "-.5e-3",
        "1e22",
        "123456789012345678",
        "1.7976931348623157e308",
        "-0.0",
        "+.5",
        "0o",
        "1._5",
        "yES",
        "Null",
        "0777",
        "0o0777",
        "on ",
        "1:30:00",
    ];
    let mut faults = Vec::new();
    for text in hostile().iter().map(String::as_str).chain(more) {
        let mut documents = vec![format!("a: {text}\n"), format!("- {text}\n"), format!("a: [{text}]\n")];
        if !text.contains(['\n', '\r']) {
            documents.push(format!("{text}: a\n"));
        }
        // kubectl reads nothing after a document's end.
        documents.retain(|document| !document.contains("\n..."));
        for document in documents {
            let v2 = go_yaml("v2", &document);
            let v3 = go_yaml("v3", &document);
            match (load(&document), v2) {
                (Ok((mut ours, dialect)), Ok(mut theirs)) => {
                    ours.iter_mut().chain(&mut theirs).for_each(plain_numbers);
                    if ours != theirs {
                        faults.push(format!("{document:?}: {ours:?}, kubectl reads {theirs:?}"));
                    }
                    if let Ok(mut v3) = v3 {
                        v3.iter_mut().for_each(plain_numbers);
                        if (v3 != theirs) != dialect {
                            faults
                                .push(format!("{document:?}: warned {dialect}, kubectl {theirs:?}, kustomize {v3:?}"));
                        }
                    }
                }
                // What kubectl refuses has no other meaning.
                (_, Err(_)) => {}
                // Refused on purpose, since the value is rarely what was meant.
                (Err(error), Ok(_)) if REFUSED.iter().any(|begin| error.starts_with(begin)) => {}
                (Err(error), Ok(theirs)) => faults.push(format!("{document:?}: {error}, kubectl reads {theirs:?}")),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn fixtures_are_read_as_kubectl_reads_them() {
    let mut compared = 0;
    for case in fs::read_dir("fixtures/source").unwrap() {
        for file in fs::read_dir(case.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if path.extension().is_none()
                || path.parent().is_some_and(|case| case.ends_with("lists") || case.ends_with("after-the-end"))
            {
                continue;
            }
            if let (Ok((mut ours, _)), Ok(mut theirs)) = (load(&text), go_yaml("v2", &text)) {
                ours.iter_mut().chain(&mut theirs).for_each(plain_numbers);
                assert_same(&path.display().to_string(), &ours, &theirs);
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "{compared}");
}

/// What kustomize makes of a ConfigMap with `data`.
fn kustomize(data: &Json) -> Result<Json, String> {
    let directory = tempfile::tempdir().unwrap();
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": data});
    fs::write(directory.path().join("x.yaml"), write(&[object])).unwrap();
    fs::write(directory.path().join("kustomization.yaml"), "resources: [x.yaml]\n").unwrap();
    let output = run(&KUBECTL, &["kustomize", directory.path().to_str().unwrap()], "")?;
    go_yaml("v2", &output).map(|mut documents| documents.remove(0)["data"].take())
}

/// Whether kustomize loses a part of `text`.
fn kustomize_cannot_carry(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
        || text.contains('\u{7f}')
}

/// Whether kustomize loses or refuses `key`.
fn kustomize_cannot_carry_key(key: &str) -> bool {
    key == "<<" || key.len() > 1024 || kustomize_cannot_carry(key)
}

#[test]
fn what_kustomize_loses_is_known() {
    let strings = hostile();
    let carried: Map<_, _> = strings
        .iter()
        .filter(|text| !kustomize_cannot_carry(text))
        .enumerate()
        .map(|(at, text)| (format!("k{at}"), json!(text)))
        .collect();
    assert_same("kustomize", &[kustomize(&json!(carried)).unwrap()], &[json!(carried)]);
    let keys: Map<_, _> =
        strings.iter().filter(|key| !kustomize_cannot_carry_key(key)).map(|key| (key.clone(), json!("x"))).collect();
    assert_same("kustomize", &[kustomize(&json!(keys)).unwrap()], &[json!(keys)]);
    for text in strings.iter().filter(|text| kustomize_cannot_carry_key(text)) {
        let data = json!({ text.as_str(): "x" });
        assert_ne!(kustomize(&data), Ok(data), "{text:?}");
        if kustomize_cannot_carry(text) {
            let data = json!({ "k": text });
            assert_ne!(kustomize(&data), Ok(data), "{text:?}");
        }
    }
}
