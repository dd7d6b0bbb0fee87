//! What is no regular file is not opened.

use std::path::Path;

use crate::error::Error;

/// Refuses anything but a regular file: a pipe would block.
pub(super) fn check_regular(path: &Path) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(Error::Unreadable { reason: "it is not a regular file".into() }),
        Err(error) => Err(Error::Unreadable { reason: error.to_string() }),
    }
}
