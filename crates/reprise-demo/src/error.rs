//! The reasons why the demo could not be written.

use std::path::PathBuf;

/// The reason why the demo could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it cannot be written or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// A file of another origin has the name of a demo track or of the list of works.
    #[error("{} exists and is not the demo's; choose an empty folder", .0.display())]
    Foreign(PathBuf),
    /// The audio could not be encoded or tagged.
    #[error("{}: could not be encoded: {reason}", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The message of the encoder.
        reason: String,
    },
    /// A song in this crate is not written correctly.
    #[error("{0:?} is neither a note nor a chord")]
    Notation(String),
}
