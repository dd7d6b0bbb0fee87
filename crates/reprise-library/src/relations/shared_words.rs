//! What is said of the words of a pair.

use reprise_matching::words::{Likeness, shared_passage};
use reprise_matching::{Span, View};
use reprise_store::{RecordingId, Store};

use crate::error::Error;
use crate::recordings::ALIGNER;
use crate::recordings::words::{lines_of, stored_words};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::{LINKED, Thresholds};
use crate::relations::words::{OTHER_WORDS_LIMIT, SURELY_OTHERS, likeness};

/// What is said of the words of a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SharedWords {
    /// They are the same, at least in part.
    Same {
        /// The longest passage with the same words.
        span: Option<Span>,
        /// Whether harmony and tune do not say that the two are one song.
        is_alone: bool,
    },
    /// They are others, under a tune that would be certain.
    Others,
}

/// The view by which two recordings of the library were found, as [`ScoreNormalisation::view_between`] gives it, and what
/// is said of their words; `None` if they say nothing.
pub(crate) fn view_and_words(
    reader: &Store,
    (one, other): (RecordingId, RecordingId),
    thresholds: &Thresholds,
) -> Result<(View, Option<SharedWords>), Error> {
    let Some(pair) = reader.alignment(one, other, ALIGNER)? else { return Ok((View::Harmony, None)) };
    let normalisation = ScoreNormalisation::between(reader, [one, other].into_iter())?;
    let score = normalisation.score_without_words(&pair);
    let words = match pair.words.map(likeness).zip(score) {
        Some((alike, score)) => said(reader, (one, other), &alike, score)?,
        None => None,
    };
    Ok((normalisation.view(&pair, thresholds), words))
}

/// What is said of the words of two recordings that are so alike and have this score by harmony and voice.
fn said(
    reader: &Store,
    (one, other): (RecordingId, RecordingId),
    alike: &Likeness,
    score: f32,
) -> Result<Option<SharedWords>, Error> {
    if alike.otherness >= SURELY_OTHERS && score >= OTHER_WORDS_LIMIT {
        return Ok(Some(SharedWords::Others));
    }
    if alike.evidence() == 0.0 {
        return Ok(None);
    }
    let texts = stored_words(reader, one)?.zip(stored_words(reader, other)?);
    let span = texts.and_then(|(one, other)| shared_passage(&lines_of(&one), &lines_of(&other)));
    Ok(Some(SharedWords::Same { span, is_alone: score < LINKED }))
}
