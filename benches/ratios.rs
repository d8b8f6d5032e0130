//! What a render costs, as ratios within one run: against `--version` (the cost of starting), and against the
//! floor: this project's own loader on the same input bytes and emitter on the same output bytes. What `check` and
//! `diff` cost against it.
//!
//! `cargo bench --bench ratios` prints a table. Nothing is asserted: machines differ, ratios are for people.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, clippy::cast_precision_loss)]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use spark_render::internals::{
    text::{read::Document, write::yaml},
    tree::{Diagnostics, Sources},
};

/// The same allocator as the binary's, so that the floor is measured with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BINARY: &str = env!("CARGO_BIN_EXE_spark-render");
const APPLICATION: &str = include_str!("../fixtures/render/spark-pi/app.yaml");

fn start(arguments: &[&str]) -> Child {
    let mut command = Command::new(BINARY);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn end(mut child: Child) {
    let status = child.wait().unwrap();
    // 1 is what `check` and `diff` say of findings and differences.
    assert!(status.code().is_some_and(|code| code < 2), "ended with {status}");
}

/// Wall time of one run.
fn time(arguments: &[&str]) -> Duration {
    let clock = Instant::now();
    end(start(arguments));
    clock.elapsed()
}

/// The quickest of several runs: whatever else a machine does only adds time.
fn best_of(times: usize, arguments: &[&str]) -> Duration {
    (0..times).map(|_| time(arguments)).min().unwrap()
}

/// The highest of several peak resident sets, in KiB, each as last seen before the end. Looking costs time, so these are
/// runs of their own.
fn peak_of(times: usize, arguments: &[&str]) -> u64 {
    let peak = |_| {
        let child = start(arguments);
        let status = format!("/proc/{}/status", child.id());
        let watcher = std::thread::spawn(move || {
            let mut peak = 0;
            while let Ok(text) = fs::read_to_string(&status) {
                let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:")) else { break };
                peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
            peak
        });
        end(child);
        watcher.join().unwrap()
    };
    (0..times).map(peak).max().unwrap()
}

fn applications(folder: &Path, count: usize) -> Vec<PathBuf> {
    fs::create_dir_all(folder).unwrap();
    let write = |index: usize| {
        let file = folder.join(format!("app-{index:05}.yaml"));
        fs::write(&file, APPLICATION.replace("name: spark-pi", &format!("name: spark-pi-{index}"))).unwrap();
        file
    };
    (0..count).map(write).collect()
}

/// Reads and parses the inputs, and emits the outputs' trees.
fn floor(inputs: &[PathBuf], outputs: &[Document]) -> Duration {
    let start = Instant::now();
    for input in inputs {
        let mut sources = Sources::new();
        let id = sources.add("input", fs::read_to_string(input).unwrap());
        black_box(spark_render::internals::operator::documents::parse(id, &sources, &mut Diagnostics::new()));
    }
    let mut text = String::new();
    for output in outputs {
        text.clear();
        yaml::write(&output.node, &mut text);
        black_box(&text);
    }
    start.elapsed()
}

fn stream(folder: &str) -> Vec<u8> {
    Command::new(BINARY).args(["render", "--kube-version", "1.34", folder]).output().unwrap().stdout
}

/// Reads, parses and emits the inputs, and parses and emits the output.
fn both_ways(inputs: &[PathBuf], output: &str) -> Duration {
    let start = Instant::now();
    let pass = |text: String| {
        let mut sources = Sources::new();
        let id = sources.add("text", text);
        let mut out = String::new();
        for document in spark_render::internals::operator::documents::parse(id, &sources, &mut Diagnostics::new()) {
            out.clear();
            yaml::write(&document.node, &mut out);
            black_box(&out);
        }
    };
    inputs.iter().for_each(|input| pass(fs::read_to_string(input).unwrap()));
    pass(output.to_owned());
    start.elapsed()
}

fn outputs(stream: Vec<u8>) -> Vec<Document> {
    let mut sources = Sources::new();
    let id = sources.add("output", String::from_utf8(stream).unwrap());
    spark_render::internals::operator::documents::parse(id, &sources, &mut Diagnostics::new())
}

fn row(what: &str, value: &str) {
    println!("{what:<58} {value}");
}

fn ms(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

fn ratio(a: Duration, b: Duration) -> String {
    format!("{:.2}", a.as_secs_f64() / b.as_secs_f64())
}

fn peaks(large: u64, small: u64) -> String {
    format!("{:.2} ({large} / {small} KiB)", large as f64 / small as f64)
}

fn render<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["render", "--kube-version", "1.34"], arguments].concat()
}

/// `check`, and `diff` of what the applications render to: with itself, and with what they render to when one field
/// of all of them is another.
fn views(directory: &Path, applications: &[PathBuf], parallel: Duration, sequential: Duration) {
    let path = |name: &str| directory.join(name).display().to_string();
    let check = |threads| best_of(5, &["check", "--kube-version", "1.34", &path("thousand"), "--threads", threads]);
    row("check / render, 1,000 applications, one thread", &ratio(check("1"), sequential));
    row("check / render, 1,000 applications, two threads", &ratio(check("2"), parallel));

    fs::create_dir_all(directory.join("changed")).unwrap();
    for file in applications {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("imagePullPolicy: IfNotPresent"));
        let changed = text.replace("imagePullPolicy: IfNotPresent", "imagePullPolicy: Always");
        fs::write(directory.join("changed").join(file.file_name().unwrap()), changed).unwrap();
    }
    fs::write(directory.join("new.yaml"), stream(&path("changed"))).unwrap();
    let diff = |old: &str, new: &str| best_of(5, &["diff", &path(old), &path(new)]);
    let (same, other) = (diff("old.yaml", "old.yaml"), diff("old.yaml", "new.yaml"));
    row("diff of 1,000 applications, streams, nothing differs", &ms(same));
    row("diff / render, streams, nothing differs", &ratio(same, parallel));
    row("diff / render, streams, one field of all differs", &ratio(other, parallel));
    let tree = |input: &str, output: &str| time(&render(&["-o", &path(output), &path(input), "--threads", "2"]));
    let written = tree("thousand", "old");
    tree("changed", "new");
    row("diff / render, trees, nothing differs", &ratio(diff("old", "old"), written));
    row("diff / render, trees, one field of all differs", &ratio(diff("old", "new"), written));
}

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let one = applications(&path("one"), 1);
    let thousand = applications(&path("thousand"), 1_000);
    applications(&path("ten-thousand"), 10_000);
    let text = |name: &str| path(name).display().to_string();
    let (one_file, folder, large) = (one[0].display().to_string(), text("thousand"), text("ten-thousand"));

    let turn = |_| (time(&["--version"]), time(&render(&[&one_file])));
    let (versions, singles): (Vec<Duration>, Vec<Duration>) = (0..21).map(turn).unzip();
    let (version, single) = (versions.into_iter().min().unwrap(), singles.into_iter().min().unwrap());
    row("--version", &ms(version));
    row("one application", &ms(single));
    row("one application / --version", &ratio(single, version));

    let rendered = stream(&folder);
    fs::write(path("old.yaml"), &rendered).unwrap();
    let whole = String::from_utf8(rendered.clone()).unwrap();
    let trees = outputs(rendered);
    let (one_thread, two_threads) = (render(&[&folder, "--threads", "1"]), render(&[&folder, "--threads", "2"]));
    let (mut floor_time, mut sequential, mut parallel) = (Duration::MAX, Duration::MAX, Duration::MAX);
    // Taken in turns: a busy minute of the machine meets all of them.
    for _ in 0..15 {
        floor_time = floor_time.min(floor(&thousand, &trees));
        sequential = sequential.min(time(&one_thread));
        parallel = parallel.min(time(&two_threads));
    }
    row("floor: parse and emit the bytes of 1,000 applications", &ms(floor_time));
    row("1,000 applications, one thread", &ms(sequential));
    row("1,000 applications, one thread / floor", &ratio(sequential, floor_time));
    let wide = both_ways(&thousand, &whole);
    row("loader and emitter both over input and output", &ms(wide));
    row("1,000 applications, one thread / the same", &ratio(sequential, wide));
    row("1,000 applications, one thread / two threads", &ratio(sequential, parallel));

    views(&directory.path().join(""), &thousand, parallel, sequential);

    let all = render(&[&large, "--threads", "2"]);
    let ten = best_of(5, &all);
    row("10,000 applications, two threads", &ms(ten));
    row("time per application, 10,000 / 1,000", &ratio(ten / 10, parallel));
    row("peak memory, 10,000 / 1,000, stdout", &peaks(peak_of(3, &all), peak_of(3, &two_threads)));
    let (small_tree, large_tree) = (text("out-1000"), text("out-10000"));
    let small = render(&["-o", &small_tree, &folder, "--threads", "2"]);
    let big = render(&["-o", &large_tree, &large, "--threads", "2"]);
    row("1,000 applications to a tree", &ms(time(&small)));
    row("10,000 applications to a tree", &ms(time(&big)));
    for tree in [&small_tree, &large_tree] {
        fs::remove_dir_all(tree).unwrap();
    }
    row("peak memory, 10,000 / 1,000, tree", &peaks(peak_of(1, &big), peak_of(1, &small)));
}
