//! The options of a scan, one of its files, and its results.

use std::path::Path;

use reprise_store::{FileStamp, FolderId};
use unicode_normalization::UnicodeNormalization;

use crate::database::Database;
use crate::error::Error;
use crate::scan::plan::Job;
use crate::scan::problem::Problem;
use crate::scan::walk::Found;
use crate::threads::Effort;

/// The options of a scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Whether unchanged files that had a problem are tried again.
    pub retry_problems: bool,
    /// How many files are analysed at a time.
    pub effort: Effort,
}

/// The results of a scan.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Analysed files, including those refused as silent, noise or too short.
    pub analysed: usize,
    /// Files that did not change.
    pub unchanged: usize,
    /// Tracks that were found at a new path.
    pub moved: usize,
    /// Tracks of the scanned folders that are absent now.
    pub missing: usize,
    /// Files analysed by this scan that are silent, noise or too short to be matched.
    pub not_matched: usize,
    /// All problems with files in the scanned folders, old and new.
    pub problems: Vec<Problem>,
    /// Pairs of recordings that were aligned.
    pub pairs_aligned: usize,
    /// The total time.
    pub seconds: f64,
    /// The part of the time that was spent on the analysis of files.
    pub analysis_seconds: f64,
    /// Whether the caller stopped the scan. The rest is still owed.
    pub stopped: bool,
}

/// A file to analyse, with its folder.
pub(crate) struct FileJob {
    pub folder: FolderId,
    pub job: Job,
}

/// The path as people compare it: with composed characters, in whatever form the file system stores it.
pub(crate) fn nfc(path: &Path) -> String {
    path.to_string_lossy().nfc().collect()
}

/// The stamp of a file, as the store keeps it.
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
