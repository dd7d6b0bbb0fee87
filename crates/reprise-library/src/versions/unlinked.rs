//! The versions of an unlinked recording, searched on demand: the linking of a large library may take hours.

use std::collections::HashMap;

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_matching::{Scratch, normalise, score};
use reprise_store::{Recording, RecordingId, Store};

use crate::candidates::nearest::Nearest;
use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::ALIGNER;
use crate::recordings::impostors::ImpostorCohort;
use crate::recordings::prepared::stored_track;
use crate::relations::competition::standings;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::related::{RelatedRecording, related};
use crate::relations::thresholds::{Relation, Thresholds};
use crate::threads::{Effort, on_each};

/// How many recordings of the shortlist are aligned while the user waits.
const ALIGNED: usize = 40;

/// The possible versions of a recording that has vectors but was not linked yet; `None` for any other recording. They
/// are called possible at most, because half of the evidence for certainty is missing.
pub(crate) fn versions_of_unlinked(
    database: &Database,
    reader: &Store,
    recording: &Recording,
) -> Result<Option<Vec<RelatedRecording>>, Error> {
    if reader.cohort_statistics_of(recording.id, ALIGNER)?.is_some() {
        return Ok(None);
    }
    let nearest = Nearest::of(database, Embedder::Harmony)?.with_all_cores();
    let alike = nearest.to_recording(recording.id, ALIGNED, &mut SearchScratch::default())?;
    if alike.is_empty() {
        return Ok(None);
    }
    let scores = scores_at_once(database, reader, recording, alike.into_iter().map(|(id, _)| id).collect())?;
    let known = standings(reader, Some(recording.id), scores)?;
    // Most of the library may be unlinked, too, and have no cohort statistics, so recordings with vectors are counted.
    let mut related = related(reader, recording, &known, Thresholds::among(nearest.ids().len()))?;
    let versions = related.iter_mut().filter(|one| one.relation == Relation::Version);
    versions.for_each(|one| one.relation = Relation::Possible);
    Ok(Some(related))
}

/// Aligns a recording with others. If another recording is unlinked, too, the cohort statistics of the first count for
/// both.
fn scores_at_once(
    database: &Database,
    reader: &Store,
    recording: &Recording,
    others: Vec<RecordingId>,
) -> Result<HashMap<RecordingId, f32>, Error> {
    let track = stored_track(reader, recording)?;
    let threads = Effort::default().threads;
    let scores = on_each(
        threads,
        &others,
        &Progress::unseen(),
        || Ok(Scratch::default()),
        |id, scratch| {
            let reader = database.reader()?;
            let Some(other) = reader.recording_in(*id)? else { return Ok(None) };
            let candidate = stored_track(&reader, &other)?;
            Ok(Some((*id, score(&track, &candidate, scratch).score)))
        },
    )?;
    let scores: Vec<(RecordingId, f32)> = scores.into_iter().flatten().collect();
    let impostors = ImpostorCohort::of(database)?.scores(&track, &mut Scratch::default());
    let own = normalise::CohortStatistics::of(scores.iter().map(|(_, score)| *score).chain(impostors));
    let normalisation = ScoreNormalisation::between(reader, others.into_iter())?;
    let score = |(id, score): (RecordingId, f32)| {
        (id, normalise::normalised_score(score, &own, normalisation.get(id).unwrap_or(&own)))
    };
    Ok(scores.into_iter().map(score).collect())
}
