//! A track as user interfaces show it.

use std::path::PathBuf;

use reprise_store::{Tags, TrackId};

/// A track as a user interface shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackInfo {
    /// Its row id; `None` if it is not in the library.
    pub id: Option<TrackId>,
    /// The path of the file, as last seen.
    pub path: PathBuf,
    /// Its tags.
    pub tags: Tags,
    /// The length of the decoded audio, in seconds.
    pub duration_s: Option<f64>,
    /// Whether the file was absent when last checked.
    pub is_missing: bool,
}

pub(crate) fn info(track: &reprise_store::Track) -> TrackInfo {
    TrackInfo {
        id: Some(track.id),
        path: track.path.clone(),
        tags: track.tags.clone(),
        duration_s: track.duration_s,
        is_missing: track.missing_since_s.is_some(),
    }
}

/// Converts tags to the type of the store.
pub(crate) fn stored_tags(tags: reprise_audio::Tags) -> reprise_store::Tags {
    reprise_store::Tags {
        title: tags.title,
        artist: tags.artist,
        album: tags.album,
        album_artist: tags.album_artist,
        genre: tags.genre,
        year: tags.year,
        track_number: tags.track_number,
        compilation: tags.compilation,
        recording_mbid: tags.recording_id,
        work_mbids: tags.work_ids,
    }
}
