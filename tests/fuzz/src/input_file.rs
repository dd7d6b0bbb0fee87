//! Writes bytes to a file, for readers that take a path.

use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    /// One folder for each thread, because there are thousands of inputs.
    static FOLDER: TempDir = tempfile::tempdir().expect("the temporary folder of the system can be written to");
}

/// Writes `bytes` to a file with this name in the thread's own folder, replacing the input before. Returns its path.
///
/// # Panics
///
/// If the file cannot be written, because then nothing can be tested.
pub(crate) fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.with(|folder| folder.path().join(name));
    std::fs::write(&path, bytes).expect("a temporary file can be written");
    path
}
