//! Text of others, whatever it holds and wherever it stands, cannot steer a terminal, a log or a page: no output but
//! `render`'s own data has a raw control character, no line begins a workflow command, no text is longer than a bound.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// Longest output about texts of 100,000 characters, in bytes.
const BOUND: usize = 300_000;

fn hostile() -> Vec<(&'static str, String)> {
    vec![
        ("escapes", "\u{1b}[31mred\u{1b}]0;title\u{7}\u{8}\u{7f}".into()),
        ("return", "a\rb\r\nc".into()),
        ("command on a line", "a\n::error::pwned\n".into()),
        ("command", "::error::pwned".into()),
        ("old command", "##[error]pwned %0A".into()),
        ("c1 and separators", "\u{9b}31m\u{85}x\u{2028}y\u{2029}".into()),
        ("bidi", "\u{202e}x\u{2066}y\u{200f}\u{61c}\u{feff}".into()),
        ("page", "x</summary>\n\n<img src=x> @everyone [l](javascript:1)\n```\n`x` ]]> & \" '".into()),
        ("long", "x".repeat(100_000)),
    ]
}

fn steers(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn application(change: impl Fn(&mut Value)) -> Value {
    let mut application = json!({
        "apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication",
        "metadata": { "name": "pi", "namespace": "jobs" },
        "spec": {
            "type": "Scala", "mode": "cluster", "image": "i", "sparkVersion": "3.5.1", "mainClass": "A",
            "mainApplicationFile": "local:///a.jar",
            "driver": { "cores": 1, "memory": "512m" }, "executor": { "cores": 1, "instances": 1, "memory": "512m" },
        },
    });
    change(&mut application);
    application
}

/// A document for each place where `text` can stand. Those that render without a fault come first.
fn documents(text: &str) -> Vec<(&'static str, Value)> {
    let at = |pointer: &'static str, value: Value| {
        application(move |application| {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            application.pointer_mut(parent).unwrap()[key] = value.clone();
        })
    };
    vec![
        ("argument", at("/spec/arguments", json!([text, format!("a\n{text}")]))),
        ("env-value", at("/spec/driver/env", json!([{ "name": "A", "value": text }]))),
        ("annotation", at("/spec/driver/annotations", json!({ "a": text }))),
        ("conf-value", at("/spec/sparkConf", json!({ "spark.x": text }))),
        (
            "config-map",
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "c", "namespace": "jobs" },
            "data": { "x": format!("a\n{text}\n::error::b\nc"), "y.properties": format!("k={text}") } }),
        ),
        ("name", at("/metadata/name", json!(text))),
        ("namespace", at("/metadata/namespace", json!(text))),
        ("kind", json!({ "apiVersion": "v1", "kind": text, "metadata": { "name": "a", "namespace": "jobs" } })),
        (
            "map-name",
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": text, "namespace": text },
            "data": { text: text } }),
        ),
        ("memory", at("/spec/driver/memory", json!(text))),
        ("spark-version", at("/spec/sparkVersion", json!(text))),
        ("type", at("/spec/type", json!(text))),
        ("unknown-field", at("/spec/driver", json!({ "cores": 1, "memory": "1g", text: 1 }))),
        ("conf-key", at("/spec/sparkConf", json!({ text: text }))),
        ("restart", at("/spec/restartPolicy", json!({ "type": text }))),
        ("env-name", at("/spec/driver/env", json!([{ "name": text, "value": text }]))),
        ("labels", at("/spec/driver/labels", json!({ text: text }))),
        ("main-file", at("/spec/mainApplicationFile", json!(text))),
        ("reference", at("/spec/driver/env", json!([{ "name": "A", "value": format!("$({text})") }]))),
        ("image", at("/spec/image", json!(text))),
        ("volume", at("/spec/volumes", json!([{ "name": text, "emptyDir": {} }]))),
        (
            "template",
            at("/spec/driver/template", json!({ "spec": { text: [], "containers": [{ "name": text, text: 1 }] } })),
        ),
    ]
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spark-render")).args(arguments).current_dir(folder).env_clear().output().unwrap()
}

/// What is wrong with an output. Colours of ours may stand in it if `styled`; `commands` are lines of ours.
fn faults(bytes: &[u8], styled: bool, commands: bool) -> Vec<String> {
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    if styled {
        for code in ["0", "1", "31", "32", "33", "36", "91", "92", "93", "94", "96", "1m\u{1b}[91", "1m\u{1b}[94"] {
            text = text.replace(&format!("\u{1b}[{code}m"), "");
        }
    }
    let mut faults: Vec<String> = text
        .char_indices()
        .filter(|(_, c)| steers(*c))
        .map(|(at, c)| {
            let near: String = text[text.floor_char_boundary(at.saturating_sub(60))..].chars().take(80).collect();
            format!("raw U+{:04X} in {near:?}", u32::from(c))
        })
        .take(2)
        .collect();
    let is_ours = |line: &str| {
        commands
            && ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start))
            && line.contains("title=")
    };
    let is_command = |line: &&str| (line.trim_start().starts_with("::") && !is_ours(line)) || line.contains("##[");
    faults.extend(text.lines().filter(is_command).take(2).map(|line| format!("a command: {line:?}")));
    if text.len() > BOUND {
        faults.push(format!("{} bytes", text.len()));
    }
    faults
}

