//! The explanation of two tracks: passages, key, tempo, and a sentence.

use reprise_matching::{Alignment, Span};

use crate::relations::passages::SharedPassage;
use crate::relations::same_audio::SameAudio;
use crate::relations::thresholds::{Confidence, Relation};
use crate::relations::wording::{passage_reason, reason, same_audio_reason};

/// Why two files with the same audio match.
pub(crate) const COPY: &str = "the same audio in another file";

/// Why two tracks are one song according to their tags.
const TAGGED: &str = "one work by their tags";

/// The explanation of a track and another.
#[derive(Debug, Clone)]
pub(crate) struct Explanation {
    /// Semitones by which the other is higher.
    pub key_shift: i8,
    /// Above 1 when the other is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// The same in words.
    pub reason: String,
}

impl Explanation {
    /// For a copy, which has the same length.
    pub fn copy(duration_s: f64) -> Self {
        let (query_start_s, query_end_s) = (0.0, duration_s);
        let whole = Span { query_start_s, query_end_s, candidate_start_s: 0.0, candidate_end_s: duration_s };
        Self::same_key_and_tempo(vec![whole], COPY.into())
    }

    /// For the same audio in tracks of these lengths.
    pub fn by_audio(same: &SameAudio, query_s: f64, candidate_s: f64) -> Self {
        Self::same_key_and_tempo(same.spans(), same_audio_reason(same, query_s, candidate_s))
    }

    /// For a song inside another track.
    pub fn by_passage(held: &SharedPassage) -> Self {
        let SharedPassage { key_shift, tempo_ratio, .. } = *held;
        Self { key_shift, tempo_ratio, spans: held.spans.clone(), reason: passage_reason(held) }
    }

    /// For an alignment of tracks of these lengths.
    pub fn by_alignment(alignment: Alignment, query_s: f64, candidate_s: f64) -> Self {
        let reason = reason(&alignment, query_s, candidate_s);
        let Alignment { key_shift, tempo_ratio, spans, .. } = alignment;
        Self { key_shift, tempo_ratio, spans, reason }
    }

    /// For two tracks of which only the user's decision, or their tags, are known.
    pub fn by_word(relation: Relation) -> Self {
        let word = if relation == Relation::Tagged { TAGGED } else { "as you said" };
        Self::same_key_and_tempo(Vec::new(), word.into())
    }

    /// Puts the tags before the audio, if they are why the two are one song, or ought to be one recording.
    pub fn relating(self, relation: Relation, confidence: Confidence) -> Self {
        let reason = match (relation, confidence) {
            (Relation::Tagged, Confidence::Certain) => format!("{TAGGED}, {}", self.reason),
            (Relation::Tagged, _) => format!("{TAGGED}, although the audio is not alike"),
            (Relation::Conflict, _) => "one recording by their tags, but the audio is another".into(),
            (Relation::Unlikely, _) if self.spans.is_empty() => "nothing in common stands out".into(),
            _ => return self,
        };
        Self { reason, ..self }
    }

    fn same_key_and_tempo(spans: Vec<Span>, reason: String) -> Self {
        Self { key_shift: 0, tempo_ratio: 1.0, spans, reason }
    }
}

/// The audio that two tracks share, if it explains this relation better than an alignment does.
pub(crate) fn telling_audio(relation: Relation, same: Option<&SameAudio>) -> Option<&SameAudio> {
    use Relation::{Edit, Part, Recording, Rejected};
    same.filter(|_| matches!(relation, Recording | Edit | Part | Rejected))
}
