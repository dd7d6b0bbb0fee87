//! Songs that are heard inside other recordings, as seen from either. An edge with a span: whoever holds a song among others is
//! no version of it.

use std::collections::HashMap;

use reprise_matching::{Alignment, Span};
use reprise_store::{Passage, RecordingId, Store};

use crate::bands::{Bands, Confidence};
use crate::error::Error;

/// A song inside another recording, from the point of view of one of the two.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// Whether the recording asked about holds the other one.
    pub is_holder: bool,
    /// Their centred score.
    pub edge: f32,
    /// Semitones by which the other one is higher.
    pub key_shift: i8,
    /// Above 1 when the other one is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
}

impl Held {
    /// How sure it is; never certain, for want of sets to measure it on.
    pub fn confidence(&self, bands: &Bands) -> Confidence {
        match bands.confidence(self.edge) {
            Confidence::Certain | Confidence::Likely => Confidence::Likely,
            Confidence::Possible | Confidence::Unlikely => Confidence::Possible,
        }
    }
}

/// What `alignment` found of `song` in `holder`, whose alignment began at `start_s`.
pub(crate) fn passage(
    (holder, song): (RecordingId, RecordingId),
    edge: f32,
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
        holder,
        song,
        edge,
        key_shift: alignment.key_shift,
        tempo_ratio: alignment.tempo_ratio,
        spans: alignment.spans.iter().map(span).collect(),
    }
}

/// The songs inside a recording and the recordings that it is inside of.
pub(crate) fn held_of(asking: &Store, recording: RecordingId) -> Result<HashMap<RecordingId, Held>, Error> {
    let from_here = |passage: Passage| {
        let is_holder = passage.holder == recording;
        (if is_holder { passage.song } else { passage.holder }, held(&passage, is_holder))
    };
    Ok(asking.passages_of(recording)?.into_iter().map(from_here).collect())
}

fn held(passage: &Passage, is_holder: bool) -> Held {
    let span = |seconds: &[f32; 4]| {
        let [holder_start_s, holder_end_s, song_start_s, song_end_s] = seconds.map(f64::from);
        let (query, candidate) = ((holder_start_s, holder_end_s), (song_start_s, song_end_s));
        let (query, candidate) = if is_holder { (query, candidate) } else { (candidate, query) };
        Span {
            query_start_s: query.0,
            query_end_s: query.1,
            candidate_start_s: candidate.0,
            candidate_end_s: candidate.1,
        }
    };
    let mut spans: Vec<Span> = passage.spans.iter().map(span).collect();
    spans.sort_by(|one, other| one.query_start_s.total_cmp(&other.query_start_s));
    Held {
        is_holder,
        edge: passage.edge,
        key_shift: if is_holder { passage.key_shift } else { flipped(passage.key_shift) },
        tempo_ratio: if is_holder { passage.tempo_ratio } else { passage.tempo_ratio.recip() },
        spans,
    }
}

/// A shift of -5..=6 semitones the other way round.
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
        let passage = Passage { holder: set, song, edge: 20.0, key_shift: 3, tempo_ratio: 0.8, spans };
        let (from_set, from_song) = (held(&passage, true), held(&passage, false));
        assert_eq!((from_set.key_shift, from_song.key_shift), (3, -3));
        assert_eq!((from_set.tempo_ratio, from_song.tempo_ratio), (0.8, 1.25));
        assert_eq!(from_set.spans[0].query_start_s, 900.0);
        let first = from_song.spans[0];
        assert_eq!((first.query_start_s, first.candidate_start_s), (0.0, 1010.0), "in the order of the song");
        assert_eq!([-5, 0, 6].map(flipped), [5, 0, 6]);
    }
}
