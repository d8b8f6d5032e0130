//! Whatever the bytes are, reading ends with documents or findings, each finding with a place in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spark_render::internals::{
    operator::classify,
    text::{
        read::{add, parse},
        write::yaml,
    },
    tree::{Diagnostics, Sources},
};

fuzz_target!(|bytes: &[u8]| {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let Some(id) = add("fuzz.yaml", bytes.to_vec(), &mut sources, &mut diagnostics) else { return };
    let documents = parse(id, &sources, |_| true, &mut diagnostics);
    let mut text = String::new();
    for document in &documents {
        classify(document, &mut diagnostics);
        yaml::write(&document.node, &mut text);
    }
    for finding in diagnostics.iter() {
        let span = finding.origin.span().expect("a place");
        std::hint::black_box(sources.place(span));
    }
});
