//! Computes the cohort statistics, which normalise the scores of each recording.

use std::collections::HashSet;
use std::sync::Arc;

use reprise_matching::{Scratch, Track, View, normalise};
use reprise_store::{Alignment, CohortStatistics, Recording, RecordingId, VoiceCohortStatistics};

use crate::database::Database;
use crate::error::Error;
use crate::limits::Limits;
use crate::linking::run::{Linking, LinkingRun};
use crate::recordings::impostors::ImpostorCohort;
use crate::recordings::{ALIGNER, cohort_statistics, is_sung, sample};
use crate::threads::on_each;

/// The key in `meta` for the digest of the bundled pieces that the stored cohort statistics are based on.
const PIECES: &str = "background_pieces";

/// Computes the cohort statistics of `owed` (indices) until it is stopped. Returns the recordings that are done.
pub(crate) fn renew_cohort_statistics(linking: &Linking, owed: &[usize]) -> Result<Vec<RecordingId>, Error> {
    let Linking { database, recordings, tracks, effort, progress } = *linking;
    let impostors = ImpostorCohort::of(database)?;
    let sample: HashSet<RecordingId> =
        sample(recordings, database.limits.sampled).iter().map(|i| recordings[*i].id).collect();
    let is_impostor = |id| recordings.len() <= database.limits.aligned_whole || sample.contains(&id);
    let renew = |index: &usize, scratch: &mut Scratch| {
        let id = recordings[*index].id;
        let scores = database.reader()?.alignments_of(id, ALIGNER)?;
        let in_library = scores.iter().filter(|pair| is_impostor(id.other_of(pair.a, pair.b)));
        let in_library: Vec<Alignment> = in_library.copied().collect();
        let track = || tracks.track(*index as u32);
        let bundled = cohort_scores(database, View::Harmony, &impostors, id, track, scratch)?;
        let harmony: Vec<f32> = in_library.iter().map(|pair| pair.score).collect();
        let voice = match recordings[*index].sung_share.filter(|share| *share > 0.0) {
            Some(sung_share) => {
                let bundled = cohort_scores(database, View::Voice, &impostors, id, track, scratch)?;
                let in_library = in_library.iter().filter_map(|pair| pair.voice);
                let scores = in_library.map(|voice| voice.score).chain(bundled);
                let normalise::CohortStatistics { mean, deviation, n } =
                    normalise::CohortStatistics::of(scores);
                Some(VoiceCohortStatistics { mean, deviation, n, sung_share })
            }
            None => None,
        };
        Ok(CohortStatistics { voice, ..by_harmony(id, &harmony, &bundled) })
    };
    let renewed = on_each(effort.threads, owed, progress, || Ok(Scratch::default()), renew)?;
    database.store().put_cohort_statistics(ALIGNER, &renewed)?;
    Ok(renewed.iter().map(|statistics| statistics.recording).collect())
}

/// Indices of `recordings` whose cohort statistics are due. During a scan of a large library, only recordings without
/// any: the end of the scan recomputes the others anyway, and doing so in between takes longer as the library grows.
pub(crate) fn owed_cohort_statistics(
    database: &Database,
    recordings: &[Recording],
    run: &LinkingRun,
) -> Result<Vec<usize>, Error> {
    let pieces = database.reader()?.meta(PIECES)?;
    let is_another_set = pieces.is_some() && pieces.as_ref() != Some(&ImpostorCohort::of(database)?.digest);
    let known = match is_another_set {
        true => HashSet::new(),
        false if run.is_last || recordings.len() <= database.limits.aligned_whole => {
            fresh(database, recordings, run)?
        }
        false => with_cohort_statistics(database, recordings)?,
    };
    Ok((0..recordings.len()).filter(|index| !known.contains(&recordings[*index].id)).collect())
}

/// Records that all cohort statistics are based on the bundled pieces of this version.
pub(crate) fn note_pieces(database: &Database) -> Result<(), Error> {
    Ok(database.store().set_meta(PIECES, &ImpostorCohort::of(database)?.digest)?)
}

/// Recordings whose cohort statistics include everything known about them, including the voice if it is sung.
fn with_cohort_statistics(
    database: &Database,
    recordings: &[Recording],
) -> Result<HashSet<RecordingId>, Error> {
    let sung: HashSet<RecordingId> = recordings.iter().filter(|one| is_sung(one)).map(|one| one.id).collect();
    let statistics = cohort_statistics(database)?.into_iter();
    let complete = statistics.filter(|one| one.voice.is_some() || !sung.contains(&one.recording));
    Ok(complete.map(|one| one.recording).collect())
}

/// Recordings whose cohort statistics need no update: the statistics are based on enough of the library and were not
/// computed in the middle of the scan that now ends.
pub(crate) fn fresh(
    database: &Database,
    recordings: &[Recording],
    run: &LinkingRun,
) -> Result<HashSet<RecordingId>, Error> {
    let of_library = cohort_size(&database.limits, recordings.len());
    let sung: HashSet<RecordingId> = recordings.iter().filter(|one| is_sung(one)).map(|one| one.id).collect();
    let of_sung = cohort_size(&database.limits, sung.len());
    let is_fresh = |one: &CohortStatistics| {
        let is_final = !run.is_last || !run.provisional.contains(&one.recording);
        let voice_is_fresh = match one.voice {
            Some(voice) => voice.n * 3 >= of_sung * 2,
            None => !sung.contains(&one.recording),
        };
        one.n_library * 3 >= of_library * 2 && one.n_bundled > 0 && is_final && voice_is_fresh
    };
    Ok(cohort_statistics(database)?.iter().filter(|one| is_fresh(one)).map(|one| one.recording).collect())
}

/// The scores of one recording against the bundled pieces; each is computed once.
fn cohort_scores(
    database: &Database,
    view: View,
    impostors: &ImpostorCohort,
    id: RecordingId,
    track: impl FnOnce() -> Result<Arc<Track>, Error>,
    scratch: &mut Scratch,
) -> Result<Vec<f32>, Error> {
    let digest = match view {
        View::Harmony => &impostors.digest,
        View::Voice => &impostors.melody_digest,
    };
    if let Some(known) = database.reader()?.cohort_scores(view.word(), ALIGNER, digest, id)? {
        return Ok(known);
    }
    let scores = match view {
        View::Harmony => impostors.scores(&*track()?, scratch),
        View::Voice => impostors.voice_scores(&*track()?, scratch),
    };
    database.store().put_cohort_scores(view.word(), ALIGNER, digest, &[(id, scores.clone())])?;
    Ok(scores)
}

fn by_harmony(recording: RecordingId, in_library: &[f32], bundled: &[f32]) -> CohortStatistics {
    let normalisation = normalise::CohortStatistics::of(in_library.iter().chain(bundled).copied());
    CohortStatistics {
        recording,
        mean: normalisation.mean,
        deviation: normalisation.deviation,
        n_library: in_library.len() as u32,
        n_bundled: bundled.len() as u32,
        voice: None,
    }
}

/// The largest number of scores against the library that cohort statistics can be based on.
fn cohort_size(limits: &Limits, recordings: usize) -> u32 {
    let size = if recordings <= limits.aligned_whole { recordings.saturating_sub(1) } else { limits.sampled };
    size as u32
}
