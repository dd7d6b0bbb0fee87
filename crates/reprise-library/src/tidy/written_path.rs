//! Paths in documents. Text where the path is text; else also its bytes, percent-encoded, because names on a disk may be
//! in any encoding.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What is encoded: everything outside printable ASCII, and the percent sign itself.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// A path that a document states exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WrittenPath(pub PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes { path: String, path_bytes: String },
}

/// The exact bytes of a path, percent-encoded.
pub fn percent_encoded(path: &Path) -> String {
    percent_encode(path.as_os_str().as_encoded_bytes(), ENCODED).to_string()
}

impl WrittenPath {
    /// The path whose bytes [`percent_encoded`] wrote; `None` if it is no path of this system.
    pub fn from_percent_encoded(written: &str) -> Option<Self> {
        let bytes: Vec<u8> = percent_decode_str(written).collect();
        Some(Self(named(bytes)?.into()))
    }
}

impl AsRef<Path> for WrittenPath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl From<&Path> for WrittenPath {
    fn from(path: &Path) -> Self {
        Self(path.into())
    }
}

impl Serialize for WrittenPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.0.to_str() {
            Some(text) => Written::Text(text.into()),
            None => Written::Bytes {
                path: self.0.to_string_lossy().into_owned(),
                path_bytes: percent_encoded(&self.0),
            },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WrittenPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Text(text) => Ok(Self(text.into())),
            Written::Bytes { path, path_bytes } => {
                let exact = Self::from_percent_encoded(&path_bytes);
                exact.ok_or_else(|| D::Error::custom(format!("{path} is no path of this system")))
            }
        }
    }
}

#[cfg(unix)]
fn named(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

/// Elsewhere names are not bytes, so that only text is taken.
#[cfg(not(unix))]
fn named(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(Into::into)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn every_path_comes_back() {
        for bytes in [b"/music/a b%20.mp3".as_slice(), b"/m/\xff\xfe %41.mp3", "/m/Ö🎵".as_bytes(), b""] {
            let path = WrittenPath(Path::new(OsStr::from_bytes(bytes)).into());
            let written = serde_json::to_string(&path).unwrap();
            assert_eq!(serde_json::from_str::<WrittenPath>(&written).unwrap(), path, "{written}");
        }
        assert_eq!(serde_json::to_string(&WrittenPath::from(Path::new("/a b"))).unwrap(), "\"/a b\"");
    }
}
