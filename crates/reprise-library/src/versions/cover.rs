//! The answer to "which versions are there of this".

use reprise_matching::{Span, Track};

use crate::recordings::track_info::TrackInfo;
use crate::relations::heading::Heading;
use crate::relations::thresholds::{Confidence, Relation};
use crate::renditions::claims::{Claim, Reference, tagged_kinds};

/// Another rendition of the track that was asked about.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The candidate.
    pub track: TrackInfo,
    /// What is known or guessed of the two.
    pub relation: Relation,
    /// How sure that is.
    pub confidence: Confidence,
    /// Centred score less what rivals claim, in standard deviations above strangers; none where the audio is the same and nothing was aligned.
    pub score: Option<f32>,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Above 1 when the candidate is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// The same in words.
    pub reason: String,
    /// What kind of rendition it is, as far as anything says so.
    pub kinds: Vec<Claim>,
}

impl Cover {
    /// Under which heading it belongs.
    pub fn heading(&self) -> Heading {
        Heading::of(self.relation, self.confidence)
    }
}

/// The answer about one track.
#[derive(Debug, Clone)]
pub struct Covers {
    /// The track.
    pub query: TrackInfo,
    /// False when it was heard only for this question.
    pub in_library: bool,
    /// Why nothing but the same audio was looked for, or nothing at all, although it could be read.
    pub not_matched: Option<String>,
    /// What kind of rendition it is itself, as far as anything says so.
    pub kinds: Vec<Claim>,
    /// Best first.
    pub covers: Vec<Cover>,
}

/// What is needed of the query to rank candidates.
pub(crate) struct Query {
    pub info: TrackInfo,
    /// None of a track that cannot be aligned.
    pub track: Option<Track>,
    pub duration_s: f64,
    /// None where its voice was not listened for.
    pub sung_share: Option<f32>,
}

impl Query {
    /// What is needed of it to say what others are beside it.
    pub fn beside(&self) -> Reference<'_> {
        Reference { artist: self.info.artist.as_deref(), sung_share: self.sung_share }
    }
}

pub(crate) fn unmatched(query: TrackInfo, reason: String) -> Covers {
    let kinds = tagged_kinds(&query);
    Covers { query, in_library: false, not_matched: Some(reason), kinds, covers: Vec::new() }
}
