//! Bytes as a file, for readers that take a path.

use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    /// One folder a thread, as inputs come by the thousand.
    static FOLDER: TempDir = tempfile::tempdir().expect("the temporary folder of the system can be written to");
}

/// Writes `bytes` to a file of this name in the thread's own folder, over the input before; gives its path.
///
/// # Panics
///
/// Where it cannot be written: nothing could be tried.
pub(crate) fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.with(|folder| folder.path().join(name));
    std::fs::write(&path, bytes).expect("a temporary file can be written");
    path
}
