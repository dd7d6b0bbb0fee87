//! The words of a track as they are shown, and of two tracks side by side.

use reprise_matching::words::{MatchedLine, matched_lines};
use reprise_store::TrackId;

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::words::{lines_of, stored_words};

/// The mean log-probability below which a line is a guess.
const GUESSED: f32 = -1.0;

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

/// The words of two tracks, and which lines say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct WordsBeside {
    /// The words of the first track.
    pub own: HeardWords,
    /// The words of the other track.
    pub other: HeardWords,
    /// Lines of the first track with the line of the other that says the same.
    pub matched: Vec<MatchedLine>,
}

/// `None` unless words are heard in both.
pub(crate) fn words_beside(
    database: &Database,
    track: TrackId,
    other: TrackId,
) -> Result<Option<WordsBeside>, Error> {
    let reader = database.reader()?;
    let words = |track| match known_track(database, track)?.recording {
        Some(recording) => Ok(stored_words(&reader, recording)?.filter(|words| !words.lines.is_empty())),
        None => Ok::<_, Error>(None),
    };
    let Some((own, other)) = words(track)?.zip(words(other)?) else { return Ok(None) };
    let matched = matched_lines(&lines_of(&own), &lines_of(&other));
    Ok(Some(WordsBeside { own: own.into(), other: other.into(), matched }))
}

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
