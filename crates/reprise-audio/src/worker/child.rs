//! Manages one child process for the parent: reads its messages with a time limit, ends it, and never leaves a zombie.

use std::ffi::OsString;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{self, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;

use super::limits::Limits;
use crate::Error;
use crate::wire::{Message, read_message};

/// How many messages are read ahead of the sink, 32 KiB each.
const READ_AHEAD: usize = 8;

/// How much of the end of the child's standard error is kept, to distinguish exhausted memory from a crash.
const LAST_WORDS_BYTES: usize = 4096;

/// The beginning of the message that Rust prints before it aborts because memory is exhausted.
const OUT_OF_MEMORY: &str = "memory allocation of";

/// The result of reading: a message, or the reason why there are no more.
type Received = std::io::Result<Option<Message>>;

/// A running worker. Dropping it ends the process and waits for its end.
pub(super) struct Child {
    process: process::Child,
    messages: Receiver<Received>,
    last_words: Option<JoinHandle<String>>,
    limits: Limits,
}

impl Child {
    pub fn start<'a>(
        program: &Path,
        arguments: impl Iterator<Item = &'a OsString>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|error| not_started(&error))?;
        let (output, words) = (process.stdout.take(), process.stderr.take());
        let (sender, messages) = sync_channel(READ_AHEAD);
        let mut child = Self { process, messages, last_words: None, limits };
        let read = move || {
            let Some(output) = output else { return };
            let mut output = BufReader::with_capacity(1 << 16, output);
            loop {
                let received = read_message(&mut output);
                let is_last = !matches!(received, Ok(Some(_)));
                if sender.send(received).is_err() || is_last {
                    return;
                }
            }
        };
        thread("reader", read)?;
        child.last_words = Some(thread("stderr", move || words.map(last_words).unwrap_or_default())?);
        Ok(child)
    }

    /// Waits for the next message. After an error, the child must not be used any more.
    pub fn next_message(&mut self) -> Result<Message, Error> {
        match self.messages.recv_timeout(self.limits.stall) {
            Ok(Ok(Some(message))) => Ok(message),
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(self.autopsy()),
            Ok(Err(_)) => Err(garbled()),
            Ok(Ok(None)) | Err(RecvTimeoutError::Disconnected) => Err(self.autopsy()),
            Err(RecvTimeoutError::Timeout) => {
                Err(Error::Stalled { waited_s: self.limits.stall.as_secs_f64() })
            }
        }
    }

    /// The reason why the output ended without a result. A child that closed its output but still runs is ended.
    fn autopsy(&mut self) -> Error {
        let status = self.end_within_grace();
        let words = self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        match status {
            _ if words.contains(OUT_OF_MEMORY) => {
                Error::OutOfMemory { limit_bytes: self.limits.memory_bytes }
            }
            Some(status) => Error::WorkerDied { how: describe(status) },
            None => Error::WorkerDied { how: "it stopped answering".into() },
        }
    }

    /// A process whose pipe was just closed is about to end by itself, with a status that gives the reason.
    fn end_within_grace(&mut self) -> Option<ExitStatus> {
        for _ in 0..100 {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => std::thread::sleep(std::time::Duration::from_millis(5)),
                Err(_) => break,
            }
        }
        self.end();
        None
    }

    /// Both calls fail only if the process was already waited for.
    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

pub(super) fn garbled() -> Error {
    Error::WorkerDied { how: "it sent a message that cannot be read".into() }
}

fn not_started(error: &std::io::Error) -> Error {
    Error::WorkerStart { reason: error.to_string() }
}

fn thread<T: Send + 'static>(
    name: &str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Error> {
    let builder = std::thread::Builder::new().name(format!("worker {name}")).stack_size(256 << 10);
    builder.spawn(run).map_err(|error| not_started(&error))
}

/// Reads to the end, so that the child never blocks on a full pipe, and keeps the last bytes.
fn last_words(mut from: ChildStderr) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 1024];
    while let Ok(n @ 1..) = from.read(&mut piece) {
        kept.extend_from_slice(&piece[..n]);
        kept.drain(..kept.len().saturating_sub(LAST_WORDS_BYTES));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => format!("exit status {}", status.code().unwrap_or(-1)),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    format!("exit status {}", status.code().unwrap_or(-1))
}
