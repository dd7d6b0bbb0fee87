//! The recordings related to one of the library, from what is stored of it alone, and their explanation by
//! alignment. Nothing here reads a whole table: it is asked for at every click.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_features::Versions;
use reprise_matching::{Alignment, Scratch, Track, View, align, align_by, centre, score};
use reprise_store::{PayloadHash, Recording, RecordingId, Store, TrackId, Verdict};

use crate::bands::{Bands, Confidence, Relation};
use crate::covers::{Cover, Covers, Query, unmatched};
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::{Frames, Refusal};
use crate::library::Library;
use crate::listen::{Effort, on_threads};
use crate::reason::reason;
use crate::relate::{ALIGNER, LONGEST_MATCHED_S, other, prepared};
use crate::shelf::Shelf;
use crate::track_info::{TrackInfo, info};

/// Recordings that [`Library::versions`] explains at most. Who has more is looking at a track that is like everything.
const MOST_VERSIONS: usize = 200;

/// Why two files with the same audio match.
pub(crate) const COPY: &str = "the same audio in another file";

/// A recording related to the one asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Related {
    pub recording: RecordingId,
    /// None for a decision about a pair that was never aligned.
    pub edge: Option<f32>,
    pub relation: Relation,
}

impl Library {
    /// What is known and guessed of a track of the library: copies, confirmed, versions and possible versions, best
    /// first, then what the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        let track = self.known_track(track)?;
        self.covers_by(&track, MOST_VERSIONS, |asking, recording| {
            let links = asking.links_of(recording.id)?;
            let known =
                links.iter().map(|link| (if link.a == recording.id { link.b } else { link.a }, link.edge));
            let mut related = related(asking, recording, known.collect())?;
            related.retain(|one| one.relation != Relation::Unlikely);
            Ok(related)
        })
    }

    /// The `limit` tracks most like one of the library, however little.
    pub(crate) fn covers_of_track(
        &self,
        track: &reprise_store::Track,
        limit: usize,
    ) -> Result<Covers, Error> {
        let mut answer = self.covers_by(track, limit, |asking, recording| {
            let scores = asking.alignments_of(recording.id, ALIGNER)?;
            let ends = scores.iter().map(|pair| other(pair, recording.id)).chain([recording.id]);
            let centring = Centring::between(asking, ends)?;
            let known =
                scores.iter().filter_map(|pair| Some((other(pair, recording.id), centring.edge(pair)?)));
            let mut related = related(asking, recording, known.collect())?;
            related.retain(|one| one.relation != Relation::Rejected);
            Ok(related)
        })?;
        answer.covers.truncate(limit);
        Ok(answer)
    }

    /// The copies of a track, then up to `limit` recordings that `find` gives, explained.
    fn covers_by(
        &self,
        track: &reprise_store::Track,
        limit: usize,
        find: impl Fn(&Store, &Recording) -> Result<Vec<Related>, Error>,
    ) -> Result<Covers, Error> {
        let info = info(track);
        let asking = self.asking()?;
        let Some(recording) = matchable(&asking, track)? else {
            return Ok(Covers { in_library: true, ..unmatched(info, why_not(track)) });
        };
        let duration_s = recording.sound.duration_s;
        let query = Query { info, track: stored_track(&asking, &recording.sound.payload)?, duration_s };
        let mut covers = copies(&asking, track, &query, &recording)?;
        let found = find(&asking, &recording)?;
        let limit = limit.saturating_sub(covers.len());
        covers.extend(self.explained(&query, Some(recording.id), found, limit)?);
        Ok(Covers { query: query.info, in_library: true, not_matched: None, covers })
    }

    /// Adds to the first `limit` of `found` what a listener wants to know. `asked`: the query's row, if it has one.
    pub(crate) fn explained(
        &self,
        query: &Query,
        asked: Option<RecordingId>,
        mut found: Vec<Related>,
        limit: usize,
    ) -> Result<Vec<Cover>, Error> {
        found.truncate(limit);
        let bands = Centring::bands(&*self.asking()?)?;
        let next = AtomicUsize::new(0);
        let explain_some = || {
            let asking = self.asking()?;
            let mut explained = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(one) = found.get(place) else { return Ok(explained) };
                explained.push((place, explain(&asking, query, asked, one, bands)?));
            }
        };
        let mut explained = on_threads(Effort::default().threads.min(found.len()), explain_some)?;
        explained.sort_by_key(|(place, _)| *place);
        Ok(explained.into_iter().flat_map(|(_, covers)| covers).collect())
    }
}

