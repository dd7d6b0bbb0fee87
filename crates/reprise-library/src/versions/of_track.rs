//! The recordings related to a recording of the library, using only what is stored about it. This runs at every click,
//! so nothing here reads a whole table.

use reprise_store::{Recording, RecordingId, Store, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::prepared::{aligned, music};
use crate::recordings::track_info::info;
use crate::recordings::unmatched::why_not;
use crate::recordings::{ALIGNER, known_track};
use crate::relations::competition::standings;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::related::{RelatedRecording, best_first, related};
use crate::relations::thresholds::Relation;
use crate::renditions::claims::RenditionEvidence;
use crate::versions::cover::{Covers, Query, unmatched};
use crate::versions::explain::{copies, explained};
use crate::versions::unlinked::versions_of_unlinked;

/// The largest number of recordings that [`Library::versions`] explains. A track with more is similar to everything.
const MOST_VERSIONS: usize = 200;

pub(crate) fn versions(database: &Database, track: TrackId) -> Result<Covers, Error> {
    let track = known_track(database, track)?;
    covers_by(database, &track, MOST_VERSIONS, |reader, recording| {
        let mut related = match versions_of_unlinked(database, reader, recording)? {
            Some(related) => related,
            None => {
                let links = reader.links_of(recording.id)?.into_iter();
                let known = links.map(|link| (recording.id.other_of(link.a, link.b), link.standing));
                related(reader, recording, &known.collect(), ScoreNormalisation::thresholds(reader)?)?
            }
        };
        related.retain(|one| one.relation != Relation::Unlikely);
        related.extend(seen_at_first(reader, recording.id, &related)?);
        Ok(related)
    })
}

/// The `limit` tracks most similar to a track of the library, even if they are hardly similar.
pub(crate) fn covers_of_track(
    database: &Database,
    track: &reprise_store::Track,
    limit: usize,
) -> Result<Covers, Error> {
    let mut answer = covers_by(database, track, limit, |reader, recording| {
        if let Some(related) = versions_of_unlinked(database, reader, recording)? {
            return Ok(related);
        }
        let scores = reader.alignments_of(recording.id, ALIGNER)?;
        let ends = scores.iter().map(|pair| recording.id.other_of(pair.a, pair.b)).chain([recording.id]);
        let normalisation = ScoreNormalisation::between(reader, ends)?;
        let scores = scores.iter().filter_map(|pair| {
            Some((recording.id.other_of(pair.a, pair.b), normalisation.pair_score(pair)?))
        });
        let known = standings(reader, Some(recording.id), scores.collect())?;
        let mut related = related(reader, recording, &known, ScoreNormalisation::thresholds(reader)?)?;
        related.retain(|one| one.relation != Relation::Rejected);
        Ok(related)
    })?;
    answer.covers.truncate(limit);
    Ok(answer)
}

/// The copies of a track, then up to `limit` of the recordings that `find` returns, explained.
fn covers_by(
    database: &Database,
    track: &reprise_store::Track,
    limit: usize,
    find: impl Fn(&Store, &Recording) -> Result<Vec<RelatedRecording>, Error>,
) -> Result<Covers, Error> {
    let info = info(track);
    let reader = database.reader()?;
    let Some(recording) = music(&reader, track)? else {
        return Ok(Covers { in_library: true, ..unmatched(info, why_not(track)) });
    };
    let duration_s = recording.sound.duration_s;
    let sung_share = recording.sung_share;
    let nature = RenditionEvidence::of(&reader, &recording)?;
    let language = nature.language.clone();
    let query = Query { info, track: aligned(&reader, &recording)?, duration_s, sung_share, language };
    let mut covers = copies(&reader, track, &query, &nature)?;
    let mut found = find(&reader, &recording)?;
    best_first(&mut found);
    let limit = limit.saturating_sub(covers.len());
    covers.extend(explained(database, &query, Some(recording.id), found, limit)?);
    let not_matched = query.track.is_none().then(|| why_not(track));
    let kinds = nature.claims(&query.info);
    Ok(Covers { query: query.info, in_library: true, not_matched, kinds, covers })
}

/// The provisional matches of a recording that no other evidence connects with it.
fn seen_at_first(
    reader: &Store,
    of: RecordingId,
    known: &[RelatedRecording],
) -> Result<Vec<RelatedRecording>, Error> {
    let others = reader.provisional_matches_of(of)?.into_iter().map(|pair| of.other_of(pair.a, pair.b));
    let unknown = others.filter(|id| known.iter().all(|one| one.recording != *id));
    let possible = |recording| RelatedRecording {
        recording,
        score: None,
        relation: Relation::Possible,
        held: None,
        same: None,
    };
    Ok(unknown.map(possible).collect())
}
