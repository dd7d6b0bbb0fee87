//! A path in JSON, for `#[serde(with = "stored_path")]`: readable, and exact also where the name is not Unicode.
//!
//! `shown` is for people. `bytes` is there only where `shown` is not the exact path. It is base64 of the raw bytes of
//! the path on Unix, and of its UTF-16 in little endian on Windows.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

#[derive(Serialize, Deserialize)]
struct Stored {
    shown: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = path.to_str().is_none().then(|| STANDARD.encode(raw::encode(path)));
    Stored { shown: path.to_string_lossy().into_owned(), bytes }.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let stored = Stored::deserialize(deserializer)?;
    match stored.bytes {
        None => Ok(stored.shown.into()),
        Some(bytes) => Ok(raw::decode(STANDARD.decode(bytes).map_err(D::Error::custom)?)),
    }
}

#[cfg(unix)]
mod raw {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub fn encode(path: &Path) -> Vec<u8> {
        path.as_os_str().as_bytes().to_vec()
    }

    pub fn decode(bytes: Vec<u8>) -> PathBuf {
        OsString::from_vec(bytes).into()
    }
}

#[cfg(windows)]
mod raw {
    use std::ffi::OsString;
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub fn encode(path: &Path) -> Vec<u8> {
        path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
    }

    pub fn decode(bytes: Vec<u8>) -> PathBuf {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        OsString::from_wide(&units.collect::<Vec<u16>>()).into()
    }
}
