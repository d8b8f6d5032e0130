//! Any text, target, versions and options: no panic; what is made without an error is valid by our own validation and
//! comes back through our own reader; and the same input gives the same bytes. The first bytes choose the options.
#![no_main]

mod shared;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use shared::options::{self, BYTES};
use spark_render::internals::{
    kube::{self, OnUnsupported, Provenance},
    operator::{self, Class, documents},
    render::{Options, pipeline},
    review::rules,
    text::{
        read::{Document, add},
        write::yaml,
    },
    tree::{
        Diagnostics, Node, Severity, Sources,
        printers::{self, DiagnosticFormat},
    },
};

fn document(document: &Document, options: &Options, was_read: bool, diagnostics: &mut Diagnostics, out: &mut String) {
    let mut own = Diagnostics::new();
    let class = operator::classify(document, &mut own);
    let rendered = pipeline::document(document, class, options, &|_| None, &mut own);
    let is_good = was_read && !own.has_errors();
    rules::check(document, &rendered, options, &mut own);
    diagnostics.extend(own);
    yaml::write_stream(rendered.objects.iter().map(|manifest| &manifest.object), out);
    if !is_good || class == Class::Other {
        return;
    }
    shared::assert_all_come_back(&rendered.objects.iter().map(|manifest| &manifest.object).collect::<Vec<_>>());
    if options.on_unsupported == OnUnsupported::Keep {
        return;
    }
    for manifest in rendered.objects.iter().filter(|manifest| manifest.provenance == Provenance::Rendered) {
        let mut found = Diagnostics::new();
        kube::validate(manifest, options.kube_version, &mut found);
        let error = found.iter().find(|one| one.severity == Severity::Error);
        assert!(
            error.is_none(),
            "own output is not valid: {:?}\n{}",
            error.map(|one| (one.code, &one.message, one.path.to_string())),
            text(&manifest.object)
        );
        let mut again = manifest.object.clone();
        kube::conform_object(&mut again, options.kube_version, options.on_unsupported, &mut found);
        assert!(again == manifest.object, "conforming twice differs:\n{}---\n{}", text(&manifest.object), text(&again));
    }
}

fn text(node: &Node) -> String {
    let mut text = String::new();
    yaml::write(node, &mut text);
    text
}

/// Everything that is printed.
fn printed(options: &Options, bytes: &[u8]) -> Option<String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = add("fuzz.yaml", bytes.to_vec(), &mut sources, &mut diagnostics)?;
    let documents = documents::parse(id, &sources, &mut diagnostics);
    let was_read = !diagnostics.has_errors();
    let mut out = String::new();
    rules::check_options(options, &mut diagnostics);
    for one in &documents {
        document(one, options, was_read, &mut diagnostics, &mut out);
    }
    for format in [
        DiagnosticFormat::Full,
        DiagnosticFormat::Concise,
        DiagnosticFormat::Json,
        DiagnosticFormat::Github,
        DiagnosticFormat::Sentence,
    ] {
        out.push_str(&printers::render(diagnostics.iter(), &sources, format, false));
    }
    Some(out)
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    shared::mutate::mutate(data, size, most, seed, BYTES, "")
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((head, text)) = bytes.split_first_chunk::<BYTES>() else { return Corpus::Reject };
    let options = options::of(head);
    let Some(first) = printed(&options, text) else { return Corpus::Reject };
    assert!(printed(&options, text).is_some_and(|second| first == second), "not the same bytes twice");
    Corpus::Keep
});
