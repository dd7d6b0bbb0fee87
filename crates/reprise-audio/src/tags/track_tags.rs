//! The tags of a file, independent of their format.

use serde::{Deserialize, Serialize};

/// The tags of a file. Texts are trimmed and never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// Performer; several are joined with commas.
    pub artist: Option<String>,
    /// Title of the album.
    pub album: Option<String>,
    /// Performer of the album as a whole.
    pub album_artist: Option<String>,
    /// Genre; the first if there are several.
    pub genre: Option<String>,
    /// Year of this release, from any date that contains a number of four digits.
    pub year: Option<i32>,
    /// Position on the album, counted from 1.
    pub track_number: Option<u32>,
    /// Whether the album is a compilation of several artists.
    pub compilation: bool,
    /// MusicBrainz Recording id.
    pub recording_id: Option<String>,
    /// MusicBrainz Work ids; a medley has several.
    pub work_ids: Vec<String>,
}
