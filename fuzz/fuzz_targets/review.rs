//! Two texts compared in every format, and a field of the second one explained.
#![no_main]

mod shared;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use shared::BETWEEN;
use spark_render::internals::{
    operator::documents,
    review::{
        diff::{self, IgnorePath, Options, format},
        explain,
    },
    text::read::Document,
    tree::{Diagnostics, Node, Origin, Sources, secret::Cover},
};

fn printed(text: &str) -> String {
    let parts: Vec<&str> = text.splitn(3, BETWEEN).collect();
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let mut read = |name: &str, part: Option<&&str>| -> Vec<Node> {
        let id = sources.add(name, part.copied().unwrap_or_default());
        documents::parse(id, &sources, &mut diagnostics).into_iter().map(Document::into_node).collect()
    };
    let (old, new) = (read("old.yaml", parts.first()), read("new.yaml", parts.get(1)));
    let field = parts.get(2).copied().unwrap_or("spec");
    let mut out = String::new();
    let ignore: Vec<IgnorePath> = IgnorePath::parse(field).into_iter().collect();
    for (show_secrets, ignore) in [(false, Vec::new()), (true, ignore)] {
        let options = Options { ignore, keep_defaults: show_secrets, show_secrets, threads: 1 };
        let comparison = diff::compare(&old, &new, &options);
        let places = |_: format::Side, _: usize, _: &Origin| None;
        let view = format::View { places: Some(&places), derived: show_secrets, styled: false };
        out += &format::text(&comparison, &view);
        out += &format::unified(&comparison);
        out += &format::json(&comparison, &places);
        let markdown = format::markdown(&comparison, &format::View::default(), 4000);
        assert!(markdown.len() <= 4000, "longer than it may be: {}", markdown.len());
        out += &markdown;
    }
    assert!(diff::compare(&new, &new, &Options::default()).is_same(), "an input differs from itself");
    for object in &new {
        for found in explain::find(object, field) {
            out += &format!("{} = {}\n", found.path, found.value);
            out += &explain::text(&found.origin, &sources, 2, Cover::Open);
            out += &explain::json(&found.origin, &sources, Cover::Open).to_string();
        }
    }
    out
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    shared::mutate::mutate(data, size, most, seed, 0, BETWEEN)
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    assert_eq!(printed(text), printed(text), "not the same bytes twice");
    Corpus::Keep
});
