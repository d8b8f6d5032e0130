//! What a render costs, as ratios within one run: against `--version` (the cost of starting), and against the
//! floor: this project's own loader and emitter on the same input and output bytes.
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
    assert!(status.success(), "{arguments:?} ended with {status}");
    Run { wall, peak: watcher.join().unwrap() }
}

/// The median of several runs.
fn median(times: usize, arguments: &[&str]) -> Run {
    let mut runs: Vec<Run> = (0..times).map(|_| run(arguments)).collect();
    runs.sort_by_key(|run| run.wall);
    let peak = runs.iter().map(|run| run.peak).max().unwrap();
    Run { wall: runs[times / 2].wall, peak }
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

fn outputs(folder: &str) -> Vec<Document> {
    let result = Command::new(BINARY).args(["render", "--kube-version", "1.34", folder]).output().unwrap();
    let mut sources = Sources::new();
    let id = sources.add("output", String::from_utf8(result.stdout).unwrap());
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
    median(times, &all)
}

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let one = applications(&path("one"), 1);
    let thousand = applications(&path("thousand"), 1_000);
    applications(&path("ten-thousand"), 10_000);
    let text = |name: &str| path(name).display().to_string();
    let (one_file, folder, large) = (one[0].display().to_string(), text("thousand"), text("ten-thousand"));

    let version = median(21, &["--version"]);
    let single = render(&[&one_file], 21);
    row("--version", &ms(version.wall));
    row("one application", &ms(single.wall));
    row("one application / --version", &ratio(single.wall, version.wall));

    let trees = outputs(&folder);
    let mut floors: Vec<Duration> = (0..5).map(|_| floor(&thousand, &trees)).collect();
    floors.sort();
    let floor = floors[2];
    let sequential = render(&[&folder, "--threads", "1"], 5);
    let parallel = render(&[&folder, "--threads", "2"], 5);
    row("floor: parse and emit the bytes of 1,000 applications", &ms(floor));
    row("1,000 applications, one thread", &ms(sequential.wall));
    row("1,000 applications, one thread / floor", &ratio(sequential.wall, floor));
    row("1,000 applications, one thread / two threads", &ratio(sequential.wall, parallel.wall));

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