/// The recording of a track, if it can be matched.
pub(crate) fn matchable(asking: &Store, track: &reprise_store::Track) -> Result<Option<Recording>, Error> {
    match &track.payload {
        Some(payload) => Ok(asking.recording(payload)?).and_then(|found| only_matchable(asking, found)),
        None => Ok(None),
    }
}

fn only_matchable(asking: &Store, found: Option<Recording>) -> Result<Option<Recording>, Error> {
    let Some(recording) = found else { return Ok(None) };
    let is_matchable = recording.sound.refused.is_none()
        && recording.sound.duration_s <= LONGEST_MATCHED_S
        && asking.has_features(recording.id, &Shelf::FEATURES)?;
    Ok(is_matchable.then_some(recording))
}

/// A recording prepared for alignment.
pub(crate) fn stored_track(asking: &Store, payload: &PayloadHash) -> Result<Track, Error> {
    let (crema, chroma) = stored_frames(asking, payload)?;
    let track = prepared(&crema, &chroma);
    Ok(match stored_melody(asking, payload)? {
        Some(melody) => track.with_melody(&melody),
        None => track,
    })
}

/// What is sung in a recording, `[n_frames, 12]`; none until its voice was listened for.
pub(crate) fn stored_melody(asking: &Store, payload: &PayloadHash) -> Result<Option<Vec<[f32; 12]>>, Error> {
    Ok(asking.features(payload, "melody", Versions::CURRENT.melody)?)
}

/// CREMA and chroma of a recording.
pub(crate) fn stored_frames(asking: &Store, payload: &PayloadHash) -> Result<Frames, Error> {
    let [crema, chroma] = Shelf::FEATURES;
    let frames = |(kind, version)| asking.features(payload, kind, version).map(Option::unwrap_or_default);
    Ok((frames(crema)?, frames(chroma)?))
}

/// Relations from edges and from what the user said: confirmed ones, the others best first, then rejected ones.
fn related(
    asking: &Store,
    recording: &Recording,
    edges: HashMap<RecordingId, f32>,
) -> Result<Vec<Related>, Error> {
    let (judged, bands) = (judged(asking, &recording.sound.payload)?, Centring::bands(asking)?);
    let mut related: Vec<Related> = Vec::new();
    for (id, edge) in &edges {
        let relation = judged.get(id).copied().unwrap_or_else(|| bands.relation(*edge));
        related.push(Related { recording: *id, edge: Some(*edge), relation });
    }
    for (id, relation) in judged.iter().filter(|(id, _)| !edges.contains_key(id)) {
        let centring = Centring::between(asking, [*id, recording.id].into_iter())?;
        let pair = asking.alignment(*id, recording.id, ALIGNER)?;
        let edge = pair.and_then(|pair| centring.edge(&pair));
        related.push(Related { recording: *id, edge, relation: *relation });
    }
    let place = |relation: Relation| match relation {
        Relation::Confirmed => 0,
        Relation::Rejected => 2,
        _ => 1,
    };
    let edge = |one: &Related| one.edge.unwrap_or(f32::NEG_INFINITY);
    related.sort_by(|a, b| {
        let by_edge = place(a.relation).cmp(&place(b.relation)).then(edge(b).total_cmp(&edge(a)));
        by_edge.then(a.recording.cmp(&b.recording))
    });
    Ok(related)
}

