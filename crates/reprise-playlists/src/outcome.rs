//! What was changed in a playlist file, what was not, and why.

use std::path::PathBuf;

use crate::playlist::Mark;

/// A playlist file with entries that name other files than before.
#[derive(Debug, Clone, PartialEq)]
pub struct Repointed {
    /// The new content of the file. Where nothing changed, it is the old one.
    pub bytes: Vec<u8>,
    /// The entries that name another file now.
    pub changed: Vec<Change>,
    /// The entries that named a replaced file, and still do.
    pub left: Vec<Left>,
    /// The tracks of a rekordbox XML that have another location now. rekordbox 5.6.1 and later ignores a new location of
    /// a track that it already knows; an import into a new collection follows it.
    pub relocated: Vec<Relocated>,
    /// The marks of replaced tracks, and what happened to each.
    pub marks: Vec<MarkOutcome>,
}

/// An entry that names another file now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The playlist, by its place in [`PlaylistFile::playlists`](crate::PlaylistFile::playlists), from 0.
    pub playlist: usize,
    /// The entry, by its place in the playlist, from 0.
    pub entry: usize,
    /// The file that it named.
    pub from: PathBuf,
    /// The file that it names.
    pub to: PathBuf,
}

/// An entry that named a replaced file, and still does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The playlist, as in [`Change::playlist`].
    pub playlist: usize,
    /// The entry, as in [`Change::entry`].
    pub entry: usize,
    /// The file that it names, or may name.
    pub file: PathBuf,
    /// Why it was left.
    pub reason: Reason,
}

/// Why an entry was left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The entry may name this file or another one.
    #[error("the entry may name one of several files")]
    Unclear,
    /// The file's encoding lacks a character of the new name.
    #[error("the new name cannot be written in the encoding of this playlist, {encoding}")]
    NotInEncoding {
        /// The name of the encoding.
        encoding: &'static str,
    },
    /// The new name contains a line break, or a backslash where backslashes separate names.
    #[error("the new name cannot be written in a line of this playlist")]
    NotWritable,
    /// rekordbox refuses paths of more than 255 characters.
    #[error("the new path has {characters} characters, and rekordbox refuses more than 255")]
    PathTooLong {
        /// The length of the path in characters.
        characters: usize,
    },
    /// Only UTF-8 can be written, and the new name is not.
    #[error("the new name is not UTF-8, which a rekordbox XML requires")]
    NotUtf8,
    /// Two tracks of the file have the number of the new track, or it has none.
    #[error("the new track has no number of its own in this file")]
    NoTrackId,
    /// The format is read only.
    #[error("libraries of iTunes and Music are read, and never written")]
    ReadOnlyFormat,
}

/// A track of a rekordbox XML that has another location now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocated {
    /// The track, by its place in [`PlaylistFile::tracks`](crate::PlaylistFile::tracks), from 0.
    pub track: usize,
    /// The file that it was.
    pub from: PathBuf,
    /// The file that it is.
    pub to: PathBuf,
}

/// A mark of a replaced track, and what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkOutcome {
    /// The replaced file.
    pub from: PathBuf,
    /// The keeper.
    pub to: PathBuf,
    /// The mark on the replaced track.
    pub mark: Mark,
    /// What happened to it.
    pub fate: Fate,
}

/// What happened to a mark of a replaced track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// The keeper has it at this position, in seconds.
    Carried {
        /// The position on the keeper, in seconds.
        at_s: f64,
        /// It was a hot cue and became a memory cue, because the keeper uses its number.
        is_now_memory_cue: bool,
    },
    /// The keeper does not have it there, for this reason. On a track with a new location it stays at its old position.
    NotCarried(Obstacle),
}

/// Why a mark was not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Nobody knows to 10 ms where the moment is in the keeper.
    #[error("the position in the kept file is not known to 10 ms")]
    OffsetUnknown,
    /// The keeper has a mark of the same kind within 10 ms.
    #[error("the kept track has such a mark there")]
    AlreadyThere,
    /// The moment is before the keeper's beginning.
    #[error("the position is before the beginning of the kept file")]
    BeforeStart,
    /// The moment, or the end of the loop, is after the keeper's end.
    #[error("the position is after the end of the kept file")]
    AfterEnd,
    /// The file does not have a number where the position should be.
    #[error("the position cannot be read")]
    Unreadable,
}
