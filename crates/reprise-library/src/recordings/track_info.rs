//! A track as user interfaces show it.

use std::path::PathBuf;

use reprise_store::TrackId;

/// A track as a user interface shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackInfo {
    /// Its row; `None` when it is not in the library.
    pub id: Option<TrackId>,
    /// Path of the file, as last seen.
    pub path: PathBuf,
    /// Title, if tagged.
    pub title: Option<String>,
    /// Artist, if tagged.
    pub artist: Option<String>,
    /// Album, if tagged.
    pub album: Option<String>,
    /// Year, if tagged.
    pub year: Option<i32>,
    /// Length of the decoded audio, in seconds.
    pub duration_s: Option<f64>,
    /// Not on disk when last checked.
    pub is_missing: bool,
}

pub(crate) fn info(track: &reprise_store::Track) -> TrackInfo {
    TrackInfo {
        id: Some(track.id),
        path: track.path.clone(),
        title: track.tags.title.clone(),
        artist: track.tags.artist.clone(),
        album: track.tags.album.clone(),
        year: track.tags.year,
        duration_s: track.duration_s,
        is_missing: track.missing_since_s.is_some(),
    }
}
