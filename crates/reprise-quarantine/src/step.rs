//! What a caller asks for: one change to one file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What a file looked like when the change was planned. A file that looks different later is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The length in bytes.
    pub size_bytes: u64,
    /// The time of the last modification, in nanoseconds since 1970; negative before.
    pub mtime_ns: i64,
}

/// One change. All paths are absolute and have no `..` in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Moves a file into the quarantine. Its bytes are never opened for writing.
    Move {
        /// The file that goes.
        file: PathBuf,
        /// The folder in which the quarantine is: usually the library folder that contains the file. A folder on
        /// another volume works too, but then the file is copied and not renamed.
        root: PathBuf,
        /// What the file looked like when the step was planned.
        expected: Expected,
        /// The file that stays in its place. Without it the step is not done.
        keeper: PathBuf,
        /// By what the caller recognises the keeper's content. It is handed back when the caller is asked about the step.
        keeper_content: String,
        /// Why the file goes: a sentence for the manifest.
        reason: String,
    },
    /// Gives a small file, such as a playlist, new bytes. The old file goes into the quarantine.
    Rewrite {
        /// The file.
        file: PathBuf,
        /// The folder in which the quarantine is.
        root: PathBuf,
        /// What the file looked like when the step was planned.
        expected: Expected,
        /// The BLAKE3 hash of the bytes from which the new ones were made.
        old: blake3::Hash,
        /// The new bytes.
        new_bytes: Vec<u8>,
    },
    /// Writes a file that does not exist yet.
    Create {
        /// The file.
        file: PathBuf,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

impl Step {
    /// The file that the step changes.
    pub fn file(&self) -> &Path {
        match self {
            Self::Move { file, .. } | Self::Rewrite { file, .. } | Self::Create { file, .. } => file,
        }
    }
}
