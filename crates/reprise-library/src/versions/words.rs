//! The words of two tracks side by side.

use reprise_matching::words::{MatchedLine, matched_lines};
use reprise_store::TrackId;

use crate::browse::words::HeardWords;
use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::words::{lines_of, stored_words};

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
