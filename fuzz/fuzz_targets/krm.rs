//! `krm` on any standard input: a ResourceList, or what is none. Its answer is a ResourceList again.
#![no_main]

mod shared;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};
use shared::captured;
use spark_render::internals::{hosts::krm::ResourceList, tree::Diagnostics};

fn answer(bytes: &[u8]) -> [String; 2] {
    captured::run(&["krm"], bytes).expect("files in memory")
}

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    shared::mutate::mutate(data, size, most, seed, 0, "")
});

fuzz_target!(
    init: {
        captured::install();
        // A generator reads the folder in which it runs.
        let folder = tempfile::tempdir_in("/dev/shm").expect("a folder in memory").keep();
        std::env::set_current_dir(&folder).expect("it was just made");
        std::fs::write("app.yaml", include_str!("../../fixtures/types/application.yaml")).expect("there is room");
    },
    |bytes: &[u8]| -> Corpus {
        let first = answer(bytes);
        assert_eq!(first, answer(bytes), "not the same bytes twice");
        let [list, _] = first;
        if !list.is_empty() {
            let mut diagnostics = Diagnostics::new();
            let node = shared::read(list.as_bytes()).into_iter().next();
            let read = node.and_then(|node| ResourceList::read(node, &mut diagnostics));
            assert!(read.is_some(), "the answer is no ResourceList:\n{list}");
        }
        Corpus::Keep
    }
);
