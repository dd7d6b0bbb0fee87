//! The recordings related to one of the library, from what is stored of it alone, and their explanation by
//! alignment. Nothing here reads a whole table: it is asked for at every click.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_features::Versions;
use reprise_matching::{Scratch, Track, View, align_by};
use reprise_store::{PayloadHash, Recording, RecordingId, Store, TrackId, Verdict};

use crate::bands::{Bands, Confidence, Known, Relation};
use crate::claims::{Claim, Nature};
use crate::covers::{Cover, Covers, Query, unmatched};
use crate::edges::Centring;
use crate::error::Error;
use crate::hear::{Frames, Refusal};
use crate::library::Library;
use crate::links::other_end;
use crate::listen::{Effort, on_threads};
use crate::passages::{Held, held_of};
use crate::relate::{ALIGNER, LONGEST_MATCHED_S, other, prepared};
use crate::same_audio::{SameAudio, same_audio_of};
use crate::shelf::Shelf;
use crate::told::{Told, telling_audio};
use crate::track_info::{TrackInfo, info};

/// Recordings that [`Library::versions`] explains at most. Who has more is looking at a track that is like everything.
const MOST_VERSIONS: usize = 200;

/// A recording related to the one asked about.
#[derive(Debug, Clone)]
pub(crate) struct Related {
    pub recording: RecordingId,
    /// None for a pair that was never aligned.
    pub edge: Option<f32>,
    pub relation: Relation,
    /// Whether one was heard inside the other, and where.
    pub held: Option<Held>,
    /// The audio that both hold, from the point of view of the one asked about.
    pub same: Option<SameAudio>,
}

