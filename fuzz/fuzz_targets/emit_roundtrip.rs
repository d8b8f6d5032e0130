//! What is written is read back as the same tree, in YAML and in JSON.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spark_render::internals::{
    text::{
        read::parse,
        write::{json, yaml},
    },
    tree::{Diagnostics, Node, Sources, Value, limits::DEPTH},
};

/// Trees that go beyond the reader's bounds, or whose numbers JSON rewrites, are no fault.
fn is_plain(node: &Node, depth: usize) -> bool {
    match &node.value {
        Value::Number(number) => !number.is_f64(),
        Value::Sequence(items) => depth < DEPTH && items.iter().all(|item| is_plain(item, depth + 1)),
        Value::Mapping(fields) => depth < DEPTH && fields.values().all(|field| is_plain(field, depth + 1)),
        _ => true,
    }
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return Corpus::Reject };
    let node = Node::from_json(&serde_json::json!({ "value": value }));
    if !is_plain(&node, 0) {
        return Corpus::Reject;
    }
    for write in [yaml::write, json::write_pretty, json::write_line] {
        let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
        let mut text = String::new();
        write(&node, &mut text);
        let id = sources.add("fuzz.yaml", text.as_str());
        // Placeholders in texts are not looked for: there may be any.
        let documents = parse(id, &sources, |_| false, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{text}");
        assert_eq!(documents.len(), 1, "{text}");
        assert_eq!(*documents[0].node, node, "{text}");
    }
    Corpus::Keep
});
