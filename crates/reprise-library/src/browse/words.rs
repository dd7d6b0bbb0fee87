//! The words of tracks, as heard: shown, and searched by a line that somebody remembers.

use reprise_matching::words::{SoundQuery, found_line};
use reprise_store::{RecordingId, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::prepared::stored_melody;
use crate::recordings::track_info::{TrackInfo, info};
use crate::recordings::words::{lines_of, stored_words};

/// So many recordings with the sounds of a query are looked through for its line, for each that is wanted ...
const LOOKED_THROUGH: usize = 8;
/// ... and at least so many.
const FEWEST_LOOKED_THROUGH: usize = 200;

/// The words of a track, as heard: approximate, with mistakes.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardWords {
    /// Code of the language (ISO 639).
    pub language: String,
    /// How sure the recogniser is of the language, 0..=1.
    pub language_probability: f32,
    /// What is sung, in order.
    pub lines: Vec<HeardLine>,
}

/// A line of what is sung.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardLine {
    /// Where it starts, in seconds; approximate.
    pub start_s: f32,
    /// Where it ends.
    pub end_s: f32,
    /// The words as heard.
    pub text: String,
    /// Mean log-probability of its tokens: 0 where the recogniser is sure, -1 and below where it guesses.
    pub log_probability: f32,
}

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

/// The mean log-probability below which a line is a guess.
const GUESSED: f32 = -1.0;

impl HeardLine {
    /// Whether the recogniser guesses more than it hears.
    pub fn is_guessed(&self) -> bool {
        self.log_probability < GUESSED
    }
}

impl From<reprise_store::Words> for HeardWords {
    fn from(words: reprise_store::Words) -> Self {
        let lines = words.lines.into_iter().map(HeardLine::from).collect();
        Self { language: words.language, language_probability: words.language_probability, lines }
    }
}

impl From<reprise_store::WordsLine> for HeardLine {
    fn from(line: reprise_store::WordsLine) -> Self {
        let reprise_store::WordsLine { start_s, end_s, log_probability, text } = line;
        Self { start_s, end_s, text, log_probability }
    }
}
