//! The reasons why a command failed, as an exit code and a sentence.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::visible;

/// `reprise --help` describes the exit codes.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Library(reprise_library::Error),
    #[error("{0}; `reprise --model shipped` uses the one that ships")]
    UnusableModel(reprise_library::Error),
    #[error(transparent)]
    Analysis(#[from] reprise_analysis::Error),
    #[error(transparent)]
    Demo(#[from] reprise_demo::Error),
    #[error("{}: {reason}", visible::path(path))]
    File { path: PathBuf, reason: String },
    #[error("the recogniser of words is not installed; `npm start` sets it up")]
    NoWords,
    #[error("{0}")]
    Other(String),
    #[error("interrupted; what was heard so far is kept, and the same command carries on")]
    Interrupted,
    /// The reader of the output has gone (`reprise clusters | head`). This is not a failure and ends the command
    /// normally, so that the library is closed.
    #[error("nobody reads on")]
    Unread,
}

impl Failure {
    /// Wraps an error about one file.
    pub fn file(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Self::File { path: path.into(), reason: reason.to_string() }
    }

    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Library(
                reprise_library::Error::NotInLibrary { .. } | reprise_library::Error::NotATrack(_),
            ) => ExitCode::from(3),
            Self::Interrupted | Self::Library(reprise_library::Error::Stopped) => ExitCode::from(130),
            Self::Unread => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

impl From<reprise_library::Error> for Failure {
    fn from(error: reprise_library::Error) -> Self {
        match error {
            reprise_library::Error::UnusableModel { .. } => Self::UnusableModel(error),
            error => Self::Library(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}
