//! The words of tracks, as heard: shown, and searched by a line that somebody remembers.

use reprise_features::Versions;
use reprise_matching::words::{SoundQuery, found_line};
use reprise_store::{RecordingId, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::prepared::stored_melody;
use crate::recordings::track_info::{TrackInfo, info};
use crate::recordings::words::{lines_of, stored_words};
use crate::versions::words::{HeardLine, HeardWords};

/// So many recordings with the sounds of a query are looked through for its line, for each that is wanted ...
const LOOKED_THROUGH: usize = 8;
/// ... and at least so many.
const FEWEST_LOOKED_THROUGH: usize = 200;

/// A track in which a line was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundLine {
    /// The track; of several files with the same recording, the first.
    pub track: TrackInfo,
    /// The line in which what was searched begins.
    pub line: HeardLine,
    /// How much of what was searched is there, 0..=1.
    pub share: f32,
}

pub(crate) fn words(database: &Database, track: TrackId) -> Result<Option<HeardWords>, Error> {
    let track = known_track(database, track)?;
    let Some((recording, payload)) = track.recording.zip(track.payload) else { return Ok(None) };
    let reader = database.reader()?;
    if let Some(words) = stored_words(&reader, recording)? {
        return Ok(Some(words.into()));
    }
    // Where nobody sings, nobody listens for words.
    let is_silent = stored_melody(&reader, &payload)?.is_some_and(|melody| melody.is_empty());
    Ok(is_silent.then(|| reprise_store::Words::default().into()))
}

/// Whether words are heard in a track. The transcript is not read.
pub(crate) fn has_words(database: &Database, track: TrackId) -> Result<bool, Error> {
    let Some(recording) = known_track(database, track)?.recording else { return Ok(false) };
    Ok(database.reader()?.words_language(recording, Versions::CURRENT.words, 0)?.is_some())
}

/// Tracks in which this line is sung, best first.
pub(crate) fn search_words(database: &Database, text: &str, limit: usize) -> Result<Vec<FoundLine>, Error> {
    let Some(query) = SoundQuery::new(text) else { return Ok(Vec::new()) };
    let reader = database.reader()?;
    // Any of the sounds: what was misheard must not hide a line. They are letters and digits only.
    let any = query.codes().iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(" OR ");
    let looked_through = (limit * LOOKED_THROUGH).max(FEWEST_LOOKED_THROUGH);
    let mut found: Vec<(f32, RecordingId, HeardLine)> = Vec::new();
    for recording in reader.search_words(&any, looked_through)? {
        let Some(words) = stored_words(&reader, recording)? else { continue };
        if let Some((line, share)) = found_line(&query, &lines_of(&words)) {
            found.push((share, recording, HeardLine::from(words.lines[line].clone())));
        }
    }
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut lines = Vec::new();
    for (share, recording, line) in found.into_iter().take(limit) {
        let Some(recording) = reader.recording_in(recording)? else { continue };
        let files = reader.tracks_of(&recording.sound.payload)?;
        let first = files.iter().find(|file| file.missing_since_s.is_none()).or(files.first());
        lines.extend(first.map(|file| FoundLine { track: info(file), line, share }));
    }
    Ok(lines)
}
