//! The options of a scan, a file of it, and its results.

use std::path::Path;

use reprise_store::{FileStamp, FolderId};
use unicode_normalization::UnicodeNormalization;

use crate::database::Database;
use crate::error::Error;
use crate::scan::plan::Job;
use crate::scan::problem::Problem;
use crate::scan::walk::Found;
use crate::threads::Effort;

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Try again unchanged files that had a problem before.
    pub retry_problems: bool,
    /// How many files at a time.
    pub effort: Effort,
}

/// The results of a scan.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files analysed, refused ones included.
    pub analysed: usize,
    /// Files that have not changed.
    pub unchanged: usize,
    /// Tracks found at another path.
    pub moved: usize,
    /// Tracks of the scanned folders that are absent now.
    pub missing: usize,
    /// Analysed this time, but silent, noise or too short to be matched.
    pub not_matched: usize,
    /// All problems with files below the scanned folders, old and new.
    pub problems: Vec<Problem>,
    /// Pairs of recordings aligned.
    pub pairs_aligned: usize,
    /// Wall time.
    pub seconds: f64,
    /// The part of it spent on analysing files.
    pub analysis_seconds: f64,
    /// The caller stopped the scan; the rest is still owed.
    pub stopped: bool,
}

/// A file to analyse, and its folder.
pub(crate) struct FileJob {
    pub folder: FolderId,
    pub job: Job,
}

/// The path as people compare it: with composed characters, whatever the file system stores.
pub(crate) fn nfc(path: &Path) -> String {
    path.to_string_lossy().nfc().collect()
}

/// The stamp of a file that the store keeps.
pub(crate) fn stamp<'a>(file: &'a Found, nfc: &'a str) -> FileStamp<'a> {
    FileStamp {
        path: &file.path,
        nfc,
        size_bytes: file.size_bytes,
        mtime_ns: file.mtime_ns,
        file_id: file.file_id.as_deref(),
    }
}

/// The innermost folder of the library that contains `path`.
pub(crate) fn folder_of(database: &Database, path: &Path) -> Result<FolderId, Error> {
    let folders = database.reader()?.folders()?.into_iter();
    let holding = folders.filter(|folder| path.starts_with(&folder.path));
    let innermost = holding.max_by_key(|folder| folder.path.as_os_str().len());
    innermost.map(|folder| folder.id).ok_or_else(|| Error::Io {
        path: path.to_path_buf(),
        source: std::io::Error::other("lies in no folder of the library"),
    })
}
