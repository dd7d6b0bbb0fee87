//! A problem with one file: a result of a scan, not a failure of it.

use std::path::PathBuf;

/// A sentence about one file or folder that could not be used completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// One sentence, without the path.
    pub message: String,
    /// True if the track is in the library all the same (cut short, damaged packets skipped).
    pub is_warning: bool,
}