/// What of a Markdown comment is no code.
fn prose(markdown: &str) -> String {
    let (mut prose, mut fence) = (String::new(), None);
    for line in markdown.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 => fence = Some(ticks),
            None => prose = prose + line + "\n",
            Some(open) if ticks >= open && line.trim_start_matches('`').is_empty() => fence = None,
            Some(_) => {}
        }
    }
    prose
}

#[test]
fn foreign_text_steers_nothing() {
    let mut wrong = Vec::new();
    let mut runs = 0;
    for (what, text) in hostile() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for side in ["old", "new", "good"] {
            fs::create_dir(root.join(side)).unwrap();
        }
        for (number, (place, document)) in documents(&text).into_iter().enumerate() {
            let other = documents(&format!("{text}2")).swap_remove(number).1;
            fs::write(root.join(format!("old/{place}.json")), document.to_string()).unwrap();
            fs::write(root.join(format!("new/{place}.json")), other.to_string()).unwrap();
            if number < 5 {
                let mut document = document;
                document["metadata"]["name"] = place.into();
                fs::write(root.join(format!("good/{place}.json")), document.to_string()).unwrap();
            }
        }
        // A file can be called almost anything.
        if text.len() < 200 {
            let name = format!("old/{}.yaml", text.replace('/', "_"));
            fs::write(root.join(name), "apiVersion: v1\nkind: [\n").unwrap();
        }
        let mut all: Vec<Vec<&str>> = Vec::new();
        for format in ["full", "concise", "json", "sarif", "junit", "github"] {
            all.push(vec!["check", "old", "--format", format]);
        }
        for format in ["full", "concise", "json", "github", "sentence"] {
            all.push(vec!["render", "old", "--diagnostics", format]);
        }
        for format in ["text", "json"] {
            all.push(vec!["explain", "good", "--format", format]);
        }
        for format in ["text", "json", "markdown", "unified"] {
            all.push(vec!["diff", "old", "new", "--format", format]);
            all.push(vec!["diff", "good", "--from", "kube=1.20", "--to", "kube=1.34", "--format", format]);
        }
        all.push(vec!["check", "good", "--webhook-loss"]);
        all.push(vec!["check", "good", "--kube-version", "all"]);
        all.push(vec!["--color", "always", "check", "old"]);
        all.push(vec!["--color", "always", "diff", "old", "new"]);
        all.push(vec!["render", "good", "-o", "tree", "--check"]);
        for mut arguments in all {
            if arguments[0] != "diff" && arguments.get(2) != Some(&"diff") && !arguments.contains(&"--kube-version") {
                arguments.extend(["--kube-version", "1.34"]);
            }
            let output = run(root, &arguments);
            runs += 1;
            let name = arguments.join(" ");
            assert!(output.status.code().is_some_and(|code| code <= 2), "{what}: {name}: {output:?}");
            let [styled, github] = ["always", "github"].map(|word| arguments.contains(&word));
            let is_data = arguments[0] == "render" && !arguments.contains(&"--check");
            // Patches and reports for programs are whole.
            let words = ["unified", "json", "--check", "--webhook-loss"];
            let is_whole = what != "long" || words.iter().any(|word| arguments.contains(word));
            let mut found = faults(&output.stderr, styled, github);
            if !is_data {
                found.extend(faults(&output.stdout, styled, github));
                if !output.stdout.is_empty() && (arguments.contains(&"json") || arguments.contains(&"sarif")) {
                    serde_json::from_slice::<Value>(&output.stdout).unwrap();
                }
            }
            if arguments.contains(&"markdown") {
                let prose = prose(&String::from_utf8_lossy(&output.stdout));
                let outside =
                    prose.split("<code>").map(|part| part.rsplit_once("</code>").map_or(part, |(_, rest)| rest));
                let outside: String = outside.collect();
                if outside.contains("<img") || outside.contains("@everyone") || prose.contains("\n[l]") {
                    found.push(format!("markup: {prose:?}"));
                }
            }
            found.retain(|fault| !(is_whole && fault.ends_with(" bytes")));
            wrong.extend(found.into_iter().map(|fault| format!("{what}: {name}: {fault}")));
        }
        // The command line is repeated where it is wrong.
        if text.len() < 200 {
            for arguments in [
                vec!["render", "--kube-version", &text, "good"],
                vec!["render", "--format", &text, "good"],
                vec!["render", &text],
                vec![text.as_str()],
                vec!["diff", &text, &text],
                vec!["diff", "good", "--against", &text],
                vec!["explain", "good", &text],
                vec!["certs", "check", &text],
                vec!["render", "good", "--config", &text],
                vec!["render", "good", "--set", &text],
            ] {
                let output = run(root, &arguments);
                runs += 1;
                assert_ne!(output.status.code(), Some(101), "{arguments:?}");
                let found = faults(&output.stderr, false, false);
                wrong.extend(found.into_iter().map(|fault| format!("{what}: {arguments:?}: {fault}")));
            }
        }
    }
    println!("{runs} runs");
    assert!(wrong.is_empty(), "{} of {runs} runs:\n{}", wrong.len(), wrong.join("\n"));
}
