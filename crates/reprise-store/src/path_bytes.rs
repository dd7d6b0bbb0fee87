//! Stores paths as bytes, exactly: a name that is not UTF-8 is read back as it was written.
//!
//! On Unix these are the raw bytes of the path. On Windows they are its UTF-16 as WTF-8 (UTF-8 in which a lone
//! surrogate takes three bytes; Sapin, "The WTF-8 encoding"). The order of the bytes is the order of the paths, so
//! everything below a folder is one range of an index.

use std::path::{Path, PathBuf};

/// Returns the bytes that represent a path.
pub(crate) fn encode(path: &Path) -> Vec<u8> {
    platform::encode(path)
}

/// Returns the path that `bytes` represent.
pub(crate) fn decode(bytes: Vec<u8>) -> PathBuf {
    platform::decode(bytes)
}

/// Returns the half-open range of stored paths strictly below `folder`.
pub(crate) fn range_below(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let mut first = encode(folder);
    while first.last() == Some(&SEPARATOR) {
        first.pop();
    }
    let mut end = first.clone();
    first.push(SEPARATOR);
    end.push(SEPARATOR + 1);
    (first, end)
}

const SEPARATOR: u8 = std::path::MAIN_SEPARATOR as u8;

#[cfg(unix)]
mod platform {
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
mod platform {
    use std::ffi::OsString;
    use std::os::windows::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub fn encode(path: &Path) -> Vec<u8> {
        super::wtf8::encode(path.as_os_str().encode_wide())
    }

    pub fn decode(bytes: Vec<u8>) -> PathBuf {
        OsString::from_wide(&super::wtf8::decode(&bytes)).into()
    }
}

#[cfg(any(windows, test))]
mod wtf8 {
    /// Encodes UTF-16, well formed or not, as WTF-8.
    pub fn encode(wide: impl Iterator<Item = u16>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for unit in char::decode_utf16(wide) {
            match unit {
                Ok(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).bytes()),
                Err(lone) => bytes.extend(three_bytes(lone.unpaired_surrogate())),
            }
        }
        bytes
    }

    /// Decodes WTF-8 to UTF-16. Bytes that no path can produce become U+FFFD.
    pub fn decode(bytes: &[u8]) -> Vec<u16> {
        let mut wide = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while !rest.is_empty() {
            let valid = match std::str::from_utf8(rest) {
                Ok(text) => text,
                Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
            };
            wide.extend(valid.encode_utf16());
            rest = &rest[valid.len()..];
            match rest {
                [] => {}
                [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] => {
                    wide.push(0xD000 | (u16::from(second & 0x3F) << 6) | u16::from(third & 0x3F));
                    rest = &rest[3..];
                }
                [_, ..] => {
                    wide.push(0xFFFD);
                    rest = &rest[1..];
                }
            }
        }
        wide
    }

    fn three_bytes(surrogate: u16) -> [u8; 3] {
        let [high, low] = surrogate.to_be_bytes();
        [0xE0 | (high >> 4), 0x80 | ((high & 0x0F) << 2) | (low >> 6), 0x80 | (low & 0x3F)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_comes_back_as_it_went_in() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/music/caf\xe9/\xff\xfe.mp3"));
        assert_eq!(decode(encode(path)), path);
    }

    #[cfg(unix)]
    #[test]
    fn below_a_folder_is_neither_the_folder_nor_its_namesakes() {
        for root in ["/music", "/music/"] {
            let (first, end) = range_below(Path::new(root));
            let is_below = |path: &str| encode(Path::new(path)) >= first && encode(Path::new(path)) < end;
            assert!(is_below("/music/a.mp3") && is_below("/music/a/b.mp3"));
            assert!(!is_below("/music") && !is_below("/music 2/a.mp3") && !is_below("/musical/a.mp3"));
        }
        let (first, end) = range_below(Path::new("/"));
        assert_eq!(
            (first.as_slice(), end.as_slice()),
            (&b"/"[..], &b"0"[..]),
            "everything is below the root"
        );
    }

    #[test]
    fn wide_names_survive_wtf8_even_with_lone_surrogates() {
        let names: [&[u16]; 6] = [
            &[],
            &[0x0041, 0x00E9, 0x20AC],
            &[0xD83D, 0xDE00],         // a pair: four bytes
            &[0xD83D, 0x0041],         // a lone high surrogate
            &[0xDE00, 0xD83D, 0x0042], // both lone, in the wrong order
            &[0xDFFF, 0xD800],
        ];
        for name in names {
            let bytes = wtf8::encode(name.iter().copied());
            assert_eq!(wtf8::decode(&bytes), name, "a name must come back as it went in");
        }
        assert_eq!(wtf8::encode([0xD83D, 0xDE00].into_iter()), "😀".as_bytes());
        assert_eq!(
            wtf8::decode(b"a\xff\xedb"),
            [0x61, 0xFFFD, 0xFFFD, 0x62],
            "foreign bytes must not stop a listing"
        );
    }
}