/// The recordings that the user confirmed or rejected as versions of `payload`.
fn judged(asking: &Store, payload: &PayloadHash) -> Result<BTreeMap<RecordingId, Relation>, Error> {
    let mut judged = BTreeMap::new();
    for decision in asking.decisions_of(*payload)? {
        let other = if decision.a == *payload { decision.b } else { decision.a };
        let relation = judgement(decision.verdict);
        judged.extend(asking.recording(&other)?.map(|recording| (recording.id, relation)));
    }
    Ok(judged)
}

/// What a verdict of the user makes of two recordings.
pub(crate) fn judgement(verdict: Verdict) -> Relation {
    match verdict {
        Verdict::Same => Relation::Confirmed,
        Verdict::Different => Relation::Rejected,
    }
}

/// Other files with the very same audio.
fn copies(
    asking: &Store,
    track: &reprise_store::Track,
    query: &Query,
    recording: &Recording,
) -> Result<Vec<Cover>, Error> {
    let mut files = asking.tracks_of(&recording.sound.payload)?;
    files.retain(|file| file.id != track.id);
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let itself = align(&query.track, &query.track);
    let centring = Centring::between(asking, [recording.id].into_iter())?;
    let score = centring.get(recording.id).map_or(itself.score, |own| centre::edge(itself.score, own, own));
    let copy = |file| cover(info(file), (Relation::Copy, Confidence::Certain), score, &itself, COPY);
    // A song that repeats itself aligns with itself in other ways too; a copy is the same throughout.
    let copy = |file| Cover { key_shift: 0, tempo_ratio: 1.0, ..copy(file) };
    Ok(files.iter().map(copy).collect())
}

/// The tracks of one related recording.
fn explain(
    asking: &Store,
    query: &Query,
    asked: Option<RecordingId>,
    one: &Related,
    bands: Bands,
) -> Result<Vec<Cover>, Error> {
    let Some(recording) = only_matchable(asking, asking.recording_in(one.recording)?)? else {
        return Ok(Vec::new());
    };
    let files = asking.tracks_of(&recording.sound.payload)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let candidate = stored_track(asking, &recording.sound.payload)?;
    let (view, centring) = match asked {
        Some(asked) => {
            let centring = Centring::between(asking, [asked, one.recording].into_iter())?;
            let pair = asking.alignment(asked, one.recording, ALIGNER)?;
            (pair.map_or(View::Harmony, |pair| centring.view(&pair)), Some((asked, centring)))
        }
        None => (View::Harmony, None),
    };
    let alignment = align_by(view, &query.track, &candidate);
    let score = one.edge.or_else(|| {
        let (asked, centring) = centring?;
        centring.edge_of(asked, one.recording, score(&query.track, &candidate, &mut Scratch::default()).score)
    });
    let score = score.unwrap_or_default();
    let reason = reason(&alignment, query.duration_s, recording.sound.duration_s);
    let known = (one.relation, bands.confidence_of(one.relation, score));
    Ok(files.iter().map(|file| cover(info(file), known, score, &alignment, &reason)).collect())
}

fn cover(
    track: TrackInfo,
    (relation, confidence): (Relation, Confidence),
    score: f32,
    alignment: &Alignment,
    reason: &str,
) -> Cover {
    Cover {
        track,
        relation,
        confidence,
        score,
        key_shift: alignment.key_shift,
        tempo_ratio: alignment.tempo_ratio,
        spans: alignment.spans.clone(),
        reason: reason.to_owned(),
    }
}

pub(crate) fn too_long() -> String {
    format!("is longer than {:.0} minutes, so it is not matched", LONGEST_MATCHED_S / 60.0)
}

/// Why a track cannot be matched.
pub(crate) fn why_not(track: &reprise_store::Track) -> String {
    match &track.refused {
        Some(code) => Refusal::sentence(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => too_long(),
        None => "has not been heard yet".into(),
    }
}
