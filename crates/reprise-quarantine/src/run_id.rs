//! The name of a run.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The number of hexadecimal digits in a name: 48 bits, so that two runs on one drive never share a name by chance.
const DIGITS: usize = 12;

/// The name of a run: 12 hexadecimal digits. It is a part of the names of the run's journal and folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

impl RunId {
    /// Reads a name, as `to_string` writes it. `None` for anything else, so that no name leads out of its
    /// folder.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// Makes a name of what distinguishes a run: when and by which process it was begun, and where its journal is.
    pub(crate) fn new(journals: &Path, begun_s: i64, attempt: u32) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(journals.as_os_str().as_encoded_bytes());
        hasher.update(&begun_s.to_le_bytes());
        hasher.update(&std::process::id().to_le_bytes());
        hasher.update(&attempt.to_le_bytes());
        Self(hasher.finalize().to_hex().chars().take(DIGITS).collect())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RunId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not the name of a run"))
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}
