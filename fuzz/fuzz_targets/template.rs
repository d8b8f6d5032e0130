//! A template and its values: within its bounds it ends with a text or with an error at a place in it.
#![no_main]

mod shared;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use shared::BETWEEN;
use spark_render::internals::{
    operator::documents,
    text::{read::add, template},
    tree::{
        Diagnostics, Sources,
        limits::TEMPLATE_BYTES,
        printers::{self, DiagnosticFormat},
    },
};

fn printed(bytes: &[u8]) -> Option<String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let text = std::str::from_utf8(bytes).ok()?;
    let (template, values) = text.split_once(BETWEEN).unwrap_or((text, "{}"));
    let values = shared::read(values.as_bytes()).first().map_or_else(|| serde_json::json!({}), |node| node.to_json());
    let id = add("fuzz.yaml.j2", template.as_bytes().to_vec(), &mut sources, &mut diagnostics)?;
    let included = template.to_owned();
    let include = move |name: &str| Ok((name == "self.j2").then(|| included.clone()));
    match template::render(id, &values, include, &mut sources) {
        Ok(rendered) => {
            let written = sources.file(rendered).text.to_string();
            assert!(written.len() <= TEMPLATE_BYTES);
            documents::parse(rendered, &sources, &mut diagnostics);
            // Findings point into the template.
            let said = printers::render(diagnostics.iter(), &sources, DiagnosticFormat::Full, false);
            Some(written + &said)
        }
        Err(found) => {
            let span = found.origin.span().expect("a place");
            let _ = sources.place(span);
            Some(printers::render([&*found], &sources, DiagnosticFormat::Full, false))
        }
    }
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    // Only values are trees.
    let values = String::from_utf8_lossy(&data[..size]).find(BETWEEN).filter(|_| seed % 4 == 0);
    match values.filter(|start| data.get(*start..).is_some_and(|rest| rest.starts_with(BETWEEN.as_bytes()))) {
        Some(start) => shared::mutate::mutate(data, size, most, seed, start + BETWEEN.len(), ""),
        None => libfuzzer_sys::fuzzer_mutate(data, size, most),
    }
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(first) = printed(bytes) else { return Corpus::Reject };
    assert!(printed(bytes).is_some_and(|second| first == second), "not the same bytes twice");
    Corpus::Keep
});
