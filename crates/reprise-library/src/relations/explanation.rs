//! The explanation of two tracks: passages, key, tempo, and the reason.

use reprise_matching::{Alignment, Span};

use crate::relations::passages::SharedPassage;
use crate::relations::reason::{self, Reason};
use crate::relations::same_audio::SameAudio;
use crate::relations::thresholds::{Confidence, Relation};

/// The explanation of a track and another.
#[derive(Debug, Clone)]
pub(crate) struct Explanation {
    /// Semitones by which the other is higher.
    pub key_shift: i8,
    /// Above 1 when the other is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// Why they are related.
    pub reason: Reason,
}

impl Explanation {
    /// For a copy, which has the same length.
    pub fn copy(duration_s: f64) -> Self {
        let (query_start_s, query_end_s) = (0.0, duration_s);
        let whole = Span { query_start_s, query_end_s, candidate_start_s: 0.0, candidate_end_s: duration_s };
        Self::same_key_and_tempo(vec![whole], Reason::Copy)
    }

    /// For the same audio in tracks of these lengths.
    pub fn by_audio(same: &SameAudio, query_s: f64, candidate_s: f64) -> Self {
        Self::same_key_and_tempo(same.spans(), reason::by_audio(same, query_s, candidate_s))
    }

    /// For a song inside another track.
    pub fn by_passage(held: &SharedPassage) -> Self {
        let SharedPassage { key_shift, tempo_ratio, .. } = *held;
        Self { key_shift, tempo_ratio, spans: held.spans.clone(), reason: reason::by_passage(held) }
    }

    /// For an alignment of tracks of these lengths.
    pub fn by_alignment(alignment: Alignment, query_s: f64, candidate_s: f64) -> Self {
        let reason = reason::by_alignment(&alignment, query_s, candidate_s);
        let Alignment { key_shift, tempo_ratio, spans, .. } = alignment;
        Self { key_shift, tempo_ratio, spans, reason }
    }

    /// For two tracks of which only the user's decision, or their tags, are known.
    pub fn by_word(relation: Relation) -> Self {
        let is_tagged = relation == Relation::Tagged;
        let reason = if is_tagged { Reason::Tags { by_audio: None } } else { Reason::Decision };
        Self::same_key_and_tempo(Vec::new(), reason)
    }

    /// Puts the tags before the audio, if they are why the two are one song, or ought to be one recording.
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

/// The audio that two tracks share, if it explains this relation better than an alignment does.
pub(crate) fn telling_audio(relation: Relation, same: Option<&SameAudio>) -> Option<&SameAudio> {
    use Relation::{Edit, Part, Recording, Rejected};
    same.filter(|_| matches!(relation, Recording | Edit | Part | Rejected))
}
