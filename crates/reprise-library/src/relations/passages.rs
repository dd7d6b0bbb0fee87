//! Songs found inside other recordings, from the point of view of either recording. Each has a normalised score and the
//! spans that match. A recording that contains a song among others is not a version of it.

use std::collections::HashMap;

use reprise_matching::{Alignment, Span};
use reprise_store::{Passage, RecordingId, Store};

use crate::error::Error;
use crate::relations::thresholds::{Confidence, Thresholds};

/// The shared part of two recordings is only a passage if it fills at most this share of the longer one,
const SMALL_OF_LONGER: f64 = 0.4;

/// and at most this share of the shorter one: a long live recording contains all of the song that it is a version of.
const SMALL_OF_SHORTER: f64 = 0.6;

/// Passages that overlap by more than this share of the shorter one count as one place.
const SAME_PLACE: f64 = 0.34;

/// The parameters of passages, as a part of other parameters.
pub(crate) fn rule() -> String {
    format!("in passing {SMALL_OF_LONGER} {SMALL_OF_SHORTER}, one place {SAME_PLACE}")
}

/// The start and end of passages in one recording, in seconds.
pub(crate) type Places = Vec<(f64, f64)>;

/// A song inside another recording, from the point of view of one of the two recordings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SharedPassage {
    /// Whether the query contains the other recording.
    pub is_container: bool,
    /// The normalised score of the two.
    pub score: f32,
    /// By how many semitones the other recording is higher.
    pub key_shift: i8,
    /// Above 1 if the other recording is faster.
    pub tempo_ratio: f32,
    /// The seconds that match.
    pub spans: Vec<Span>,
}

impl SharedPassage {
    /// The relation of two likely versions that have only a passage in common. `alignment` is that of the query with
    /// the candidate; the lengths are in seconds.
    pub fn in_passing(score: f32, alignment: &Alignment, query_s: f64, candidate_s: f64) -> Option<Self> {
        is_in_passing(&alignment.spans, query_s, candidate_s).then(|| Self {
            is_container: query_s >= candidate_s,
            score,
            key_shift: alignment.key_shift,
            tempo_ratio: alignment.tempo_ratio,
            spans: alignment.spans.clone(),
        })
    }

    /// The confidence. It is never certain, because there are no sets to measure it on.
    pub fn confidence(&self, thresholds: &Thresholds) -> Confidence {
        if thresholds.is_likely_by_itself(self.score) { Confidence::Likely } else { Confidence::Possible }
    }
}

/// Whether the match is a small part of both recordings. Then both may contain a song among others, and neither is
/// called a version of the other.
pub(crate) fn is_in_passing(spans: &[Span], query_s: f64, candidate_s: f64) -> bool {
    let (matched_query_s, matched_candidate_s) = matched_s(spans);
    let (of_query, of_candidate) = (matched_query_s / query_s, matched_candidate_s / candidate_s);
    let (of_longer, of_shorter) =
        if query_s >= candidate_s { (of_query, of_candidate) } else { (of_candidate, of_query) };
    !spans.is_empty() && of_longer <= SMALL_OF_LONGER && of_shorter <= SMALL_OF_SHORTER
}

/// The matching seconds of the query and of the candidate.
pub(crate) fn matched_s(spans: &[Span]) -> (f64, f64) {
    let of_query = spans.iter().map(|span| span.query_end_s - span.query_start_s).sum();
    let of_candidate = spans.iter().map(|span| span.candidate_end_s - span.candidate_start_s).sum();
    (of_query, of_candidate)
}

/// Whether the passages of one container are in several places, so that the container contains several songs.
pub(crate) fn are_several(passages: &[Passage]) -> bool {
    let places: Vec<Places> = passages.iter().map(places).collect();
    let is_apart =
        |(i, one): (usize, &Places)| places[i + 1..].iter().any(|other| !share_a_place(one, other));
    places.iter().enumerate().any(is_apart)
}

/// The places of a song in its container.
pub(crate) fn places(passage: &Passage) -> Places {
    passage.spans.iter().map(|span| (f64::from(span[0]), f64::from(span[1]))).collect()
}

