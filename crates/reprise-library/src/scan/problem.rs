//! A problem with one file. It is a result of a scan, not a failure of the scan.

use std::path::PathBuf;

/// A sentence about one file or folder that could not be used completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// One sentence, which does not contain the path.
    pub message: String,
    /// Whether the track is in the library nevertheless, for example because it was cut short or damaged packets were
    /// skipped.
    pub is_warning: bool,
}
