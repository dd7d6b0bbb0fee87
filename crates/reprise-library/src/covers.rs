//! The versions of one file, in the library or not: ranked by centred score, explained by alignment. How they are
//! found for a track of the library is `related.rs`.

use std::collections::HashMap;
use std::path::Path;

use reprise_fingerprint::Sameness;
use reprise_matching::{Scratch, Span, Track, align};
use reprise_store::{RecordingId, Store};

use crate::bands::{Confidence, Known, Relation};
use crate::claims::{Beside, Claim, tagged_kinds};
use crate::competition::standings;
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::Frames;
use crate::library::Library;
use crate::passages::Held;
use crate::relate::prepared;
use crate::related::{Related, best_first};
use crate::remainder::score_besides;
use crate::same_audio::SameAudio;
use crate::stored_track::{stored_frames, stored_track};
use crate::track_info::TrackInfo;
use crate::visitor::Visit;

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
    pub fn beside(&self) -> Beside<'_> {
        Beside { artist: self.info.artist.as_deref(), sung_share: self.sung_share }
    }
}

impl Library {
    /// The versions of the track at `path` (absolute), best first, at most `limit`. A file that is not in the library
    /// is heard for the occasion and forgotten.
    pub fn covers(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        let known = self.asking()?.track_at(path)?.filter(|track| track.payload.is_some());
        match known {
            Some(track) => self.covers_of_track(&track, limit),
            None => self.covers_of_visitor(path, limit),
        }
    }

    /// Compares a file that is not in the library with everything, or with a shortlist.
    fn covers_of_visitor(&self, path: &Path, limit: usize) -> Result<Covers, Error> {
        let visitor = self.hear_visitor(path)?;
        let shared = self.same_audio_as(&visitor.audio)?;
        let (track, visit, not_matched) = match &visitor.frames {
            Ok(frames) => {
                let track = prepared(&frames.0, &frames.1);
                let visit = self.visit(frames, &track)?;
                (Some(track), Some(visit), None)
            }
            Err(reason) => (None, None, Some(reason.clone())),
        };
        let duration_s = visitor.audio.duration_s;
        let query = Query { info: visitor.info, track, duration_s, sung_share: None };
        let met = visit.as_ref().zip(visitor.frames.as_ref().ok());
        let ranked = self.ranked(&query, met, shared)?;
        let covers = self.explained(&query, None, ranked, limit)?;
        let kinds = tagged_kinds(&query.info);
        Ok(Covers { query: query.info, in_library: false, not_matched, kinds, covers })
    }

    /// Whom a visitor met and whose audio it shares, best first.
    fn ranked(
        &self,
        query: &Query,
        visit: Option<(&Visit, &Frames)>,
        mut shared: HashMap<RecordingId, SameAudio>,
    ) -> Result<Vec<Related>, Error> {
        let asking = self.asking()?;
        let bands = Centring::bands(&asking)?;
        let met = match visit {
            Some((visit, frames)) => {
                let mut met = self.edges_of(visit)?;
                for (id, same) in shared.iter().filter(|(_, same)| same.sameness == Sameness::Part) {
                    if let Some(edge) = met.get_mut(id) {
                        *edge = edge_besides(&asking, (visit, frames), *id, same)?;
                    }
                }
                met
            }
            None => HashMap::new(),
        };
        let met = standings(&asking, None, met)?;
        let mut scores: HashMap<RecordingId, Option<f32>> =
            met.into_iter().map(|(id, score)| (id, Some(score))).collect();
        for id in shared.keys() {
            scores.entry(*id).or_default();
        }
        let mut ranked = Vec::with_capacity(scores.len());
        for (recording, score) in scores {
            let same = shared.remove(&recording);
            let held = match score.filter(|score| *score >= bands.version()) {
                Some(score) => held_in_passing(&asking, query, recording, score)?,
                None => None,
            };
            let relation = bands.relation_of(&Known {
                shared: same.as_ref().map(|same| same.sameness),
                is_held: held.is_some(),
                score,
                ..Known::default()
            });
            ranked.push(Related { recording, score, relation, held, same });
        }
        best_first(&mut ranked);
        Ok(ranked)
    }
}

/// The edge of a visitor and a recording of the library without the audio that both hold.
fn edge_besides(
    asking: &Store,
    (visit, frames): (&Visit, &Frames),
    recording: RecordingId,
    same: &SameAudio,
) -> Result<f32, Error> {
    let Some(known) = asking.recording_in(recording)? else { return Ok(0.0) };
    let other = stored_frames(asking, &known.sound.payload)?;
    let score = score_besides(frames, &other, &same.stretches, &mut Scratch::default());
    let centring = Centring::between(asking, [recording].into_iter())?;
    Ok(centring.edge_with(score, &visit.background, recording).unwrap_or_default())
}

/// What a visitor and a likely version of it are to each other if all they have in common is a passage.
fn held_in_passing(
    asking: &Store,
    query: &Query,
    recording: RecordingId,
    score: f32,
) -> Result<Option<Held>, Error> {
    let Some((track, known)) = query.track.as_ref().zip(asking.recording_in(recording)?) else {
        return Ok(None);
    };
    let alignment = align(track, &stored_track(asking, &known.sound.payload)?);
    Ok(Held::in_passing(score, &alignment, query.duration_s, known.sound.duration_s))
}

pub(crate) fn unmatched(query: TrackInfo, reason: String) -> Covers {
    let kinds = tagged_kinds(&query);
    Covers { query, in_library: false, not_matched: Some(reason), kinds, covers: Vec::new() }
}
