//! Why a file gave no samples, by what the caller can do about it. The path is never in the message: the
//! caller names the file.

use serde::{Deserialize, Serialize};

/// Why a file gave no samples. It crosses the pipe of a worker, hence `serde`.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// The file cannot be opened or read; another time it may be.
    #[error("the file cannot be read: {reason}")]
    Unreadable {
        /// What the operating system said.
        reason: String,
    },
    /// The file holds no audio, or none that can be recognised.
    #[error("this is not an audio file: {reason}")]
    NotAudio {
        /// What was looked for in vain.
        reason: String,
    },
    /// A known format that no decoder here reads; a later version may.
    #[error("{format} is not supported yet")]
    Unsupported {
        /// Name of the container or codec.
        format: String,
    },
    /// Audio of a supported format, of which nothing could be decoded.
    #[error("the file is damaged: {reason}")]
    Damaged {
        /// What the decoder stumbled over.
        reason: String,
    },
    /// More audio than the limit; raise the limit to read it.
    #[error("the audio is longer than the limit of {limit_s} seconds")]
    TooLong {
        /// [`crate::worker::Limits::max_duration_s`].
        limit_s: f64,
    },
    /// The decoder asked for more memory than the limit.
    #[error("decoding needs more memory than the limit of {limit_bytes} bytes")]
    OutOfMemory {
        /// [`crate::worker::Limits::memory_bytes`].
        limit_bytes: u64,
    },
    /// The decoder sent nothing for too long.
    #[error("the decoder made no progress for {waited_s} seconds")]
    Stalled {
        /// [`crate::worker::Limits::stall`].
        waited_s: f64,
    },
    /// The worker process ended without a result: the file makes a decoder crash.
    #[error("the decoder crashed ({how})")]
    WorkerDied {
        /// Signal, exit status or what was wrong with its last message.
        how: String,
    },
    /// The worker process could not be started: nothing is wrong with the file.
    #[error("a decoding process could not be started: {reason}")]
    WorkerStart {
        /// What the operating system said.
        reason: String,
    },
    /// The sink asked to stop.
    #[error("decoding was stopped")]
    Stopped,
}

impl Error {
    /// From an error of the operating system, or of a reader that found too few bytes.
    pub(crate) fn from_io(error: &std::io::Error) -> Self {
        if error.raw_os_error().is_some() {
            return Self::Unreadable { reason: error.to_string() };
        }
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Damaged { reason: "it ends too early".into() },
            _ => Self::Damaged { reason: error.to_string() },
        }
    }
}

/// Runs a piece of third-party code that has been known to panic on broken input.
///
/// The panic's message still goes to standard error; a worker's is discarded.
pub(crate) fn guarded<T>(what: &str, run: impl FnOnce() -> T) -> Result<T, Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .map_err(|_| Error::Damaged { reason: format!("the {what} fails on it") })
}
