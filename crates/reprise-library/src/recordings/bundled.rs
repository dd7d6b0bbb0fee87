//! Data that ships with Reprise, checked before it is used.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// Reads a file whose hash its manifest states.
pub(crate) fn read(path: &Path, sha256: &str) -> Result<Vec<u8>, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_path_buf(), source })?;
    if hex(&Sha256::digest(&bytes)) != sha256 {
        let reason = "is not what its manifest describes".into();
        return Err(Error::Bundled { path: path.to_path_buf(), reason });
    }
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
