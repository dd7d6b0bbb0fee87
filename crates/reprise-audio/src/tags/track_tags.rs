//! What a file says of itself, whatever kind of tag it says it in.

use serde::{Deserialize, Serialize};

/// What a file says of itself. Texts are trimmed and never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// Performer; several with commas between them.
    pub artist: Option<String>,
    /// Title of the album.
    pub album: Option<String>,
    /// Performer of the album as a whole.
    pub album_artist: Option<String>,
    /// Genre, the first where there are several.
    pub genre: Option<String>,
    /// Year of this release, from any date that begins with four digits.
    pub year: Option<i32>,
    /// Position on the album, from 1.
    pub track_number: Option<u32>,
    /// Whether the album collects several artists.
    pub compilation: bool,
    /// MusicBrainz Recording id.
    pub recording_id: Option<String>,
    /// MusicBrainz Work ids: several for a medley.
    pub work_ids: Vec<String>,
}
