//! Playlist files and DJ libraries: read, and written again with entries that name another file.
//!
//! When one of two copies of a recording goes, playlists that named it must name the other. This crate says what a
//! playlist file contains, and returns the bytes of one whose entries name other files. Encoding, line ends, comments,
//! order, and the form of each path stay, and so does everything that this crate does not understand. It works with
//! bytes and paths alone: whoever calls it reads, backs up and writes the files. Start at [`PlaylistFile`].

mod edits;
mod error;
mod file;
mod format;
mod itunes;
mod known;
mod m3u;
mod outcome;
mod percent;
mod place;
mod playlist;
mod rekordbox;
mod replacements;
mod uri;
mod xml;

pub use error::Error;
pub use file::{MOST_BYTES, PlaylistFile};
pub use format::Format;
pub use known::{KnownFiles, Named};
pub use outcome::{Change, Fate, Left, MarkOutcome, Obstacle, Reason, Relocated, Repointed};
pub use playlist::{Entry, ListedTrack, Mark, MarkKind, Playlist};
pub use replacements::{Replacement, Replacements};

#[cfg(test)]
mod tests;
