//! Whole commands, which read and write the process's own streams.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::fd::OwnedFd,
    panic,
    sync::{Mutex, OnceLock, PoisonError},
};

use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use spark_render::internals::cli;

/// The process's own standard error, which a panic and the fuzzer need.
static STDERR: OnceLock<OwnedFd> = OnceLock::new();
static FILES: OnceLock<Mutex<[File; 3]>> = OnceLock::new();

/// To be called once, before the first input.
pub fn install() {
    let own = rustix::io::dup(rustix::stdio::stderr()).expect("standard error is open");
    STDERR.set(own).expect("called once");
    let file = || tempfile::tempfile_in("/dev/shm").expect("a file in memory");
    FILES.set(Mutex::new([file(), file(), file()])).expect("called once");
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        restore();
        usual(panic);
    }));
}

fn restore() {
    if let Some(own) = STDERR.get() {
        let _ = dup2_stderr(own);
    }
}

/// Standard output and standard error of a command line with `stdin`.
pub fn run(command: &[&str], stdin: &[u8]) -> io::Result<[String; 2]> {
    let files = FILES.get().expect("installed").lock();
    let mut files = files.unwrap_or_else(PoisonError::into_inner);
    for file in files.iter_mut() {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
    }
    files[2].write_all(stdin)?;
    files[2].seek(SeekFrom::Start(0))?;
    dup2_stdin(&files[2])?;
    dup2_stdout(&files[0])?;
    dup2_stderr(&files[1])?;
    let _ = cli::run(["spark-render"].iter().chain(command).map(Into::into).collect());
    restore();
    let mut read = |file: usize| {
        let mut bytes = Vec::new();
        files[file].seek(SeekFrom::Start(0))?;
        files[file].read_to_end(&mut bytes)?;
        io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok([read(0)?, read(1)?])
}
