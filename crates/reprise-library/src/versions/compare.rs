//! Compares one pair of tracks with everything that is known about it, for close inspection and for plots.

use std::path::Path;

use reprise_analysis::Frames;
use reprise_fingerprint::Sameness;
use reprise_matching::{Likeness, Scratch, Span, Track, View, align_by, likeness, normalise};
use reprise_store::{PayloadHash, RecordingId, Store};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::prepared::{is_matchable, music, prepared, stored_frames, stored_melody};
use crate::recordings::track_info::{TrackInfo, info};
use crate::recordings::unmatched::{NotMatched, why_not};
use crate::recordings::{ALIGNER, is_sung};
use crate::relations::competition::{Ties, standing, stored_standing};
use crate::relations::evidence::Evidence;
use crate::relations::explanation::{Explanation, telling_audio};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::SharedPassage;
use crate::relations::reason::Reason;
use crate::relations::related::{PairEvidence, decided_between, evidence_of};
use crate::relations::remainder::score_besides;
use crate::relations::same_audio::{Audio, SameAudio};
use crate::relations::shared_words::view_and_words;
use crate::relations::thresholds::{Confidence, Relation, Thresholds};
use crate::versions::external_file::{align_cold, analyse_external_file, normalised_scores};

/// The comparison of two tracks.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The first track.
    pub query: Compared,
    /// The second track.
    pub candidate: Compared,
    /// Their relation; `None` if one of them cannot be matched and they share no audio.
    pub matching: Option<Matching>,
    /// The frame rate of every feature.
    pub frame_rate_hz: f64,
}

/// One of the two tracks.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The track.
    pub track: TrackInfo,
    /// False if it was analysed for this query only.
    pub in_library: bool,
    /// Why it cannot be matched, although it could be read; `None` if it can.
    pub not_matched: Option<NotMatched>,
    /// The chroma, `[n_frames, 12]`; empty if the track cannot be matched.
    pub chroma: Vec<[f32; 12]>,
    /// The melody on the same time grid; `None` if the voice is not analysed.
    pub melody: Option<Vec<[f32; 12]>>,
}

/// The relation of two tracks.
#[derive(Debug, Clone)]
pub struct Matching {
    /// What is known or estimated about them.
    pub relation: Relation,
    /// The confidence in the relation.
    pub confidence: Confidence,
    /// The standing, in standard deviations above the impostor cohort; `None` if one of the tracks cannot be matched.
    pub score: Option<f32>,
    /// By how many semitones the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Above 1 if the candidate is faster.
    pub tempo_ratio: f32,
    /// The seconds that match.
    pub spans: Vec<Span>,
    /// Why they are related.
    pub reason: Reason,
    /// How similar their windows are in this key; `None` if one of the tracks cannot be matched.
    pub likeness: Option<Likeness>,
}

impl Matching {
    fn new(
        relation: Relation,
        confidence: Confidence,
        explanation: Explanation,
        score: Option<f32>,
        likeness: Option<Likeness>,
    ) -> Self {
        let Explanation { key_shift, tempo_ratio, spans, reason } = explanation;
        Self { relation, confidence, score, key_shift, tempo_ratio, spans, reason, likeness }
    }
}

/// What a comparison needs of a track.
struct Side {
    info: TrackInfo,
    payload: PayloadHash,
    /// Its row id, if it has one.
    recording: Option<RecordingId>,
    duration_s: f64,
    /// What identifies the same audio; `None` if it is not computed yet.
    audio: Option<Audio>,
    frames: Result<Frames, NotMatched>,
    /// The melody; `None` if the voice is not analysed.
    melody: Option<Vec<[f32; 12]>>,
    is_sung: bool,
}

/// Both tracks, with the evidence about them.
struct Pair {
    query: Side,
    candidate: Side,
    /// The audio that both contain.
    same: Option<SameAudio>,
    /// The passage, if one was found inside the other.
    held: Option<SharedPassage>,
    /// The other evidence, without a score.
    known: Evidence,
    /// The thresholds of this library.
    thresholds: Thresholds,
}

impl Side {
    /// The track prepared for alignment.
    fn track(&self, frames: &Frames) -> Track {
        prepared(frames, self.melody.as_deref().filter(|_| self.is_sung))
    }
}

