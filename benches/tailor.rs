//! What tailoring and validation cost of a render, as a share within one run.
//!
//! `cargo bench --bench tailor` prints a table. Nothing is asserted: machines differ, shares are for people.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use spark_render::internals::{
    kube::{self, Manifest, OnUnsupported},
    operator,
    render::{Options, pipeline},
    text::write::yaml,
    tree::{Diagnostics, Sources},
};

const APPLICATION: &str = include_str!("../fixtures/render/spark-pi/app.yaml");

/// The shortest of many runs: the rest is other people's work.
fn shortest(mut run: impl FnMut() -> Duration) -> Duration {
    (0..2000).map(|_| run()).min().unwrap()
}

/// Reads, renders and emits the application.
fn whole(version: kube::Version) -> (Vec<Manifest>, String) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let id = sources.add("app.yaml", APPLICATION);
    let options = Options { kube_version: version, ..Options::default() };
    let mut made = Vec::new();
    for document in spark_render::internals::operator::documents::parse(id, &sources, &mut diagnostics) {
        let class = operator::classify(&document, &mut diagnostics);
        made.extend(pipeline::document(&document, class, &options, &|_| None, &mut diagnostics).objects);
    }
    let mut yaml = String::new();
    yaml::write_stream(made.iter().map(|manifest| &manifest.object), &mut yaml);
    (made, yaml)
}

fn main() {
    println!("{:<12} {:>12} {:>12} {:>7}", "Kubernetes", "conform", "render", "share");
    let (manifests, _) = whole(kube::Version::NEWEST);
    for minor in [16, 20, 28, 37] {
        let version = kube::Version::nearest(minor);
        let conform = shortest(|| {
            let (manifests, mut diagnostics) = (manifests.clone(), Diagnostics::new());
            let start = Instant::now();
            let made = kube::conform(manifests, version, OnUnsupported::Drop, &mut diagnostics);
            let elapsed = start.elapsed();
            black_box(made);
            elapsed
        });
        let render = shortest(|| {
            let start = Instant::now();
            black_box(whole(version));
            start.elapsed()
        });
        let share = 100.0 * conform.as_secs_f64() / render.as_secs_f64();
        println!("{:<12} {conform:>12.1?} {render:>12.1?} {share:>6.1}%", version.to_string());
    }
}
