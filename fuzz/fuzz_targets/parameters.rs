//! `ARGOCD_APP_PARAMETERS`: texts become fields of the configuration.
#![no_main]

mod shared;

use fastrand::Rng;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use spark_render::internals::{
    cli::argocd::read_parameters,
    render::{
        self, Host,
        config::{Layers, texts},
    },
    tree::{
        Diagnostics, Sources,
        printers::{self, DiagnosticFormat},
    },
};

fn printed(bytes: &[u8]) -> Option<String> {
    let entries = match read_parameters(std::str::from_utf8(bytes).ok()?) {
        Ok(entries) => entries,
        Err(message) => return Some(message),
    };
    let parameters = match texts::from_texts(&entries) {
        Ok(parameters) => parameters,
        Err(faults) => return Some(format!("{faults:?}")),
    };
    let mut diagnostics = Diagnostics::new();
    let mut layers = Layers::default();
    layers.lay_parameters(&parameters);
    let configuration = layers.decode(&mut diagnostics);
    let host = Host { parameters, ..Host::default() };
    let options = configuration.as_ref().and_then(|one| render::settle(one, &host, &mut diagnostics));
    let said = printers::render(diagnostics.iter(), &Sources::new(), DiagnosticFormat::Sentence, false);
    Some(format!("{said}{:?}{}", configuration.map(|one| one.spec), options.is_some()))
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let mut rng = Rng::with_seed(seed.into());
    match serde_json::from_slice::<serde_json::Value>(&data[..size]) {
        Ok(mut tree) if rng.u8(..3) > 0 => {
            shared::mutate::tree(&mut tree, &mut rng);
            let text = tree.to_string();
            shared::mutate::put(data, 0, text.as_bytes(), most).unwrap_or_else(|| fuzzer_mutate(data, size, most))
        }
        _ => fuzzer_mutate(data, size, most),
    }
});

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(first) = printed(bytes) else { return Corpus::Reject };
    assert!(printed(bytes).is_some_and(|second| first == second), "not the same bytes twice");
    Corpus::Keep
});
