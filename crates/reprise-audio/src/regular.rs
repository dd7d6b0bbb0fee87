//! What is no regular file is not opened.

use std::fs::Metadata;
use std::path::Path;

use crate::error::Error;

/// What the system says of a regular file; refuses anything else: a pipe would block.
pub(crate) fn regular_file(path: &Path) -> Result<Metadata, Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(metadata),
        Ok(_) => Err(Error::Unreadable { reason: "it is not a regular file".into() }),
        Err(error) => Err(Error::Unreadable { reason: error.to_string() }),
    }
}