impl Library {
    /// What is known and guessed of a track of the library: copies, the same recording in other files and cuts, confirmed and
    /// likely versions, tracks that share some of its audio, possible versions, then what the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        let track = self.known_track(track)?;
        self.covers_by(&track, MOST_VERSIONS, |asking, recording| {
            let mut related = match self.versions_of_waiting(asking, recording)? {
                Some(related) => related,
                None => {
                    let links = asking.links_of(recording.id)?.into_iter();
                    let known = links.map(|link| (other_end(&link, recording.id), link.edge));
                    related(asking, recording, &known.collect(), Centring::bands(asking)?)?
                }
            };
            related.retain(|one| one.relation != Relation::Unlikely);
            related.extend(seen_at_first(asking, recording.id, &related)?);
            best_first(&mut related);
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
            if let Some(related) = self.versions_of_waiting(asking, recording)? {
                return Ok(related);
            }
            let scores = asking.alignments_of(recording.id, ALIGNER)?;
            let ends = scores.iter().map(|pair| other(pair, recording.id)).chain([recording.id]);
            let centring = Centring::between(asking, ends)?;
            let known =
                scores.iter().filter_map(|pair| Some((other(pair, recording.id), centring.edge(pair)?)));
            let mut related = related(asking, recording, &known.collect(), Centring::bands(asking)?)?;
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
        let Some(recording) = music(&asking, track)? else {
            return Ok(Covers { in_library: true, ..unmatched(info, why_not(track)) });
        };
        let duration_s = recording.sound.duration_s;
        let sung_share = recording.sung_share;
        let query = Query { info, track: aligned(&asking, &recording)?, duration_s, sung_share };
        let nature = Nature::of(&asking, &recording)?;
        let mut covers = copies(&asking, track, &query, &nature)?;
        let found = find(&asking, &recording)?;
        let limit = limit.saturating_sub(covers.len());
        covers.extend(self.explained(&query, Some(recording.id), found, limit)?);
        let not_matched = query.track.is_none().then(|| why_not(track));
        let kinds = nature.claims(&query.info);
        Ok(Covers { query: query.info, in_library: true, not_matched, kinds, covers })
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

/// The recording of a track, if it was heard and is music.
pub(crate) fn music(asking: &Store, track: &reprise_store::Track) -> Result<Option<Recording>, Error> {
    let Some(payload) = &track.payload else { return Ok(None) };
    Ok(asking.recording(payload)?.filter(|recording| recording.sound.refused.is_none()))
}

/// Whether a recording of music can be aligned.
pub(crate) fn is_matchable(asking: &Store, recording: &Recording) -> Result<bool, Error> {
    Ok(recording.sound.duration_s <= LONGEST_MATCHED_S
        && asking.has_features(recording.id, &Shelf::FEATURES)?)
}

/// A recording of music prepared for alignment, if it can be aligned.
fn aligned(asking: &Store, recording: &Recording) -> Result<Option<Track>, Error> {
    let can_be = is_matchable(asking, recording)?;
    can_be.then(|| stored_track(asking, &recording.sound.payload)).transpose()
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

/// Whom `edges`, fingerprints and tags relate to a recording, and whom the user judged: the same recording first, then versions
/// best first, rejected ones last.
pub(crate) fn related(
    asking: &Store,
    recording: &Recording,
    edges: &HashMap<RecordingId, f32>,
    bands: Bands,
) -> Result<Vec<Related>, Error> {
    let said = said_of(asking, &recording.sound.payload)?;
    let mut shared = same_audio_of(asking, recording.id)?;
    let tagged: HashSet<RecordingId> = asking.tagged_with(recording.id)?.into_iter().collect();
    let mut held = held_of(asking, recording.id)?;
    let known = edges.keys().chain(said.keys()).chain(shared.keys()).chain(held.keys()).chain(&tagged);
    let ids: BTreeSet<RecordingId> = known.copied().collect();
    let mut related = Vec::with_capacity(ids.len());
    for id in ids {
        let edge = match edges.get(&id) {
            Some(edge) => Some(*edge),
            None => stored_edge(asking, recording.id, id)?,
        };
        let (same, held) = (shared.remove(&id), held.remove(&id));
        let relation = bands.relation_of(&Known {
            said: said.get(&id).copied(),
            is_tagged: tagged.contains(&id),
            is_held: held.is_some(),
            shared: same.as_ref().map(|same| same.sameness),
            score: edge,
        });
        related.push(Related { recording: id, edge, relation, held, same });
    }
    best_first(&mut related);
    Ok(related)
}

/// Whom a first look took for a version of a recording, and nothing else is known of.
fn seen_at_first(asking: &Store, of: RecordingId, known: &[Related]) -> Result<Vec<Related>, Error> {
    let others = asking.looks_of(of)?.into_iter().map(|look| if look.a == of { look.b } else { look.a });
    let unknown = others.filter(|id| known.iter().all(|one| one.recording != *id));
    let possible =
        |recording| Related { recording, edge: None, relation: Relation::Possible, held: None, same: None };
    Ok(unknown.map(possible).collect())
}

/// Sorts by relation and within one by score.
pub(crate) fn best_first(related: &mut [Related]) {
    let place = |relation: Relation| match relation {
        Relation::Copy | Relation::Recording => 0,
        Relation::Edit => 1,
        Relation::Confirmed | Relation::Tagged => 2,
        Relation::Version => 3,
        Relation::Part => 4,
        Relation::Possible | Relation::Unlikely => 5,
        Relation::Rejected => 6,
    };
    let edge = |one: &Related| one.edge.unwrap_or(f32::NEG_INFINITY);
    related.sort_by(|a, b| {
        let by_edge = place(a.relation).cmp(&place(b.relation)).then(edge(b).total_cmp(&edge(a)));
        by_edge.then(a.recording.cmp(&b.recording))
    });
}

/// The edge of two recordings, if they were aligned.
fn stored_edge(asking: &Store, one: RecordingId, other: RecordingId) -> Result<Option<f32>, Error> {
    let Some(pair) = asking.alignment(one, other, ALIGNER)? else { return Ok(None) };
    Ok(Centring::between(asking, [one, other].into_iter())?.edge(&pair))
}

/// What the user said of a recording and others of music that are in the library.
pub(crate) fn said_of(asking: &Store, payload: &PayloadHash) -> Result<HashMap<RecordingId, Verdict>, Error> {
    let mut said = HashMap::new();
    for decision in asking.decisions_of(*payload)? {
        let other = if decision.a == *payload { decision.b } else { decision.a };
        let music = asking.recording(&other)?.filter(|recording| recording.sound.refused.is_none());
        said.extend(music.map(|recording| (recording.id, decision.verdict)));
    }
    Ok(said)
}

/// Other files with the very same audio.
fn copies(
    asking: &Store,
    track: &reprise_store::Track,
    query: &Query,
    nature: &Nature,
) -> Result<Vec<Cover>, Error> {
    let Some(payload) = &track.payload else { return Ok(Vec::new()) };
    let mut files = asking.tracks_of(payload)?;
    files.retain(|file| file.id != track.id);
    let told = Told::copy(query.duration_s);
    let known = (Relation::Copy, Confidence::Certain);
    let copy = |file| {
        let file = info(file);
        let kinds = nature.claims_beside(&query.beside(), &file, Relation::Copy, None);
        cover(file, known, None, &told, kinds)
    };
    Ok(files.iter().map(copy).collect())
}

/// What there is to say of a related recording, and its score if both can be aligned.
fn tell(
    asking: &Store,
    query: &Query,
    asked: Option<RecordingId>,
    one: &Related,
    recording: &Recording,
    bands: &Bands,
) -> Result<(Option<f32>, Told), Error> {
    let (query_s, candidate_s) = (query.duration_s, recording.sound.duration_s);
    if let Some(same) = telling_audio(one.relation, one.same.as_ref()) {
        return Ok((one.edge, Told::by_audio(same, query_s, candidate_s)));
    }
    if let (Relation::Part, Some(held)) = (one.relation, &one.held) {
        return Ok((Some(held.edge), Told::by_passage(held)));
    }
    let Some((track, candidate)) = query.track.as_ref().zip(aligned(asking, recording)?) else {
        let by_audio = |same| Told::by_audio(same, query_s, candidate_s);
        return Ok((None, one.same.as_ref().map_or_else(|| Told::by_word(one.relation), by_audio)));
    };
    let (mut score, mut view) = (one.edge, View::Harmony);
    if let Some(asked) = asked {
        let centring = Centring::between(asking, [asked, one.recording].into_iter())?;
        let pair = asking.alignment(asked, one.recording, ALIGNER)?;
        view = pair.map_or(view, |pair| centring.view(&pair, bands));
        score = score.or_else(|| {
            let raw = reprise_matching::score(track, &candidate, &mut Scratch::default()).score;
            centring.edge_of(asked, one.recording, raw)
        });
    }
    let told = Told::by_alignment(align_by(view, track, &candidate), query_s, candidate_s);
    Ok((score, told.relating(one.relation)))
}

/// The tracks of one related recording.
fn explain(
    asking: &Store,
    query: &Query,
    asked: Option<RecordingId>,
    one: &Related,
    bands: Bands,
) -> Result<Vec<Cover>, Error> {
    let recording = asking.recording_in(one.recording)?;
    let Some(recording) = recording.filter(|recording| recording.sound.refused.is_none()) else {
        return Ok(Vec::new());
    };
    let files = asking.tracks_of(&recording.sound.payload)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let (score, told) = tell(asking, query, asked, one, &recording, &bands)?;
    let confidence = match &one.held {
        Some(held) if one.relation == Relation::Part && one.same.is_none() => held.confidence(&bands),
        _ => bands.confidence_of(one.relation, score),
    };
    let known = (one.relation, confidence);
    let nature = Nature::of(asking, &recording)?;
    let cover = |file| {
        let file = info(file);
        let kinds = nature.claims_beside(&query.beside(), &file, one.relation, one.same.as_ref());
        cover(file, known, score, &told, kinds)
    };
    Ok(files.iter().map(cover).collect())
}

fn cover(
    track: TrackInfo,
    (relation, confidence): (Relation, Confidence),
    score: Option<f32>,
    told: &Told,
    kinds: Vec<Claim>,
) -> Cover {
    Cover {
        track,
        relation,
        confidence,
        score,
        key_shift: told.key_shift,
        tempo_ratio: told.tempo_ratio,
        spans: told.spans.clone(),
        reason: told.reason.clone(),
        kinds,
    }
}

/// Why a long track is not aligned as a whole, and what is done instead.
pub(crate) fn too_long(looked_for: &str) -> String {
    let minutes = LONGEST_MATCHED_S / 60.0;
    format!("is longer than {minutes:.0} minutes, so only {looked_for} is looked for")
}

/// Why a track cannot be matched.
pub(crate) fn why_not(track: &reprise_store::Track) -> String {
    match &track.refused {
        Some(code) => Refusal::sentence(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => {
            too_long("what is heard inside it")
        }
        None => "has not been heard yet".into(),
    }
}
