//! Reading: what is said about every fixture, to the letter, and what it is read as.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::format_collect, reason = "the texts are small")]

use std::{fmt::Write as _, fs, path::Path};

use proptest::prelude::*;
use spark_render::internals::{
    operator::classify,
    operator::is_spark,
    text::read::{self, Document, parse},
    tree::{
        Diagnostics, Node, Origin, Severity, Sources, Value,
        printers::{DiagnosticFormat, render},
    },
};

/// The files of a fixture, in order.
fn files(case: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(case)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "stderr" && name != "expected")
        .collect();
    names.sort();
    names
}

fn read(name: &str, bytes: Vec<u8>, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Vec<Document> {
    match read::add(name, bytes, sources, diagnostics) {
        Some(id) => parse(id, sources, is_spark, diagnostics),
        None => Vec::new(),
    }
}

fn read_text(text: &str) -> (Vec<Document>, Diagnostics) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let documents = read("app.yaml", text.into(), &mut sources, &mut diagnostics);
    (documents, diagnostics)
}

/// The codes that reading `text` reports.
fn codes(text: &str) -> Vec<&'static str> {
    read_text(text).1.iter().map(|finding| finding.code).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the output of the tool does not depend on it")]
fn every_fixture_is_read_and_reported_as_recorded() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut cases: Vec<_> = fs::read_dir("fixtures/source").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut faults = Vec::new();
    for case in cases {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let mut expected = String::new();
        for name in files(&case) {
            let bytes = fs::read(case.join(&name)).unwrap();
            for document in read(&name, bytes, &mut sources, &mut diagnostics) {
                let class = classify(&document, &mut diagnostics);
                let json = serde_json::to_string_pretty(&document.node.to_json()).unwrap();
                writeln!(expected, "{name} {} {class:?}\n{json}", document.index).unwrap();
            }
        }
        let stderr = render(diagnostics.iter(), &sources, DiagnosticFormat::Full, false);
        for (file, text) in [("stderr", stderr), ("expected", expected)] {
            let path = case.join(file);
            if update {
                fs::write(&path, &text).unwrap();
            } else if fs::read_to_string(&path).unwrap_or_default() != text {
                faults.push(format!("{} is now\n{text}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_code_that_is_reported_is_documented() {
    for case in fs::read_dir("fixtures/source").unwrap() {
        let case = case.unwrap().path();
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        for name in files(&case) {
            for document in read(&name, fs::read(case.join(&name)).unwrap(), &mut sources, &mut diagnostics) {
                classify(&document, &mut diagnostics);
            }
        }
        for finding in &diagnostics {
            assert!(spark_render::internals::review::find_code(finding.code).is_some(), "{}", finding.code);
            assert!(finding.origin.span().is_some(), "{} has no place", finding.message);
            if finding.severity != Severity::Note {
                assert!(!finding.hints.is_empty() || finding.code == "yaml-syntax", "{} has no hint", finding.message);
            }
        }
    }
}

/// `a: &a1 [x, x, …]`, `b: &a2 [*a1, *a1, …]` and so on.
fn laughs(levels: usize, width: usize) -> String {
    let mut text = String::from("a0: &a0 [lol, lol]\n");
    for level in 1..levels {
        let aliases = vec![format!("*a{}", level - 1); width].join(", ");
        writeln!(text, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    text
}

#[test]
fn bombs_are_refused() {
    assert_eq!(codes(&laughs(9, 9)), ["yaml-limit"]);
    let merges = (1..30).fold("a0: &a0 {x0: 1}\n".to_owned(), |text, level| {
        let before = level - 1;
        text + &format!("a{level}: &a{level} {{k{level}: [*a{before}, *a{before}], <<: [*a{before}, *a{before}]}}\n")
    });
    assert_eq!(codes(&merges), ["yaml-limit"]);
    let wide = format!("a: &a [{}]\nb: [{}]\n", vec!["x"; 2_000].join(","), vec!["*a"; 20_000].join(","));
    assert_eq!(codes(&wide), ["yaml-limit"]);
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 1_000].join(","));
    assert_eq!(codes(&text), ["yaml-limit"]);
    let nested = (0..100).map(|level| format!("{}k: &a{level}\n", " ".repeat(level))).collect::<String>()
        + &format!("{}k: {}\n", " ".repeat(100), "x".repeat(4_000_000));
    assert_eq!(codes(&nested), ["yaml-limit"]);
}

#[test]
fn depth_is_bounded_however_it_is_reached() {
    assert_eq!(codes(&"{a: ".repeat(100_000)), ["yaml-limit"]);
    assert_eq!(codes(&"[".repeat(100_000)), ["yaml-limit"]);
    assert_eq!(codes(&"- ".repeat(10_000)), ["yaml-limit"]);
    let block: String = (0..200).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(codes(&block), ["yaml-limit"]);
    let mixed = (0..100).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>()
        + &" ".repeat(100)
        + &"[".repeat(100)
        + &"]".repeat(100);
    assert_eq!(codes(&mixed), ["yaml-limit"]);
    let aliases = (1..200)
        .fold("a0: &a0 [x]\n".to_owned(), |text, level| text + &format!("a{level}: &a{level} [*a{}]\n", level - 1));
    assert_eq!(codes(&aliases), ["yaml-limit"]);
    let lists = "{kind: List, items: [".repeat(60) + &"]}".repeat(60);
    assert_eq!(codes(&lists), Vec::<&str>::new());
}

#[test]
fn large_files_are_read_in_linear_time() {
    let many = "---\napiVersion: v1\nkind: ConfigMap\n".repeat(20_000);
    assert_eq!(read_text(&many).0.len(), 20_000);
    let keys: String = (0..50_000).map(|key| format!("k{key}: é\n")).collect();
    assert_eq!(read_text(&keys).0[0].node.as_mapping().unwrap().len(), 50_000);
    let scalar = format!("a: |\n{}", "  line é\n".repeat(200_000));
    assert_eq!(read_text(&scalar).0.len(), 1);
    let unclosed: String = "{".to_owned() + &(0..50_000).map(|key| format!("k{key}: b, ")).collect::<String>();
    assert_eq!(codes(&unclosed), ["yaml-syntax"]);
    let repeated = "a: b\n".repeat(50_000);
    assert_eq!(codes(&repeated).len(), 101);
    let json: String = (0..5_000).map(|index| format!("{{\"a\": {index}}}\n")).collect();
    assert_eq!(read_text(&json).0.len(), 5_000);
    let broken = "a: [\n---\n".repeat(5_000);
    assert_eq!(codes(&broken).len(), 5_000);
}

#[test]
fn a_loader_holds_one_document_at_a_time() {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("-", "a: 1\n---\nb: [\n---\nc: 3\n");
    let mut loader = spark_render::internals::operator::documents::loader(id, &sources, &mut diagnostics);
    assert_eq!(loader.next(&mut diagnostics).unwrap().node.get("a").and_then(Node::as_i64), Some(1));
    assert!(diagnostics.is_empty());
    assert_eq!(loader.next(&mut diagnostics).unwrap().node.get("c").and_then(Node::as_i64), Some(3));
    assert_eq!(diagnostics.len(), 1);
    assert!(loader.next(&mut diagnostics).is_none());
}

/// The text of every scalar that is written as it is read.
fn check_spans(node: &Node, sources: &Sources) {
    let span = node.origin.span().expect("every node has a place");
    match &node.value {
        Value::String(text) => {
            let written = sources.text(span);
            assert!(
                written.contains(text.as_str()) || written.starts_with(['|', '>', '"', '\'']),
                "{written:?} is not {text:?}"
            );
        }
        Value::Sequence(items) => items.iter().for_each(|item| check_spans(item, sources)),
        Value::Mapping(mapping) => {
            for (key, value) in mapping.entries() {
                let written = sources.text(key.span.expect("every key has a place"));
                assert!(written.trim_matches(['"', '\'']) == key.text, "{written:?} is not {:?}", key.text);
                check_spans(value, sources);
            }
        }
        _ => {}
    }
}

#[test]
fn nodes_and_keys_know_where_they_are_written() {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let text = "\u{feff}a: é\n\"b\": [x, 'y', \"z\"]\nc:\n  d: |\n    text\n  e: {f: 1}\n  g:\nh: end\n";
    let id = sources.add("app.yaml", text);
    let documents = parse(id, &sources, is_spark, &mut diagnostics);
    let node = &documents[0].node;
    check_spans(node, &sources);
    let place = |keys: &[&str]| {
        let Origin::Source(span) = &node.at_keys(keys).unwrap().origin else { panic!("{keys:?} has no place") };
        sources.text(*span).to_owned()
    };
    assert_eq!(place(&["b"]), "[x, 'y', \"z\"]");
    assert_eq!(place(&["c", "d"]).trim_end(), "text");
    assert_eq!(place(&["c", "e"]), "{f: 1}");
    assert_eq!(place(&["c", "g"]), "g", "a value that is not written is where its key is");
    assert_eq!(place(&["c"]), "d: |\n    text\n  e: {f: 1}\n  g");
    assert_eq!(sources.place(node.get("h").unwrap().origin.span().unwrap()), "app.yaml:8:4");
}

#[test]
fn aliases_come_from_their_anchor_and_from_their_own_line() {
    let (documents, _) = read_text("a: &x {k: v}\nb: *x\n");
    let spans = documents[0].node.at_keys(&["b", "k"]).unwrap().origin.spans();
    let starts: Vec<_> = spans.iter().map(|span| span.start).collect();
    assert_eq!(starts, [10, 16]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_loader_panic(text in "[a-c0-9:\\-\\[\\]{}&*!|>'\"#%,?<\\n \\t~.$é\u{85}\u{feff}]{0,80}") {
        let (documents, mut diagnostics) = read_text(&text);
        for document in &documents {
            classify(document, &mut diagnostics);
        }
    }

    #[test]
    fn no_change_of_bytes_makes_the_loader_panic(
        case in 0..1_000_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut paths: Vec<_> = fs::read_dir("fixtures/source").unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let case = &paths[case % paths.len()];
        for name in files(case) {
            let mut bytes = fs::read(case.join(&name)).unwrap();
            for (at, byte, what) in &changes {
                if bytes.is_empty() {
                    break;
                }
                let at = at.index(bytes.len());
                match what {
                    0 => bytes[at] = *byte,
                    1 => bytes.insert(at, *byte),
                    _ => { bytes.remove(at); }
                }
            }
            let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
            for document in read(&name, bytes, &mut sources, &mut diagnostics) {
                classify(&document, &mut diagnostics);
            }
            let text = render(diagnostics.iter(), &sources, DiagnosticFormat::Full, false);
            assert_eq!(text.is_empty(), diagnostics.is_empty());
        }
    }
}
