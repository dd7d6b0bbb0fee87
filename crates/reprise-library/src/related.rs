//! The recordings related to one of the library, from what is stored of it alone. Nothing here reads a whole table: it is asked
//! for at every click.

use std::collections::{BTreeSet, HashMap};

use reprise_store::{PayloadHash, Recording, RecordingId, Store, TrackId, Verdict};

use crate::bands::{Bands, Known, Relation};
use crate::claims::Nature;
use crate::competition::{Ties, standing, standings};
use crate::covers::{Covers, Query, unmatched};
use crate::edges::Centring;
use crate::error::Error;
use crate::explain::{copies, why_not};
use crate::library::Library;
use crate::links::other_end;
use crate::passages::{Held, held_of};
use crate::relate::{ALIGNER, other};
use crate::same_audio::{SameAudio, same_audio_of};
use crate::stored_track::{aligned, music};
use crate::tagged::tagged_with;
use crate::track_info::info;

/// Recordings that [`Library::versions`] explains at most. Who has more is looking at a track that is like everything.
const MOST_VERSIONS: usize = 200;

/// A recording related to the one asked about.
#[derive(Debug, Clone)]
pub(crate) struct Related {
    pub recording: RecordingId,
    /// How the pair stands; none if it was never aligned.
    pub score: Option<f32>,
    pub relation: Relation,
    /// Whether one was heard inside the other, and where.
    pub held: Option<Held>,
    /// The audio that both hold, from the point of view of the one asked about.
    pub same: Option<SameAudio>,
}

impl Library {
    /// What is known and guessed of a track of the library: copies, the same recording in other files and cuts, confirmed and
    /// likely versions, tracks that share some of its audio, those whose tags contradict their audio, possible versions, then what
    /// the user rejected.
    pub fn versions(&self, track: TrackId) -> Result<Covers, Error> {
        let track = self.known_track(track)?;
        self.covers_by(&track, MOST_VERSIONS, |asking, recording| {
            let mut related = match self.versions_of_waiting(asking, recording)? {
                Some(related) => related,
                None => {
                    let links = asking.links_of(recording.id)?.into_iter();
                    let known = links.map(|link| (other_end(&link, recording.id), link.standing));
                    related(asking, recording, &known.collect(), Centring::bands(asking)?)?
                }
            };
            related.retain(|one| one.relation != Relation::Unlikely);
            related.extend(seen_at_first(asking, recording.id, &related)?);
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
            let edges =
                scores.iter().filter_map(|pair| Some((other(pair, recording.id), centring.edge(pair)?)));
            let known = standings(asking, Some(recording.id), edges.collect())?;
            let mut related = related(asking, recording, &known, Centring::bands(asking)?)?;
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
        let mut found = find(&asking, &recording)?;
        best_first(&mut found);
        let limit = limit.saturating_sub(covers.len());
        covers.extend(self.explained(&query, Some(recording.id), found, limit)?);
        let not_matched = query.track.is_none().then(|| why_not(track));
        let kinds = nature.claims(&query.info);
        Ok(Covers { query: query.info, in_library: true, not_matched, kinds, covers })
    }
}

/// Whom `scores`, fingerprints and tags relate to a recording, and whom the user judged, in the order of their rows.
pub(crate) fn related(
    asking: &Store,
    recording: &Recording,
    scores: &HashMap<RecordingId, f32>,
    bands: Bands,
) -> Result<Vec<Related>, Error> {
    let said = said_of(asking, &recording.sound.payload)?;
    let mut shared = same_audio_of(asking, recording.id)?;
    let tagged = tagged_with(asking, recording.id, &shared, &bands)?;
    let mut held = held_of(asking, recording.id)?;
    let known = scores.keys().chain(said.keys()).chain(shared.keys()).chain(held.keys()).chain(tagged.keys());
    let ids: BTreeSet<RecordingId> = known.copied().collect();
    let mut related = Vec::with_capacity(ids.len());
    for id in ids {
        let score = match scores.get(&id) {
            Some(score) => Some(*score),
            None => stored_standing(asking, recording.id, id)?,
        };
        let (same, held) = (shared.remove(&id), held.remove(&id));
        let relation = bands.relation_of(&Known {
            said: said.get(&id).copied(),
            tagged: tagged.get(&id).copied(),
            is_held: held.is_some(),
            shared: same.as_ref().map(|same| same.sameness),
            score,
        });
        related.push(Related { recording: id, score, relation, held, same });
    }
    Ok(related)
}

/// Whom a first look took for a version of a recording, and nothing else is known of.
fn seen_at_first(asking: &Store, of: RecordingId, known: &[Related]) -> Result<Vec<Related>, Error> {
    let others = asking.looks_of(of)?.into_iter().map(|look| if look.a == of { look.b } else { look.a });
    let unknown = others.filter(|id| known.iter().all(|one| one.recording != *id));
    let possible =
        |recording| Related { recording, score: None, relation: Relation::Possible, held: None, same: None };
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
        Relation::Conflict => 5,
        Relation::Possible | Relation::Unlikely => 6,
        Relation::Rejected => 7,
    };
    let score = |one: &Related| one.score.unwrap_or(f32::NEG_INFINITY);
    related.sort_by(|a, b| {
        let by_score = place(a.relation).cmp(&place(b.relation)).then(score(b).total_cmp(&score(a)));
        by_score.then(a.recording.cmp(&b.recording))
    });
}

/// How two recordings stand, if they were aligned.
pub(crate) fn stored_standing(
    asking: &Store,
    one: RecordingId,
    other: RecordingId,
) -> Result<Option<f32>, Error> {
    let Some(pair) = asking.alignment(one, other, ALIGNER)? else { return Ok(None) };
    let Some(edge) = Centring::between(asking, [one, other].into_iter())?.edge(&pair) else {
        return Ok(None);
    };
    let (ties, other_ties) = (Ties::of(asking, one)?, Ties::of(asking, other)?);
    Ok(Some(standing(edge, (Some(one), &ties), (Some(other), &other_ties))))
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
