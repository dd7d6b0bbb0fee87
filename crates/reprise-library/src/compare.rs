//! One pair, with everything that is known of it: for looking closely, and for drawing.

use std::path::Path;

use reprise_matching::{Alignment, Likeness, Span, Track, View, align_by, centre, likeness};
use reprise_store::{PayloadHash, RecordingId};

use crate::bands::{Confidence, Relation};
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::Frames;
use crate::library::Library;
use crate::reason::reason;
use crate::relate::{ALIGNER, prepared};
use crate::related::{COPY, judgement, matchable, stored_frames, stored_melody, why_not};
use crate::track_info::{TrackInfo, info};

/// Two tracks beside each other.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The first track.
    pub query: Compared,
    /// The second.
    pub candidate: Compared,
    /// How they relate; None when one of them cannot be matched.
    pub matching: Option<Matching>,
    /// Frames in a second, of every feature.
    pub frame_rate_hz: f64,
}

/// One of the two.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The track.
    pub track: TrackInfo,
    /// False when it was heard only for this question.
    pub in_library: bool,
    /// Why it cannot be matched although it could be read.
    pub not_matched: Option<String>,
    /// What sounds, `[n_frames, 12]`; empty when it cannot be matched.
    pub chroma: Vec<[f32; 12]>,
    /// What is sung, on the same grid; None where it has not been heard.
    pub melody: Option<Vec<[f32; 12]>>,
}

/// How two tracks relate.
#[derive(Debug, Clone)]
pub struct Matching {
    /// What is known or guessed.
    pub relation: Relation,
    /// How sure that is.
    pub confidence: Confidence,
    /// Centred score, in standard deviations above strangers.
    pub score: f32,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
    /// Above 1 when the candidate is faster.
    pub tempo_ratio: f32,
    /// Which seconds match which.
    pub spans: Vec<Span>,
    /// The same in words.
    pub reason: String,
    /// How alike their moments are, at that key.
    pub likeness: Likeness,
}

/// A track as far as it is needed to compare it.
struct Side {
    info: TrackInfo,
    payload: PayloadHash,
    /// Its row, if it has one.
    recording: Option<RecordingId>,
    duration_s: f64,
    frames: Result<Frames, String>,
    /// What is sung; none where that was not listened for.
    melody: Option<Vec<[f32; 12]>>,
}

impl Side {
    /// Prepared for alignment.
    fn track(&self, (crema, chroma): &Frames) -> Track {
        let track = prepared(crema, chroma);
        match &self.melody {
            Some(melody) => track.with_melody(melody),
            None => track,
        }
    }
}

impl Library {
    /// Compares the tracks at two paths (absolute). Files that are not in the library are heard for the occasion and
    /// forgotten.
    pub fn compare(&self, query: &Path, candidate: &Path) -> Result<Comparison, Error> {
        let (query, candidate) = (self.side(query)?, self.side(candidate)?);
        let matching = match (&query.frames, &candidate.frames) {
            (Ok(of_query), Ok(of_candidate)) => {
                Some(self.matching((&query, of_query), (&candidate, of_candidate))?)
            }
            _ => None,
        };
        let frame_rate_hz = reprise_features::Spec::v1().frame_rate_hz();
        Ok(Comparison { query: compared(query), candidate: compared(candidate), matching, frame_rate_hz })
    }

    fn side(&self, path: &Path) -> Result<Side, Error> {
        let known = self.asking()?.track_at(path)?;
        let Some((track, payload)) = known.and_then(|track| track.payload.map(|payload| (track, payload)))
        else {
            let visitor = self.hear_visitor(path)?;
            let (info, payload, duration_s) = (visitor.info, visitor.payload, visitor.duration_s);
            let frames = visitor.frames;
            return Ok(Side { info, payload, recording: None, duration_s, frames, melody: None });
        };
        let asking = self.asking()?;
        let recording = matchable(&asking, &track)?;
        let frames = match &recording {
            Some(_) => Ok(stored_frames(&asking, &payload)?),
            None => Err(why_not(&track)),
        };
        let duration_s = track.duration_s.unwrap_or_default();
        let recording = recording.map(|recording| recording.id);
        let melody = stored_melody(&asking, &payload)?;
        Ok(Side { info: info(&track), payload, recording, duration_s, frames, melody })
    }

    fn matching(
        &self,
        (query, of_query): (&Side, &Frames),
        (candidate, of_candidate): (&Side, &Frames),
    ) -> Result<Matching, Error> {
        let (query_track, candidate_track) = (query.track(of_query), candidate.track(of_candidate));
        let is_copy = query.payload == candidate.payload;
        let known = self.known_edge(query, candidate)?;
        let view = known.map_or(View::Harmony, |(_, view)| view);
        let mut alignment = align_by(view, &query_track, &candidate_track);
        let score = match known {
            Some((edge, _)) => edge,
            None => centre::edge(
                alignment.score,
                &self.background_of(query, of_query, &query_track)?,
                &self.background_of(candidate, of_candidate, &candidate_track)?,
            ),
        };
        if is_copy {
            // A song that repeats itself aligns with itself in other ways too; a copy is the same throughout.
            alignment = Alignment { key_shift: 0, tempo_ratio: 1.0, ..alignment };
        }
        let relation = if is_copy { Relation::Copy } else { self.relation_of(query, candidate, score)? };
        let reason = match relation {
            Relation::Copy => COPY.into(),
            _ => reason(&alignment, query.duration_s, candidate.duration_s),
        };
        let likeness = likeness(view, &query_track, &candidate_track, alignment.key_shift);
        let Alignment { key_shift, tempo_ratio, spans, .. } = alignment;
        let confidence = Centring::bands(&*self.asking()?)?.confidence_of(relation, score);
        Ok(Matching { relation, confidence, score, key_shift, tempo_ratio, spans, reason, likeness })
    }

    /// The edge that the library keeps of a pair, so that it is the one that `covers` ranks by, and what it rests on.
    fn known_edge(&self, query: &Side, candidate: &Side) -> Result<Option<(f32, View)>, Error> {
        let (Some(one), Some(other)) = (query.recording, candidate.recording) else { return Ok(None) };
        let asking = self.asking()?;
        let Some(pair) = asking.alignment(one, other, ALIGNER)? else { return Ok(None) };
        let centring = Centring::between(&asking, [one, other].into_iter())?;
        Ok(centring.edge(&pair).map(|edge| (edge, centring.view(&pair))))
    }

    /// The background of a recording, or of a visitor as if it were one.
    fn background_of(
        &self,
        side: &Side,
        frames: &Frames,
        track: &Track,
    ) -> Result<centre::Background, Error> {
        if let Some(id) = side.recording {
            let centring = Centring::between(&*self.asking()?, [id].into_iter())?;
            if let Some(background) = centring.get(id) {
                return Ok(*background);
            }
        }
        Ok(self.visit(frames, track)?.background)
    }

    /// What the user said of two recordings, or else what their score says.
    fn relation_of(&self, query: &Side, candidate: &Side, score: f32) -> Result<Relation, Error> {
        let decisions = self.asking()?.decisions_of(query.payload)?;
        let decided = decisions.iter().find(|decision| [decision.a, decision.b].contains(&candidate.payload));
        let by_score = Centring::bands(&*self.asking()?)?.relation(score);
        Ok(decided.map_or(by_score, |decision| judgement(decision.verdict)))
    }
}

fn compared(side: Side) -> Compared {
    let (chroma, not_matched) = match side.frames {
        Ok((_, chroma)) => (chroma, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let in_library = side.info.id.is_some();
    Compared { track: side.info, in_library, not_matched, chroma, melody: side.melody }
}
