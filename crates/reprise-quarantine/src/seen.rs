//! What an entry of a folder looks like at one moment.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::platform::{self, Identity};
use crate::step::Expected;

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A symbolic link, which is not followed.
    Link,
    /// A folder, a device, a pipe.
    Other,
}

/// An entry of a folder, as `lstat` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub kind: Kind,
    pub size_bytes: u64,
    pub mtime_ns: i64,
    pub mode: Option<u32>,
    pub identity: Identity,
    pub n_names: u64,
}

impl Seen {
    pub fn of(path: &Path, metadata: &Metadata) -> io::Result<Self> {
        let kind = match metadata.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        Ok(Self {
            kind,
            size_bytes: metadata.len(),
            mtime_ns: mtime_ns(metadata)?,
            mode: platform::mode(metadata),
            identity: platform::identity(path, metadata)?,
            n_names: platform::name_count(metadata),
        })
    }

    /// Whether it is a regular file of this length and time.
    pub fn is_as(&self, expected: Expected) -> bool {
        self.kind == Kind::File
            && (self.size_bytes, self.mtime_ns) == (expected.size_bytes, expected.mtime_ns)
    }

    /// Whether it is the same file as before, and nobody wrote to it in between.
    pub fn is_still(&self, before: &Self) -> bool {
        (self.kind, self.size_bytes, self.mtime_ns, &self.identity)
            == (before.kind, before.size_bytes, before.mtime_ns, &before.identity)
    }
}

/// Nanoseconds since 1970. Years beyond 2262 do not fit and become the last one that does.
fn mtime_ns(metadata: &Metadata) -> io::Result<i64> {
    Ok(match metadata.modified()?.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    })
}
