//! What is said of the words of a pair.

use reprise_matching::Span;
use reprise_matching::words::shared_passage;
use reprise_store::{RecordingId, Store};

use crate::error::Error;
use crate::recordings::ALIGNER;
use crate::recordings::words::{lines_of, stored_words};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::LINKED;
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

/// What is said of the words of two recordings of the library; `None` if they say nothing.
pub(crate) fn words_between(
    reader: &Store,
    one: RecordingId,
    other: RecordingId,
) -> Result<Option<SharedWords>, Error> {
    let Some(pair) = reader.alignment(one, other, ALIGNER)? else { return Ok(None) };
    let normalisation = ScoreNormalisation::between(reader, [one, other].into_iter())?;
    let Some((alike, score)) = pair.words.map(likeness).zip(normalisation.score_without_words(&pair)) else {
        return Ok(None);
    };
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
