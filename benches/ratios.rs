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
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use spark_render::{
    diagnostics::Diagnostics,
    emit,
    source::{self, Document, Sources},
};

/// The same allocator as the binary's, so that the floor is measured with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BINARY: &str = env!("CARGO_BIN_EXE_spark-render");
const APPLICATION: &str = include_str!("../fixtures/render/spark-pi/app.yaml");

/// Wall time and peak resident set (KiB, as last seen) of one run.
struct Run {
    wall: Duration,
    peak: u64,
}

fn run(arguments: &[&str]) -> Run {
    let start = Instant::now();
    let mut command = Command::new(BINARY);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let watcher = std::thread::spawn(move || {
        let mut peak = 0;
        while let Ok(text) = fs::read_to_string(&status) {
            let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:")) else { break };
            peak = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            std::thread::sleep(Duration::from_millis(2));
        }
        peak
    });
    let status = child.wait().unwrap();
    let wall = start.elapsed();
    // 1 is what `check` and `diff` say of findings and differences.
    assert!(status.code().is_some_and(|code| code < 2), "{arguments:?} ended with {status}");
    Run { wall, peak: watcher.join().unwrap() }
}

/// The quickest of several runs, since whatever else a machine does only adds time; and the highest of their peaks.
fn quickest(runs: Vec<Run>) -> Run {
    let peak = runs.iter().map(|run| run.peak).max().unwrap();
    Run { wall: runs.iter().map(|run| run.wall).min().unwrap(), peak }
}

fn best_of(times: usize, arguments: &[&str]) -> Run {
    quickest((0..times).map(|_| run(arguments)).collect())
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
        black_box(source::parse(id, &sources, &mut Diagnostics::new()));
    }
    let mut text = String::new();
    for output in outputs {
        text.clear();
        emit::yaml::write(&output.node, &mut text);
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
        for document in source::parse(id, &sources, &mut Diagnostics::new()) {
            out.clear();
            emit::yaml::write(&document.node, &mut out);
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
    source::parse(id, &sources, &mut Diagnostics::new())
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

fn peaks(large: &Run, small: &Run) -> String {
    format!("{:.2} ({} / {} KiB)", large.peak as f64 / small.peak as f64, large.peak, small.peak)
}

fn render(arguments: &[&str], times: usize) -> Run {
    let mut all = vec!["render", "--kube-version", "1.34"];
    all.extend(arguments);
    best_of(times, &all)
}

/// `check`, and `diff` of what the applications render to: with itself, and with what they render to when one field
/// of all of them is another.
fn views(directory: &Path, applications: &[PathBuf], parallel: &Run, sequential: &Run) {
    let path = |name: &str| directory.join(name).display().to_string();
    let check = |threads| best_of(5, &["check", "--kube-version", "1.34", &path("thousand"), "--threads", threads]);
    row("check / render, 1,000 applications, one thread", &ratio(check("1").wall, sequential.wall));
    row("check / render, 1,000 applications, two threads", &ratio(check("2").wall, parallel.wall));

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
    row("diff of 1,000 applications, streams, nothing differs", &ms(same.wall));
    row("diff / render, streams, nothing differs", &ratio(same.wall, parallel.wall));
    row("diff / render, streams, one field of all differs", &ratio(other.wall, parallel.wall));
    let tree = |input: &str, output: &str| {
        best_of(3, &["render", "--kube-version", "1.34", "-o", &path(output), &path(input), "--threads", "2"])
    };
    let written = tree("thousand", "old");
    tree("changed", "new");
    row("diff / render, trees, nothing differs", &ratio(diff("old", "old").wall, written.wall));
    row("diff / render, trees, one field of all differs", &ratio(diff("old", "new").wall, written.wall));
}

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let one = applications(&path("one"), 1);
    let thousand = applications(&path("thousand"), 1_000);
    applications(&path("ten-thousand"), 10_000);
    let text = |name: &str| path(name).display().to_string();
    let (one_file, folder, large) = (one[0].display().to_string(), text("thousand"), text("ten-thousand"));

    let turns = (0..21).map(|_| (run(&["--version"]), render(&[&one_file], 1)));
    let (versions, singles): (Vec<Run>, Vec<Run>) = turns.unzip();
    let (version, single) = (quickest(versions), quickest(singles));
    row("--version", &ms(version.wall));
    row("one application", &ms(single.wall));
    row("one application / --version", &ratio(single.wall, version.wall));

    let rendered = stream(&folder);
    fs::write(path("old.yaml"), &rendered).unwrap();
    let whole = String::from_utf8(rendered.clone()).unwrap();
    let trees = outputs(rendered);
    let (mut floors, mut sequential, mut parallel) = (Vec::new(), Vec::new(), Vec::new());
    // Taken in turns: a busy minute of the machine meets all of them.
    for _ in 0..15 {
        floors.push(floor(&thousand, &trees));
        sequential.push(render(&[&folder, "--threads", "1"], 1));
        parallel.push(render(&[&folder, "--threads", "2"], 1));
    }
    let (floor, sequential, parallel) = (floors.into_iter().min().unwrap(), quickest(sequential), quickest(parallel));
    row("floor: parse and emit the bytes of 1,000 applications", &ms(floor));
    row("1,000 applications, one thread", &ms(sequential.wall));
    row("1,000 applications, one thread / floor", &ratio(sequential.wall, floor));
    let wide = both_ways(&thousand, &whole);
    row("loader and emitter both over input and output", &ms(wide));
    row("1,000 applications, one thread / the same", &ratio(sequential.wall, wide));
    row("1,000 applications, one thread / two threads", &ratio(sequential.wall, parallel.wall));

    views(&directory.path().join(""), &thousand, &parallel, &sequential);

    let ten = render(&[&large, "--threads", "2"], 3);
    row("10,000 applications, two threads", &ms(ten.wall));
    row("time per application, 10,000 / 1,000", &ratio(ten.wall / 10, parallel.wall));
    row("peak memory, 10,000 / 1,000, stdout", &peaks(&ten, &parallel));
    let (small_tree, large_tree) = (text("out-1000"), text("out-10000"));
    let small = render(&["-o", &small_tree, &folder, "--threads", "2"], 1);
    let big = render(&["-o", &large_tree, &large, "--threads", "2"], 1);
    row("1,000 applications to a tree", &ms(small.wall));
    row("10,000 applications to a tree", &ms(big.wall));
    row("peak memory, 10,000 / 1,000, tree", &peaks(&big, &small));
}
