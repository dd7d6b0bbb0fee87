//! What a playlist file contains: playlists, their entries, tracks and their marks.

use std::path::PathBuf;
use std::sync::Arc;

/// A playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// The folders around it, from the outermost, and then its own name. An M3U file has the name of the file without
    /// its extension.
    pub name: Vec<String>,
    /// Its entries in their order. The same track may stand there twice.
    pub entries: Vec<Entry>,
}

/// An entry of a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The absolute paths that the entry may mean, the likeliest first. Several are possible, because a playlist does
    /// not say whether a backslash separates two names or belongs to one. Empty for streams and for what no path can be
    /// read from.
    pub paths: Arc<[PathBuf]>,
    /// The entry as the file has it: a line of an M3U file, a key or a track number of an XML file.
    pub written: String,
}

/// A track that a library file lists, whether or not a playlist contains it. An M3U file lists none.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedTrack {
    /// The number of the track in the file.
    pub id: String,
    /// A number that iTunes never changes; `None` in other files.
    pub persistent_id: Option<String>,
    /// The title.
    pub name: String,
    /// The artist.
    pub artist: String,
    /// The absolute paths that its location may mean, as in [`Entry::paths`]; empty for streams.
    pub paths: Arc<[PathBuf]>,
    /// Its duration in seconds, as the file says it.
    pub total_time_s: Option<f64>,
    /// How often it was played.
    pub play_count: Option<u64>,
    /// Its rating from 0 to 100, which is five stars.
    pub rating: Option<u8>,
    /// Its cues and loops.
    pub marks: Vec<Mark>,
    /// Its beat grid: each entry is a mark of kind [`MarkKind::BeatGrid`].
    pub beat_grid: Vec<Mark>,
}

/// What a mark on a track stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// A cue point.
    Cue,
    /// The start of a fade-in.
    FadeIn,
    /// The start of a fade-out.
    FadeOut,
    /// The point that a deck loads a track at.
    Load,
    /// A loop.
    Loop,
    /// The first beat of a section with a constant tempo.
    BeatGrid,
    /// A kind that this crate does not know.
    Other,
}

/// A mark on a track.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What it stands for.
    pub kind: MarkKind,
    /// The name that the user gave it.
    pub name: String,
    /// Its position in seconds; `None` when the file does not have a number there.
    pub start_s: Option<f64>,
    /// The end of a loop in seconds.
    pub end_s: Option<f64>,
    /// The number of the hot cue, from 0; `None` for a memory cue.
    pub hot_cue: Option<u32>,
}
