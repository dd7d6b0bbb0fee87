//! Everything that can prevent a playlist file from being read or written, by what can be done about it.

use std::path::{Path, PathBuf};

/// The reason why a playlist file was not read or not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither the name nor the first bytes of the file tell a format that this crate reads.
    #[error("{} is neither an M3U playlist, nor a rekordbox XML, nor an iTunes library", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The file is larger than any playlist file: it is probably something else.
    #[error("{} has {bytes} bytes; playlist files of up to {most} bytes are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        bytes: usize,
        /// The largest length in bytes that is read.
        most: usize,
    },
    /// The file has more entries than any playlist file: it is probably something else.
    #[error("{} has more than {most} entries; it is not read", path.display())]
    TooManyEntries {
        /// The file.
        path: PathBuf,
        /// The largest number of tracks and entries that is read.
        most: usize,
    },
    /// The XML is in an encoding that neither rekordbox nor iTunes writes.
    #[error("{} is in the encoding {encoding}; only XML in UTF-8 is read", path.display())]
    OtherEncoding {
        /// The file.
        path: PathBuf,
        /// The encoding, as the file names it.
        encoding: String,
    },
    /// The XML contains bytes that are not UTF-8: the file is damaged.
    #[error("{} is damaged at byte {offset}, in line {line}: it is not UTF-8 there", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Bytes before the damage.
        offset: usize,
        /// The line of the damage, from 1.
        line: usize,
    },
    /// The XML is not well formed: the file is damaged.
    #[error("{} is damaged at byte {offset}, in line {line}: {reason}", path.display())]
    BadXml {
        /// The file.
        path: PathBuf,
        /// Bytes before the damage.
        offset: usize,
        /// The line of the damage, from 1.
        line: usize,
        /// The parser's sentence.
        reason: String,
    },
    /// The XML ends inside an element: the file is cut short.
    #[error("{} is cut short: it ends in line {line}, before the element {element} is closed", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last line, from 1.
        line: usize,
        /// The innermost open element; empty where the file has no element at all.
        element: String,
    },
    /// Elements are nested deeper than any program nests them.
    #[error("{} nests elements more than {most} deep in line {line}; it is not read", path.display())]
    TooDeep {
        /// The file.
        path: PathBuf,
        /// The line where it goes too deep, from 1.
        line: usize,
        /// The deepest nesting that is read.
        most: usize,
    },
    /// The XML belongs to another program.
    #[error("{} is not {expected}: its outermost element is {found}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What the file was expected to be.
        expected: &'static str,
        /// The name of the outermost element.
        found: String,
    },
    /// The property list does not contain a music library.
    #[error("{} is not an iTunes library: {reason}", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// A path does not begin at a root, a drive or a network share.
    #[error("{} is not an absolute path", path.display())]
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// A file was to be replaced by itself.
    #[error("{} cannot be replaced by itself", path.display())]
    ReplacedByItself {
        /// The file.
        path: PathBuf,
    },
    /// A file was to be kept and to be replaced, or to be replaced by two others.
    #[error("{} cannot be replaced and kept at the same time, or be replaced by two files", path.display())]
    Contradiction {
        /// The file.
        path: PathBuf,
    },
    /// The new bytes do not say what they should. They are not returned, and the file on the disk is unchanged.
    #[error("{} was not rewritten: the new text would say something else in playlist {playlist}", path.display())]
    NotAsPlanned {
        /// The file.
        path: PathBuf,
        /// The place of the playlist in the file, from 1.
        playlist: usize,
    },
}

/// Returns the line of a byte, from 1.
pub(crate) fn line_of(source: &[u8], offset: usize) -> usize {
    1 + source[..offset.min(source.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// Returns an error about a byte of an XML file.
pub(crate) fn bad_xml(path: &Path, source: &[u8], offset: usize, reason: impl ToString) -> Error {
    Error::BadXml { path: path.to_owned(), offset, line: line_of(source, offset), reason: reason.to_string() }
}