/// Whether two songs of one container overlap there.
pub(crate) fn share_a_place(one: &Places, other: &Places) -> bool {
    let shared = |a: &(f64, f64), b: &(f64, f64)| (a.1.min(b.1) - a.0.max(b.0)).max(0.0);
    let overlap_s: f64 = one.iter().flat_map(|a| other.iter().map(|b| shared(a, b))).sum();
    overlap_s > SAME_PLACE * length_s(one).min(length_s(other))
}

/// The total length of all places.
pub(crate) fn length_s(places: &Places) -> f64 {
    places.iter().map(|(start_s, end_s)| end_s - start_s).sum()
}

/// The passage that `alignment` found of `song` in `container`, of which the part from `start_s` was aligned.
pub(crate) fn passage(
    (container, song): (RecordingId, RecordingId),
    score: f32,
    alignment: &Alignment,
    start_s: f64,
) -> Passage {
    let span = |span: &Span| {
        let seconds = [
            start_s + span.query_start_s,
            start_s + span.query_end_s,
            span.candidate_start_s,
            span.candidate_end_s,
        ];
        seconds.map(|second| second as f32)
    };
    Passage {
        container,
        song,
        score,
        key_shift: alignment.key_shift,
        tempo_ratio: alignment.tempo_ratio,
        spans: alignment.spans.iter().map(span).collect(),
    }
}

/// The songs inside a recording, and the recordings that contain it.
pub(crate) fn shared_passages_of(
    reader: &Store,
    recording: RecordingId,
) -> Result<HashMap<RecordingId, SharedPassage>, Error> {
    let from_here = |passage: Passage| {
        let is_container = passage.container == recording;
        (if is_container { passage.song } else { passage.container }, held(&passage, is_container))
    };
    Ok(reader.passages_of(recording)?.into_iter().map(from_here).collect())
}

fn held(passage: &Passage, is_container: bool) -> SharedPassage {
    let span = |seconds: &[f32; 4]| {
        let [container_start_s, container_end_s, song_start_s, song_end_s] = seconds.map(f64::from);
        let (query, candidate) = ((container_start_s, container_end_s), (song_start_s, song_end_s));
        let (query, candidate) = if is_container { (query, candidate) } else { (candidate, query) };
        Span {
            query_start_s: query.0,
            query_end_s: query.1,
            candidate_start_s: candidate.0,
            candidate_end_s: candidate.1,
        }
    };
    let mut spans: Vec<Span> = passage.spans.iter().map(span).collect();
    spans.sort_by(|one, other| one.query_start_s.total_cmp(&other.query_start_s));
    SharedPassage {
        is_container,
        score: passage.score,
        key_shift: if is_container { passage.key_shift } else { flipped(passage.key_shift) },
        tempo_ratio: if is_container { passage.tempo_ratio } else { passage.tempo_ratio.recip() },
        spans,
    }
}

/// The shift in the other direction, within -5..=6 semitones.
fn flipped(shift: i8) -> i8 {
    if shift == 6 { 6 } else { -shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_from_the_other_side_everything_is_turned_round() {
        let [set, song] = [1, 2].map(RecordingId);
        let spans = vec![[900.0, 1000.0, 60.0, 165.0], [1010.0, 1040.0, 0.0, 31.0]];
        let passage = Passage { container: set, song, score: 20.0, key_shift: 3, tempo_ratio: 0.8, spans };
        let (from_set, from_song) = (held(&passage, true), held(&passage, false));
        assert_eq!((from_set.key_shift, from_song.key_shift), (3, -3));
        assert_eq!((from_set.tempo_ratio, from_song.tempo_ratio), (0.8, 1.25));
        assert_eq!(from_set.spans[0].query_start_s, 900.0);
        let first = from_song.spans[0];
        assert_eq!((first.query_start_s, first.candidate_start_s), (0.0, 1010.0), "in the order of the song");
        assert_eq!([-5, 0, 6].map(flipped), [5, 0, 6]);
    }
}
