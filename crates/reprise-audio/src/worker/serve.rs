//! The side of the child: one job from the command line, with messages to a pipe.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::decode::decode_within;
use crate::identity::payload_hash_ticking;
use crate::wire::Writer;
use crate::{Error, Excerpt, Sink, Stream, Tags, stream_stereo};

/// How often a task without results sends a message that it is still running.
const ALIVE_EVERY: Duration = Duration::from_millis(500);

/// The task of a child.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Task {
    Decode { rate_hz: u32 },
    Hash,
    StreamStereo(Excerpt),
}

/// A task with its file and its limits. The parent enforces the time limit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Job {
    pub task: Task,
    pub limits: Limits,
    pub path: PathBuf,
}

impl Job {
    /// Four arguments. The first is the sample rate to decode at, where 0 requests the hash and `48000@12.5` requests
    /// stereo from that second on. The last one is the path, which may be any text.
    pub fn to_arguments(&self) -> [OsString; 4] {
        let task = match self.task {
            Task::Decode { rate_hz } => rate_hz.to_string(),
            Task::Hash => "0".into(),
            Task::StreamStereo(excerpt) => format!("{}@{}", excerpt.rate_hz, excerpt.from_s),
        };
        let limits = [self.limits.memory_bytes.to_string(), self.limits.max_duration_s.to_string()];
        let [memory, duration] = limits.map(OsString::from);
        [task.into(), memory, duration, self.path.clone().into()]
    }

    pub fn from_arguments(arguments: &[OsString]) -> Option<Self> {
        let [task, memory_bytes, max_duration_s, path] = arguments else { return None };
        let limits = Limits {
            memory_bytes: memory_bytes.to_str()?.parse().ok()?,
            max_duration_s: max_duration_s.to_str()?.parse().ok()?,
            ..Limits::default()
        };
        Some(Self { task: Self::task_of(task.to_str()?)?, limits, path: path.into() })
    }

    fn task_of(argument: &str) -> Option<Task> {
        if let Some((rate_hz, from_s)) = argument.split_once('@') {
            let (rate_hz, from_s) = (rate_hz.parse().ok()?, from_s.parse().ok()?);
            return Some(Task::StreamStereo(Excerpt { rate_hz, from_s }));
        }
        match argument.parse().ok()? {
            0 => Some(Task::Hash),
            rate_hz => Some(Task::Decode { rate_hz }),
        }
    }

    /// Runs the task. Its error is sent as a message. Fails only if the pipe has no reader.
    pub fn run(&self, out: impl Write) -> io::Result<()> {
        let mut writer = Writer::new(out);
        let outcome = match self.task {
            Task::Decode { rate_hz } => {
                let mut pipe = Pipe { writer: &mut writer, outcome: Ok(()) };
                let decoded = decode_within(&self.path, rate_hz, self.limits.max_duration_s, &mut pipe);
                pipe.outcome?;
                decoded.map(|decoded| writer.decoded(&decoded))
            }
            Task::Hash => {
                let hashed = hash(&self.path, &mut writer);
                hashed.map(|hash| writer.hash(&hash))
            }
            Task::StreamStereo(excerpt) => {
                let heard = stream_excerpt(&self.path, excerpt, &mut writer);
                heard.map(|()| writer.heard())
            }
        };
        outcome.unwrap_or_else(|error| writer.failed(&error))
    }
}

/// Runs the job that a [`super::Worker`] has put into `arguments` and writes its messages to `out`.
///
/// Call it from the main function of a program: it limits the memory of the whole process and ends the process when
/// standard input ends.
pub fn serve(arguments: &[OsString], out: impl Write) -> ExitCode {
    let Some(job) = Job::from_arguments(arguments) else { return ExitCode::from(2) };
    if confine(job.limits.memory_bytes).is_err() {
        return ExitCode::FAILURE;
    }
    match job.run(out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// On Linux, limits this process to `memory_bytes` of address space more than it has now. Ends the process when its
/// standard input ends, which happens when the parent has gone.
pub fn confine(memory_bytes: u64) -> io::Result<()> {
    // This ends a child that hangs in a decoder and would never notice the closed pipe.
    let wait_for_parent = || {
        let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
        std::process::exit(1);
    };
    std::thread::Builder::new().stack_size(64 << 10).spawn(wait_for_parent)?;
    limit_memory(memory_bytes)
}

#[cfg(target_os = "linux")]
fn limit_memory(memory_bytes: u64) -> io::Result<()> {
    let limit = address_space_bytes()?.saturating_add(memory_bytes);
    let (_, hard) = rlimit::Resource::AS.get()?;
    rlimit::Resource::AS.set(limit.min(hard), hard)
}

/// macOS accepts the limit but ignores it; Windows has none.
#[cfg(not(target_os = "linux"))]
fn limit_memory(_memory_bytes: u64) -> io::Result<()> {
    Ok(())
}

/// Reads `VmSize:    12345 kB`, see proc(5).
#[cfg(target_os = "linux")]
fn address_space_bytes() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| io::Error::other("/proc/self/status has no VmSize in kB"))
}

fn hash(path: &Path, writer: &mut Writer<impl Write>) -> Result<[u8; 32], Error> {
    let mut spoken = Instant::now();
    payload_hash_ticking(path, &mut || {
        if spoken.elapsed() < ALIVE_EVERY {
            return ControlFlow::Continue(());
        }
        spoken = Instant::now();
        if writer.alive().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

fn stream_excerpt(path: &Path, excerpt: Excerpt, writer: &mut Writer<impl Write>) -> Result<(), Error> {
    stream_stereo(path, excerpt, &mut |samples| {
        let written = if samples.is_empty() { writer.alive() } else { writer.samples(samples) };
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

/// A sink that passes everything to the parent; the first failure ends the decoding.
struct Pipe<'a, W: Write> {
    writer: &'a mut Writer<W>,
    outcome: io::Result<()>,
}

impl<W: Write> Sink for Pipe<'_, W> {
    fn tags(&mut self, tags: Tags) {
        self.outcome = self.writer.tags(&tags);
    }

    fn stream(&mut self, stream: &Stream) {
        if self.outcome.is_ok() {
            self.outcome = self.writer.stream(stream);
        }
    }

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        if self.outcome.is_ok() {
            self.outcome = self.writer.samples(samples);
        }
        if self.outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}
