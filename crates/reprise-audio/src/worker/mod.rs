//! Decoding in a child process, so that a decoder that aborts, hangs or eats memory costs one file.
//!
//! Start at [`Worker`], the parent's side. The child is a program of ours that passes its arguments on to
//! [`serve`]; it writes the messages of `wire.rs` to standard output and ends when its standard input does, so
//! it never outlives its parent.

mod child;
mod limits;
mod serve;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use child::Child;

use crate::wire::Message;
use crate::{Decoded, Error, Excerpt, Sink};

pub use limits::Limits;
pub use serve::{confine, serve};

/// Decodes files in a new child process each.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The program: our own executable.
    pub program: PathBuf,
    /// Arguments that make it call [`serve`] with those that follow.
    pub args: Vec<OsString>,
    /// What one file may cost.
    pub limits: Limits,
}

impl Worker {
    /// As [`crate::decode`], in a child process. The child is gone when this returns.
    pub fn decode(&self, path: &Path, rate_hz: u32, sink: &mut dyn Sink) -> Result<Decoded, Error> {
        let mut child = self.start(serve::Task::Decode { rate_hz }, path)?;
        loop {
            match child.next_message()? {
                Message::Tags(tags) => sink.tags(tags),
                Message::Stream(stream) => sink.stream(&stream),
                Message::Samples(samples) => match sink.samples(&samples) {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(()) => return Err(Error::Stopped),
                },
                Message::Alive => {}
                Message::Decoded(decoded) => return Ok(decoded),
                Message::Failed(error) => return Err(error),
                Message::Hash(_) | Message::Heard => return Err(child::garbled()),
            }
        }
    }

    /// As [`crate::payload_hash`], in a child process.
    pub fn payload_hash(&self, path: &Path) -> Result<[u8; 32], Error> {
        let mut child = self.start(serve::Task::Hash, path)?;
        loop {
            match child.next_message()? {
                Message::Alive => {}
                Message::Hash(hash) => return Ok(hash),
                Message::Failed(error) => return Err(error),
                _ => return Err(child::garbled()),
            }
        }
    }

    /// As [`crate::stream_stereo`], in a child process. The child is gone when this returns.
    ///
    /// A sink that takes its time holds the child up: only about ten packets are decoded ahead of it.
    /// [`Limits::max_duration_s`] does not count here, since nothing of the sound is kept.
    pub fn stream_stereo(
        &self,
        path: &Path,
        excerpt: Excerpt,
        sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut child = self.start(serve::Task::StreamStereo(excerpt), path)?;
        loop {
            let verdict = match child.next_message()? {
                Message::Samples(samples) => sink(&samples),
                Message::Alive => sink(&[]),
                Message::Heard => return Ok(()),
                Message::Failed(error) => return Err(error),
                _ => return Err(child::garbled()),
            };
            if verdict.is_break() {
                return Err(Error::Stopped);
            }
        }
    }

    fn start(&self, task: serve::Task, path: &Path) -> Result<Child, Error> {
        let arguments = serve::Job { task, limits: self.limits, path: path.into() }.to_arguments();
        Child::start(&self.program, self.args.iter().chain(&arguments), self.limits)
    }
}
