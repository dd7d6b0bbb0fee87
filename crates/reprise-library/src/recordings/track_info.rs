//! A track as faces show it.

use std::path::PathBuf;

use reprise_store::TrackId;

/// A track as a face shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackInfo {
    /// Its row; `None` when it is not in the library.
    pub id: Option<TrackId>,
    /// Where the file is, or was when last seen.
    pub path: PathBuf,
    /// Title, if the file says one.
    pub title: Option<String>,
    /// Artist, if the file says one.
    pub artist: Option<String>,
    /// Album, if the file says one.
    pub album: Option<String>,
    /// Year, if the file says one.
    pub year: Option<i32>,
    /// Length of what decoded, in seconds.
    pub duration_s: Option<f64>,
    /// Not on disk when last looked for.
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
