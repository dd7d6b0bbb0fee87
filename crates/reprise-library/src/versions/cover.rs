//! The versions found for a track.

use reprise_matching::{Span, Track};

use crate::recordings::track_info::TrackInfo;
use crate::recordings::unmatched::NotMatched;
use crate::relations::heading::Heading;
use crate::relations::reason::Reason;
use crate::relations::thresholds::{Confidence, Relation};
use crate::renditions::claims::{Claim, Reference, tagged_kinds};

/// Another rendition of the query.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The candidate.
    pub track: TrackInfo,
    /// What is known or estimated about the two.
    pub relation: Relation,
    /// The confidence in the relation.
    pub confidence: Confidence,
    /// The standing, in standard deviations above the impostor cohort; `None` if the audio is the same and nothing was
    /// aligned.
    pub score: Option<f32>,
    /// By how many semitones the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Above 1 if the candidate is faster.
    pub tempo_ratio: f32,
    /// The seconds that match.
    pub spans: Vec<Span>,
    /// Why they are related.
    pub reason: Reason,
    /// The kinds of rendition that it is known or estimated to be.
    pub kinds: Vec<Claim>,
}

impl Cover {
    /// The heading that it is listed under.
    pub fn heading(&self) -> Heading {
        Heading::of(self.relation, self.confidence)
    }
}

/// The result for one query.
#[derive(Debug, Clone)]
pub struct Covers {
    /// The query.
    pub query: TrackInfo,
    /// False if it was analysed for this query only.
    pub in_library: bool,
    /// Why only the same audio was searched, or nothing at all, although the file could be read; `None` if it can be
    /// matched.
    pub not_matched: Option<NotMatched>,
    /// The kinds of rendition that the query itself is known or estimated to be.
    pub kinds: Vec<Claim>,
    /// The versions found, best first.
    pub covers: Vec<Cover>,
}

/// What the ranking of candidates needs of the query.
pub(crate) struct Query {
    pub info: TrackInfo,
    /// `None` if the query cannot be aligned.
    pub track: Option<Track>,
    pub duration_s: f64,
    /// `None` if its voice is not analysed.
    pub sung_share: Option<f32>,
    /// The code of the language in which it is sung, if that is sure.
    pub language: Option<String>,
}

impl Query {
    /// The query as the reference for the renditions of others.
    pub fn beside(&self) -> Reference<'_> {
        Reference {
            artist: self.info.tags.artist.as_deref(),
            sung_share: self.sung_share,
            language: self.language.as_deref(),
        }
    }
}

pub(crate) fn unmatched(query: TrackInfo, reason: NotMatched) -> Covers {
    let kinds = tagged_kinds(&query);
    Covers { query, in_library: false, not_matched: Some(reason), kinds, covers: Vec::new() }
}
