//! The reasons why a file yields no samples, grouped by what the caller can do about them. The path is never in the
//! message: the caller names the file.

use serde::{Deserialize, Serialize};

/// The reason why a file yields no samples. It is sent through the pipe of a worker, which is why it uses `serde`.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// The file cannot be opened or read now; it may be readable later.
    #[error("the file cannot be read: {reason}")]
    Unreadable {
        /// The message of the operating system.
        reason: String,
    },
    /// The file contains no audio, or none that is recognised.
    #[error("this is not an audio file: {reason}")]
    NotAudio {
        /// What was not found.
        reason: String,
    },
    /// A known format that cannot be decoded here; a later version may support it.
    #[error("{format} is not supported yet")]
    Unsupported {
        /// The name of the container or codec.
        format: String,
    },
    /// Audio of a supported format, of which nothing could be decoded.
    #[error("the file is damaged: {reason}")]
    Damaged {
        /// What caused the decoder to fail.
        reason: String,
    },
    /// The audio is longer than the limit. It can be read with a higher limit.
    #[error("the audio is longer than the limit of {limit_s} seconds")]
    TooLong {
        /// [`crate::worker::Limits::max_duration_s`].
        limit_s: f64,
    },
    /// The decoder needed more memory than the limit.
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
    /// The worker process ended without a result, because the file makes a decoder crash.
    #[error("the decoder crashed ({how})")]
    WorkerDied {
        /// The signal, the exit status, or what was wrong with the last message.
        how: String,
    },
    /// The worker process could not be started. Nothing is wrong with the file.
    #[error("a decoding process could not be started: {reason}")]
    WorkerStart {
        /// The message of the operating system.
        reason: String,
    },
    /// The sink stopped the decoding.
    #[error("decoding was stopped")]
    Stopped,
}

impl Error {
    /// Converts an error of the operating system, or of a reader that found too few bytes.
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

/// Runs third-party code that has panicked on broken input before.
///
/// The message of a panic still goes to standard error; in a worker it is discarded.
pub(crate) fn guarded<T>(what: &str, run: impl FnOnce() -> T) -> Result<T, Error> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run))
        .map_err(|_| Error::Damaged { reason: format!("the {what} fails on it") })
}
