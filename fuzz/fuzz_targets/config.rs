//! A configuration: read, written and read again as the same, settled, and applied to an application.
#![no_main]

mod shared;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use spark_render::internals::{
    operator::{self, documents},
    render::{self, Executors, Host, Target, config, pipeline},
    review::rules,
    text::{read::add, template, write::yaml},
    tree::{
        Diagnostics, Sources,
        printers::{self, DiagnosticFormat},
    },
};

const APPLICATION: &str = include_str!("../../fixtures/types/application.yaml");

fn printed(bytes: &[u8]) -> Option<String> {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = add("spark-render.yaml", bytes.to_vec(), &mut sources, &mut diagnostics)?;
    let mut out = String::new();
    for document in documents::parse(id, &sources, &mut diagnostics) {
        let Some(layers) = config::read(&document.node, &mut diagnostics) else { continue };
        let Some(configuration) = layers.decode(&mut diagnostics) else { continue };
        let written = serde_json::to_value(&configuration.spec).expect("plain data");
        let again: config::SparkRenderSpec = serde_json::from_value(written).expect("what was written is read");
        assert_eq!(again, configuration.spec);
        let mut values = serde_json::json!({});
        for (path, value) in &configuration.spec.set {
            let _ = template::set(&mut values, path, value.clone());
        }
        out.push_str(&values.to_string());
        let Some(mut options) = render::settle(&configuration, &Host::default(), &mut diagnostics) else { continue };
        rules::check_options(&options, &mut diagnostics);
        if options.target == Target::SparkApplication {
            options.executors = Executors::Template;
        }
        let id = sources.add("app.yaml", APPLICATION);
        for document in documents::parse(id, &sources, &mut diagnostics) {
            let mut own = Diagnostics::new();
            let class = operator::classify(&document, &mut own);
            let rendered = pipeline::document(&document, class, &options, &|_| None, &mut own);
            let objects: Vec<_> = rendered.objects.iter().map(|manifest| &manifest.object).collect();
            yaml::write_stream(objects.iter().copied(), &mut out);
            if !own.has_errors() {
                shared::assert_all_come_back(&objects);
            }
            rules::check(&document, &rendered, &options, &mut own);
            diagnostics.extend(own);
        }
    }
    for format in [DiagnosticFormat::Full, DiagnosticFormat::Json, DiagnosticFormat::Sentence] {
        out.push_str(&printers::render(diagnostics.iter(), &sources, format, false));
    }
    Some(out)
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    shared::mutate::mutate(data, size, most, seed, 0, "")
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(first) = printed(bytes) else { return Corpus::Reject };
    assert!(printed(bytes).is_some_and(|second| first == second), "not the same bytes twice");
    Corpus::Keep
});
