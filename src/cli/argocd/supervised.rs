//! `argocd generate` within limits. A repo-server's sidecar works for many tenants: what one of them has put into a
//! repository may cost its own Application the answer, and no other. So the work is done by a child, a second process of
//! this program with limits on memory and time, and the child's death becomes one error.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, PipeReader, Read, Write},
    os::fd::AsFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use super::args::GenerateArgs;
use crate::{
    cli::{ExitStatus, bug, reporter::Reporter},
    tree::failure::Failure,
};

/// What tells a child what it is.
const WITHIN: &str = "--within-limits";
/// What a child may answer, in bytes. Argo CD takes far less.
const ANSWER: u64 = 512 << 20;
/// What a child may say, in bytes.
const WORDS: u64 = 16 << 20;

/// The files that are being worked on are written here, if this process is a child: to its standard input, of which
/// its parent holds the other end.
static BEGUN: OnceLock<Mutex<File>> = OnceLock::new();

/// Says that work on `path` begins, until what is returned is dropped.
pub(crate) fn begin(path: &Path) -> Option<Begun<'_>> {
    BEGUN.get().map(|_| {
        tell(b'+', path);
        Begun(path)
    })
}

/// See [`begin`].
pub(crate) struct Begun<'p>(&'p Path);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        tell(b'-', self.0);
    }
}

fn tell(sign: u8, path: &Path) {
    let Some(begun) = BEGUN.get() else { return };
    let line = [&[sign], path.as_os_str().as_encoded_bytes(), &[0]].concat();
    // Nobody may listen any more.
    let _ = begun.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
}

/// In a child: takes the limits on, and says from now on what is worked on.
///
/// # Errors
/// When the system refuses.
pub(crate) fn enter(args: &GenerateArgs) -> Result<(), Failure> {
    let own = |source| Failure::Read { path: "standard input".into(), source };
    let begun = io::stdin().as_fd().try_clone_to_owned().map_err(own)?;
    let _ = BEGUN.set(Mutex::new(File::from(begun)));
    limit(args).map_err(|source| Failure::Program { program: "setrlimit".to_owned(), message: source.to_string() })
}

#[cfg(target_os = "linux")]
fn limit(args: &GenerateArgs) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // The host may have set a lower one, which cannot be raised.
    let set = |resource, most: u64| {
        let most = getrlimit(resource).maximum.map_or(most, |host| host.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
    };
    set(Resource::As, args.memory_limit)?;
    set(Resource::Core, 0)?;
    Ok(set(Resource::Cpu, args.time_limit)?)
}

/// Other systems have no bound on memory that holds; time is the parent's business.
#[cfg(not(target_os = "linux"))]
fn limit(_: &GenerateArgs) -> io::Result<()> {
    Ok(())
}

/// Runs a child and hands on what it says.
///
/// # Errors
/// When the child cannot be started, or does not end by itself.
pub(crate) fn run(args: &GenerateArgs, arguments: &[OsString], reporter: Reporter) -> Result<ExitStatus, Failure> {
    let failure = |message: String| Failure::Program { program: "argocd generate".to_owned(), message };
    let system = |error: io::Error| failure(error.to_string());
    let (begun, its_end) = io::pipe().map_err(system)?;
    let mut command = Command::new(std::env::current_exe().map_err(system)?);
    command.args(arguments.iter().skip(1)).arg(WITHIN);
    // The allocator reserves address space, which the limit counts, in steps of this many KiB instead of a gibibyte.
    command.env("MIMALLOC_ARENA_RESERVE", "65536");
    let mut child =
        command.stdin(Stdio::from(its_end)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(system)?;
    // It holds the other end of the pipe.
    drop(command);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (heard, answer, words) = thread::scope(|scope| {
        let answer = scope.spawn(|| stdout.map(|stdout| bounded(stdout, ANSWER)).unwrap_or_default());
        let words = scope.spawn(|| stderr.map(|stderr| bounded(stderr, WORDS)).unwrap_or_default());
        let heard = listen(begun, &mut child, Duration::from_secs(args.time_limit));
        (heard, answer.join().unwrap_or_default(), words.join().unwrap_or_default())
    });
    let status = child.wait().map_err(system)?;
    let message = String::from_utf8_lossy(&words);
    let cause = match status.code() {
        Some(_) if answer.len() as u64 > ANSWER => format!("its answer is larger than {} MiB", ANSWER >> 20),
        Some(code) => {
            reporter.terminal.report(&message);
            reporter.terminal.data(&answer)?;
            return Ok(match u8::try_from(code) {
                Ok(0) => ExitStatus::Done,
                Ok(1) => ExitStatus::Findings,
                Ok(bug::STATUS) => ExitStatus::Bug,
                _ => ExitStatus::CouldNotRun,
            });
        }
        None if heard.is_late || is_signal(status, CPU_TIME) => {
            format!("it took longer than {} s; `--time-limit` of the installation sets the limit", args.time_limit)
        }
        None if message.contains("overflowed its stack") => "something nests too deep for the stack".to_owned(),
        None => format!(
            "it wanted more than {} MiB of memory; `--memory-limit` of the installation sets the limit",
            args.memory_limit >> 20
        ),
    };
    let place = match heard.unfinished.as_slice() {
        [] => "before the first file, or after the last".to_owned(),
        files => format!(
            "while it worked on {}",
            files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Err(failure(format!("the run was ended {place}: {cause}")))
}

/// SIGXCPU, on Linux and everything that is like it.
const CPU_TIME: i32 = 24;

#[cfg(unix)]
fn is_signal(status: std::process::ExitStatus, signal: i32) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(signal)
}

/// What was heard of a child until it ended.
struct Heard {
    /// Files that were begun and not ended, in this order.
    unfinished: Vec<String>,
    /// Whether its time was over.
    is_late: bool,
}

/// Listens until the child's end of the pipe is closed, which is when it ends; a child that is late is ended.
fn listen(mut begun: PipeReader, child: &mut Child, time: Duration) -> Heard {
    let (ended, end) = mpsc::channel();
    thread::scope(|scope| {
        let lines = scope.spawn(move || {
            let mut unfinished: Vec<Vec<u8>> = Vec::new();
            let (mut rest, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = begun.read(&mut buffer) {
                rest.extend_from_slice(&buffer[..count]);
                while let Some(end) = rest.iter().position(|byte| *byte == 0) {
                    let line: Vec<u8> = rest.drain(..=end).take(end).collect();
                    match line.split_first() {
                        Some((b'+', path)) => unfinished.push(path.to_owned()),
                        Some((_, path)) => unfinished.retain(|other| other != path),
                        None => {}
                    }
                }
            }
            let _ = ended.send(());
            unfinished
        });
        let is_late = end.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout);
        if is_late {
            // It may just have ended.
            let _ = child.kill();
        }
        let unfinished = lines.join().unwrap_or_default();
        Heard { unfinished: unfinished.iter().map(|path| shown(path)).collect(), is_late }
    })
}

/// A path for a message.
fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).escape_debug().take(400).collect()
}

/// Reads up to one byte more than `most`.
fn bounded(stream: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read any more is of a child that has ended.
    let _ = stream.take(most + 1).read_to_end(&mut bytes);
    bytes
}
