//! The explanation of a pair of tracks: passages, key, tempo and reason.

use reprise_matching::{Alignment, Span};

use crate::relations::passages::SharedPassage;
use crate::relations::reason::{self, Reason};
use crate::relations::same_audio::SameAudio;
use crate::relations::shared_words::SharedWords;
use crate::relations::thresholds::{Confidence, Relation};

/// The explanation of how a track and another one are related.
#[derive(Debug, Clone)]
pub(crate) struct Explanation {
    /// By how many semitones the other track is higher.
    pub key_shift: i8,
    /// The tempo of the other track divided by the tempo of this one: above 1 if the other is faster.
    pub tempo_ratio: f32,
    /// The seconds that match.
    pub spans: Vec<Span>,
    /// Why they are related.
    pub reason: Reason,
}

impl Explanation {
    /// The explanation of a copy, which has the same length.
    pub fn copy(duration_s: f64) -> Self {
        let (query_start_s, query_end_s) = (0.0, duration_s);
        let whole = Span { query_start_s, query_end_s, candidate_start_s: 0.0, candidate_end_s: duration_s };
        Self::same_key_and_tempo(vec![whole], Reason::Copy)
    }

    /// The explanation of the same audio in two tracks of these lengths.
    pub fn by_audio(same: &SameAudio, query_s: f64, candidate_s: f64) -> Self {
        Self::same_key_and_tempo(same.spans(), reason::by_audio(same, query_s, candidate_s))
    }

    /// The explanation of a song inside another track.
    pub fn by_passage(held: &SharedPassage) -> Self {
        let SharedPassage { key_shift, tempo_ratio, .. } = *held;
        Self { key_shift, tempo_ratio, spans: held.spans.clone(), reason: reason::by_passage(held) }
    }

    /// The explanation of an alignment of two tracks of these lengths, and of their words.
    pub fn by_alignment(
        alignment: Alignment,
        words: Option<SharedWords>,
        query_s: f64,
        candidate_s: f64,
    ) -> Self {
        let reason = reason::by_alignment(&alignment, words, query_s, candidate_s);
        let Alignment { key_shift, tempo_ratio, spans, .. } = alignment;
        match words {
            // What was aligned is by chance.
            Some(SharedWords::Same { span, is_alone: true }) => {
                Self::same_key_and_tempo(span.into_iter().collect(), reason)
            }
            _ => Self { key_shift, tempo_ratio, spans, reason },
        }
    }

    /// The explanation of two tracks about which only the user's decision or the tags say something.
    pub fn by_word(relation: Relation) -> Self {
        let is_tagged = relation == Relation::Tagged;
        let reason = if is_tagged { Reason::Tags { by_audio: None } } else { Reason::Decision };
        Self::same_key_and_tempo(Vec::new(), reason)
    }

    /// Puts the tags before the audio, if the tags are why the two are one song, or claim one recording.
    pub fn relating(self, relation: Relation, confidence: Confidence) -> Self {
        let reason = match (relation, confidence) {
            (Relation::Tagged, Confidence::Certain) => Reason::Tags { by_audio: Some(Box::new(self.reason)) },
            (Relation::Tagged, _) => Reason::TagsAlone,
            (Relation::Conflict, _) => Reason::Conflict,
            (Relation::Unlikely, _) if self.spans.is_empty() => Reason::NothingInCommon,
            _ => return self,
        };
        Self { reason, ..self }
    }

    fn same_key_and_tempo(spans: Vec<Span>, reason: Reason) -> Self {
        Self { key_shift: 0, tempo_ratio: 1.0, spans, reason }
    }
}

/// The audio that two tracks share, if it explains this relation better than an alignment.
pub(crate) fn telling_audio(relation: Relation, same: Option<&SameAudio>) -> Option<&SameAudio> {
    use Relation::{Edit, Part, Recording, Rejected};
    same.filter(|_| matches!(relation, Recording | Edit | Part | Rejected))
}
