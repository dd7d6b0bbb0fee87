//! Only regular files are opened.

use std::fs::Metadata;
use std::path::Path;

use crate::error::Error;

/// The metadata of a regular file. Anything else is refused: opening a pipe would block.
pub(crate) fn regular_file(path: &Path) -> Result<Metadata, Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(metadata),
        Ok(_) => Err(Error::Unreadable { reason: "it is not a regular file".into() }),
        Err(error) => Err(Error::Unreadable { reason: error.to_string() }),
    }
}
