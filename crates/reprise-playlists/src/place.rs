//! Absolute paths of either system, taken apart. A library that was written on Windows may be read on Linux, so that
//! the paths of the system that runs this program are not enough.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

/// Where an absolute path begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// `/`.
    Unix,
    /// `C:\`, with the letter in upper case.
    Drive(u8),
    /// `\\server\share\`.
    Share {
        /// The name of the server.
        server: Vec<u8>,
        /// The name of the share.
        share: Vec<u8>,
    },
}

/// An absolute path without `.` and `..`. The names are bytes: a name on Unix need not be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub root: Root,
    pub parts: Vec<Vec<u8>>,
}

impl Place {
    /// Takes a path apart. Returns `None` for a relative path.
    pub fn of(path: &Path) -> Option<Self> {
        let bytes = path.as_os_str().as_encoded_bytes();
        let may_be_share = cfg!(windows) && bytes.starts_with(b"//");
        if bytes.starts_with(b"/") && !may_be_share {
            return Some(Self::at(Root::Unix, bytes));
        }
        Self::windows(bytes)
    }

    /// Takes a path apart that begins with a drive or a share of Windows. Both kinds of slash separate its names.
    pub fn windows(bytes: &[u8]) -> Option<Self> {
        if !matches!(bytes, [_, b':', b'/' | b'\\', ..] | [b'/' | b'\\', b'/' | b'\\', ..]) {
            return None;
        }
        let bytes: Vec<u8> = bytes.iter().map(|byte| if *byte == b'/' { b'\\' } else { *byte }).collect();
        let verbatim_share = bytes.strip_prefix(br"\\?\UNC\");
        let bytes = match bytes.strip_prefix(br"\\?\") {
            Some(rest) if verbatim_share.is_none() => rest,
            _ => &bytes,
        };
        if let [letter, b':', b'\\', rest @ ..] = bytes
            && letter.is_ascii_alphabetic()
        {
            return Some(Self::at(Root::Drive(letter.to_ascii_uppercase()), rest));
        }
        let share = verbatim_share.or_else(|| bytes.strip_prefix(br"\\"))?;
        let mut names = share.splitn(3, |byte| *byte == b'\\');
        let (server, share) = (names.next()?.to_vec(), names.next()?.to_vec());
        let is_whole = !server.is_empty() && !share.is_empty();
        is_whole.then(|| Self::at(Root::Share { server, share }, names.next().unwrap_or_default()))
    }

    /// Returns the place that `below` leads to from a root.
    pub fn at(root: Root, below: &[u8]) -> Self {
        Self { root, parts: Vec::new() }.join(below)
    }

    /// Returns the place that a relative path leads to from this one. At the root, `..` leads nowhere.
    pub fn join(mut self, relative: &[u8]) -> Self {
        let is_windows = self.is_windows();
        for part in relative.split(|byte| *byte == b'/' || (is_windows && *byte == b'\\')) {
            match part {
                b"" | b"." => {}
                b".." => {
                    self.parts.pop();
                }
                name => self.parts.push(name.to_vec()),
            }
        }
        self
    }

    /// Tells whether the path belongs to Windows.
    pub fn is_windows(&self) -> bool {
        self.root != Root::Unix
    }

    /// Returns the folder of a file.
    pub fn parent(mut self) -> Self {
        self.parts.pop();
        self
    }

    /// Returns the names that lead from a folder to this place, `..` among them. Returns `None` when the two have
    /// different roots.
    pub fn relative_to(&self, folder: &Self) -> Option<Vec<Vec<u8>>> {
        if self.root != folder.root {
            return None;
        }
        let common = self.parts.iter().zip(&folder.parts).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n(b"..".to_vec(), folder.parts.len() - common);
        Some(up.chain(self.parts[common..].iter().cloned()).collect())
    }

    /// Returns the path as it is usually written on its system.
    pub fn to_path(&self) -> PathBuf {
        platform::path(self.written(if self.is_windows() { b'\\' } else { b'/' }))
    }

    /// Returns the bytes of the path with the given separator.
    pub fn written(&self, separator: u8) -> Vec<u8> {
        let mut bytes = match &self.root {
            Root::Unix => Vec::new(),
            Root::Drive(letter) => vec![*letter, b':'],
            Root::Share { server, share } => {
                [&[separator, separator], &server[..], &[separator], share].concat()
            }
        };
        for part in &self.parts {
            bytes.push(separator);
            bytes.extend_from_slice(part);
        }
        if self.parts.is_empty() {
            bytes.push(separator);
        }
        bytes
    }

    /// Returns bytes that are the same for the same path only.
    pub fn key(&self) -> Vec<u8> {
        self.written(b'/')
    }

    /// Returns the key of the path in Unicode's composed form (NFC). A name that is not UTF-8 has no such form and
    /// stays as it is.
    pub fn composed_key(&self) -> Vec<u8> {
        let key = self.key();
        match std::str::from_utf8(&key) {
            Ok(text) if !text.is_ascii() => text.nfc().collect::<String>().into_bytes(),
            _ => key,
        }
    }
}

#[cfg(unix)]
mod platform {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::path::PathBuf;

    pub fn path(bytes: Vec<u8>) -> PathBuf {
        OsString::from_vec(bytes).into()
    }
}

#[cfg(not(unix))]
mod platform {
    use std::path::PathBuf;

    pub fn path(bytes: Vec<u8>) -> PathBuf {
        String::from_utf8_lossy(&bytes).into_owned().into()
    }
}