pub(crate) fn compare(database: &Database, query: &Path, candidate: &Path) -> Result<Comparison, Error> {
    let pair = pair(database, side(database, query)?, side(database, candidate)?)?;
    let matching = match (&pair.query.frames, &pair.candidate.frames) {
        (Ok(of_query), Ok(of_candidate)) => Some(matching(database, &pair, of_query, of_candidate)?),
        _ => matching_unaligned(&pair),
    };
    let Pair { query, candidate, .. } = pair;
    let frame_rate_hz = reprise_features::Spec::v1().frame_rate_hz();
    Ok(Comparison { query: compared(query), candidate: compared(candidate), matching, frame_rate_hz })
}

fn pair(database: &Database, query: Side, candidate: Side) -> Result<Pair, Error> {
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    let PairEvidence { mut evidence, held, .. } = match query.recording.zip(candidate.recording) {
        Some((one, other)) => evidence_between(&reader, one, other, &thresholds)?,
        None => PairEvidence::default(),
    };
    let same = same_audio(&query, &candidate);
    evidence.shared = same.as_ref().map(|same| same.sameness);
    // The user's decision is about the audio, whether it is in the library or not.
    evidence.is_one_song = decided_between(&reader, query.payload, candidate.payload)?;
    Ok(Pair { query, candidate, same, held, known: evidence, thresholds })
}

fn side(database: &Database, path: &Path) -> Result<Side, Error> {
    let known = database.reader()?.track_at(path)?;
    let Some((track, payload)) = known.and_then(|track| track.payload.map(|payload| (track, payload))) else {
        let external = analyse_external_file(path)?;
        return Ok(Side {
            info: external.info,
            payload: external.payload,
            recording: None,
            duration_s: external.audio.duration_s,
            audio: Some(external.audio),
            frames: external.frames,
            melody: None,
            is_sung: false,
        });
    };
    let reader = database.reader()?;
    let recording = music(&reader, &track)?;
    let frames = match &recording {
        Some(recording) if is_matchable(&reader, recording)? => Ok(stored_frames(&reader, &payload)?),
        _ => Err(why_not(&track)),
    };
    let audio = recording.as_ref().map(|one| Audio::stored(&reader, one)).transpose()?.flatten();
    let is_sung = recording.as_ref().is_some_and(is_sung);
    let recording = recording.map(|recording| recording.id);
    let duration_s = track.duration_s.unwrap_or_default();
    let melody = stored_melody(&reader, &payload)?;
    Ok(Side { info: info(&track), payload, recording, duration_s, audio, frames, melody, is_sung })
}

fn matching(
    database: &Database,
    pair: &Pair,
    of_query: &Frames,
    of_candidate: &Frames,
) -> Result<Matching, Error> {
    let Pair { query, candidate, thresholds, .. } = pair;
    let (query_track, candidate_track) = (query.track(of_query), candidate.track(of_candidate));
    let known = known_standing(database, pair)?;
    let view = known.map_or(View::Harmony, |(_, view)| view);
    let alignment = align_by(view, &query_track, &candidate_track);
    let score = match known {
        Some((score, _)) => score,
        None => {
            let (one, ties) = surroundings(database, query, of_query, &query_track)?;
            let (other, other_ties) = surroundings(database, candidate, of_candidate, &candidate_track)?;
            let score = match pair.same.as_ref().filter(|same| same.sameness == Sameness::Part) {
                Some(same) => score_besides(of_query, of_candidate, &same.stretches, &mut Scratch::default()),
                None => alignment.score,
            };
            let score = normalise::normalised_score(score, &one, &other);
            standing(score, (query.recording, &ties), (candidate.recording, &other_ties))
        }
    };
    let (query_s, candidate_s) = (query.duration_s, candidate.duration_s);
    // For a pair of the library this is already known.
    let is_unknown = known.is_none() && score >= thresholds.version();
    let passing = || SharedPassage::in_passing(score, &alignment, query_s, candidate_s);
    let held = pair.held.clone().or_else(|| is_unknown.then(passing).flatten());
    let relation = relation_of(pair, held.is_some(), Some(score));
    let held = held.as_ref().filter(|_| relation == Relation::Part && pair.same.is_none());
    let confidence = match held {
        Some(held) => held.confidence(thresholds),
        None => thresholds.confidence_of(relation, Some(score)),
    };
    let likeness = Some(likeness(view, &query_track, &candidate_track, alignment.key_shift));
    let explanation = match telling_audio(relation, pair.same.as_ref()) {
        _ if relation == Relation::Copy => Explanation::copy(query_s),
        Some(same) => Explanation::by_audio(same, query_s, candidate_s),
        None => match held {
            Some(held) => Explanation::by_passage(held),
            None => {
                let words = match query.recording.zip(candidate.recording) {
                    Some(both) => view_and_words(&*database.reader()?, both, thresholds)?.1,
                    None => None,
                };
                let explanation = Explanation::by_alignment(alignment, words, query_s, candidate_s);
                explanation.relating(relation, confidence)
            }
        },
    };
    Ok(Matching::new(relation, confidence, explanation, Some(score), likeness))
}

