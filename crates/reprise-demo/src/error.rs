//! Why the demo could not be written.

use std::path::PathBuf;

/// Why the demo could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or a file in it cannot be written or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
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
        /// What the encoder said.
        reason: String,
    },
    /// A song of ours is not well written.
    #[error("{0:?} is neither a note nor a chord")]
    Notation(String),
}
