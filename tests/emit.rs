//! Writing: what is written is read back as the same values.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use spark_render::internals::{
    text::{
        read::parse,
        write::{json, yaml},
    },
    tree::{Diagnostics, Node, Sources},
};

fn hostile() -> Vec<String> {
    serde_json::from_str(&std::fs::read_to_string("fixtures/hostile-strings.json").unwrap()).unwrap()
}

/// The documents of `text` as our loader reads them; nothing may be reported.
fn read(text: &str) -> Vec<Node> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("out.yaml", text);
    let nodes = parse(id, &sources, spark_render::internals::operator::is_spark, &mut diagnostics)
        .into_iter()
        .map(spark_render::internals::text::read::Document::into_node)
        .collect();
    let errors: Vec<_> = diagnostics.iter().map(|finding| &finding.message).collect();
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    nodes
}

/// Writes `value` in every format, and reads it back with every reader at hand.
fn check_round_trip(value: &Json) {
    let node = Node::from_json(value);
    let mut text = String::new();
    yaml::write(&node, &mut text);
    assert_eq!(read(&text), std::slice::from_ref(&node), "{text}");
    let other: Json = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error} in\n{text}"));
    assert_eq!(&other, value, "{text}");

    let mut annotated = String::new();
    yaml::write_annotated(&node, &mut |path, _| Some(format!("{path} \" ' # \n")), &mut annotated);
    assert_eq!(read(&annotated), std::slice::from_ref(&node), "{annotated}");

    let mut lines = String::new();
    json::write_line(&node, &mut lines);
    assert_eq!(lines.lines().count(), 1);
    assert_eq!(&serde_json::from_str::<Json>(&lines).unwrap(), value);
    json::write_pretty(&node, &mut lines);
    assert_eq!(read(&lines), [node.clone(), node], "{lines}");
}

#[test]
fn hostile_strings_come_back_from_every_position() {
    let strings = hostile();
    let names: Vec<_> =
        strings.iter().filter(|name| !name.is_empty() && !name.contains('=') && !name.contains('\0')).collect();
    let data: serde_json::Map<_, _> =
        strings.iter().enumerate().map(|(at, text)| (format!("k{at}"), json!(text))).collect();
    let keys: serde_json::Map<_, _> = strings.iter().map(|text| (text.clone(), json!("value"))).collect();
    let nested: Vec<_> =
        strings.iter().map(|text| json!([[text], { text.as_str(): { text.as_str(): [text] } }])).collect();
    check_round_trip(&json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "data": data,
        "keys": keys,
        "env": strings.iter().map(|text| json!({"name": "A", "value": text})).collect::<Vec<_>>(),
        "names": names.iter().map(|name| json!({"name": name, "value": "x"})).collect::<Vec<_>>(),
        "args": strings,
        "nested": nested,
    }));
}

#[test]
fn every_hostile_string_is_a_document_of_its_own() {
    for text in hostile() {
        let mut out = String::new();
        yaml::write(&Node::from_json(&json!({ text.as_str(): text })), &mut out);
        assert!(!out.contains('\r') && out.ends_with('\n'));
        check_round_trip(&json!({ text.as_str(): text }));
    }
}

/// Texts of what makes readers stumble, and of anything at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[-:#,&*!|>'\"%@`?{}\\[\\]=~<$/.+_ \\t\\n\\r0-9a-zA-Z]{0,12}",
        "(y|no|On|null|~|<<|0x1F|1e3|017|12:30:45|2024-01-01|\\.inf|---|\\.\\.\\.)[ :\\n]?",
        "[ \\ta-c\\n#:-]{0,30}",
        any::<String>(),
        "[\u{7f}-\u{a0}\u{ad}\u{200b}-\u{202e}\u{feff}\u{fffd}-\u{ffff}a\\n]{0,6}",
        "[a\u{1}é]{480,1100}",
    ]
}

fn tree() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        text().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(Json::Null),
        // A whole float is read as an integer, as kubectl does.
        (any::<i32>(), 1..5_i32)
            .prop_map(|(number, places)| f64::from(number) / 10_f64.powi(places))
            .prop_filter("a fraction", |number| number.fract() != 0.0)
            .prop_map(Json::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((text(), inner), 0..6).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_what_was_written_gives_the_same_tree(value in prop::collection::vec((text(), tree()), 1..5)) {
        check_round_trip(&Json::Object(value.into_iter().collect()));
    }

    #[test]
    fn every_float_comes_back(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
        let node = Node::from_json(&json!({ "a": number }));
        let mut text = String::new();
        yaml::write(&node, &mut text);
        let Json::Number(found) = read(&text).remove(0).to_json()["a"].take() else { panic!("{text}") };
        prop_assert_eq!(found.as_f64(), Some(number));
    }
}