/// The relation of two tracks of which one cannot be aligned. It follows from the audio that both contain, or from a
/// passage.
fn matching_unaligned(pair: &Pair) -> Option<Matching> {
    let Pair { query, candidate, same, held, thresholds, .. } = pair;
    let relation = relation_of(pair, held.is_some(), None);
    match (same, held) {
        (Some(same), _) => {
            let explanation = match relation {
                Relation::Copy => Explanation::copy(query.duration_s),
                _ => Explanation::by_audio(same, query.duration_s, candidate.duration_s),
            };
            Some(Matching::new(relation, thresholds.confidence_of(relation, None), explanation, None, None))
        }
        (None, Some(held)) => {
            let explanation = Explanation::by_passage(held);
            Some(Matching::new(relation, held.confidence(thresholds), explanation, Some(held.score), None))
        }
        (None, None) => None,
    }
}

/// The standing of a pair of the library, as in `covers`, and the view that it is based on.
fn known_standing(database: &Database, pair: &Pair) -> Result<Option<(f32, View)>, Error> {
    let recordings = pair.query.recording.zip(pair.candidate.recording);
    let Some((one, other)) = recordings else { return Ok(None) };
    let reader = database.reader()?;
    let Some(alignment) = reader.alignment(one, other, ALIGNER)? else { return Ok(None) };
    let normalisation = ScoreNormalisation::between(&reader, [one, other].into_iter())?;
    let view = normalisation.view(&alignment, &pair.thresholds);
    Ok(stored_standing(&reader, one, other)?.map(|score| (score, view)))
}

/// The cohort statistics of a recording and its links. For an external file, they are computed as if it were a
/// recording.
fn surroundings(
    database: &Database,
    side: &Side,
    frames: &Frames,
    track: &Track,
) -> Result<(normalise::CohortStatistics, Ties), Error> {
    let reader = database.reader()?;
    if let Some(id) = side.recording {
        let normalisation = ScoreNormalisation::between(&reader, [id].into_iter())?;
        if let Some(statistics) = normalisation.get(id) {
            return Ok((*statistics, Ties::of(&reader, id)?));
        }
    }
    let cold = align_cold(database, frames, track)?;
    let ties = Ties::new(normalised_scores(database, &cold)?.into_iter());
    Ok((cold.statistics, ties))
}

/// The relation of two tracks with this score.
fn relation_of(pair: &Pair, shares_a_passage: bool, score: Option<f32>) -> Relation {
    if pair.query.payload == pair.candidate.payload {
        return Relation::Copy;
    }
    pair.thresholds.relation_of(&Evidence { shares_a_passage, score, ..pair.known })
}

fn evidence_between(
    reader: &Store,
    one: RecordingId,
    other: RecordingId,
    thresholds: &Thresholds,
) -> Result<PairEvidence, Error> {
    let Some(recording) = reader.recording_in(one)? else { return Ok(PairEvidence::default()) };
    Ok(evidence_of(reader, &recording, thresholds)?.remove(&other).unwrap_or_default())
}

/// The audio that two tracks have in common.
fn same_audio(query: &Side, candidate: &Side) -> Option<SameAudio> {
    let (one, other) = query.audio.as_ref().zip(candidate.audio.as_ref())?;
    SameAudio::between(one, other)
}

fn compared(side: Side) -> Compared {
    let (chroma, not_matched) = match side.frames {
        Ok((_, chroma)) => (chroma, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let in_library = side.info.id.is_some();
    Compared { track: side.info, in_library, not_matched, chroma, melody: side.melody }
}
