//! Decoding in a child process, so that a decoder that aborts, hangs or exhausts the memory affects only one file.
//!
//! Start at [`Worker`], the side of the parent. The child is one of our programs, which passes its arguments to
//! [`serve`]. It writes the messages of `wire.rs` to standard output and ends when its standard input ends, so that it
//! never outlives its parent.

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

/// Decodes files, each in a new child process.
#[derive(Debug, Clone)]
pub struct Worker {
    /// The program, which is our own executable.
    pub program: PathBuf,
    /// Arguments that make the program call [`serve`] with the arguments that follow them.
    pub args: Vec<OsString>,
    /// The limits for the work on one file.
    pub limits: Limits,
}

impl Worker {
    /// Like [`crate::decode`], in a child process. When this returns, the child has ended.
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

    /// Like [`crate::payload_hash`], in a child process.
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

    /// Like [`crate::stream_stereo`], in a child process. When this returns, the child has ended.
    ///
    /// A slow sink slows the child down: only about ten packets are decoded ahead of it. [`Limits::max_duration_s`]
    /// does not apply, because the audio is not kept.
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
