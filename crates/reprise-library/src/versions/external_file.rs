//! A file outside the library. It is analysed for one query, compared, and not stored.

use std::collections::HashMap;
use std::path::Path;

use reprise_analysis::{Frames, Sound, Tools, TrackAnalysis};
use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_matching::{Scratch, Track, normalise, score};
use reprise_store::{PayloadHash, Recording, RecordingId};

use crate::candidates::nearest::Nearest;
use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::progress::Progress;
use crate::recordings::impostors::ImpostorCohort;
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::track_info::{TrackInfo, stored_tags};
use crate::recordings::unmatched::NotMatched;
use crate::recordings::{matchable, place_of};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::same_audio::Audio;
use crate::threads::{Effort, on_each};

/// An analysed external file.
pub(crate) struct ExternalFile {
    pub info: TrackInfo,
    pub payload: PayloadHash,
    pub audio: Audio,
    /// The chord-pitch and chroma frames, or the reason why the file is not matched.
    pub frames: Result<Frames, NotMatched>,
}

/// The scores of an external file against the library.
pub(crate) struct ColdAlignment {
    /// The raw scores, in no particular order.
    pub scores: Vec<(RecordingId, f32)>,
    /// Its cohort statistics, computed from these scores and from its scores against the bundled impostor cohort.
    pub statistics: normalise::CohortStatistics,
}

pub(crate) fn analyse_external_file(path: &Path) -> Result<ExternalFile, Error> {
    let analysed = analyse_unseen(path)?;
    let duration_s = analysed.decoded.duration_s;
    let info = TrackInfo {
        id: None,
        path: path.to_path_buf(),
        tags: stored_tags(analysed.tags),
        duration_s: Some(duration_s),
        is_missing: false,
    };
    let chroma = match &analysed.sound {
        Sound::Music { chroma, .. } => chroma.clone(),
        Sound::Refused(_) => Vec::new(),
    };
    let frames = match analysed.sound {
        Sound::Music { crema, chroma } if duration_s <= LONGEST_MATCHED_S => Ok((crema, chroma)),
        Sound::Music { .. } => Err(NotMatched::too_long(false)),
        Sound::Refused(refusal) => Err(NotMatched::refused(refusal.code())),
    };
    let payload = PayloadHash(analysed.decoded.payload_hash);
    let audio = Audio { fingerprint: analysed.fingerprint, duration_s, chroma, peaks: analysed.waveform };
    Ok(ExternalFile { info, payload, audio, frames })
}

/// Aligns a track without cohort statistics with the library; `frames` are its features.
pub(crate) fn align_cold(
    database: &Database,
    frames: &Frames,
    track: &Track,
) -> Result<ColdAlignment, Error> {
    let recordings = matchable(database)?;
    let tracks = PreparedTracks::new(database, &recordings);
    let candidates = candidates(database, frames, &recordings)?;
    let scores = on_each(
        Effort::default().threads,
        &candidates,
        &Progress::unseen(),
        || Ok(Scratch::default()),
        |index, scratch| {
            let candidate = tracks.track(*index as u32)?;
            Ok((recordings[*index].id, score(track, &candidate, scratch).score))
        },
    )?;
    let impostors = ImpostorCohort::of(database)?.scores(track, &mut Scratch::default());
    let statistics = normalise::CohortStatistics::of(scores.iter().map(|(_, score)| *score).chain(impostors));
    Ok(ColdAlignment { scores, statistics })
}

/// The normalised scores of an external file against its candidates.
pub(crate) fn normalised_scores(
    database: &Database,
    cold: &ColdAlignment,
) -> Result<HashMap<RecordingId, f32>, Error> {
    let normalisation = ScoreNormalisation::of(database)?;
    let score =
        |(id, raw): &(RecordingId, f32)| Some((*id, normalisation.score_with(*raw, &cold.statistics, *id)?));
    Ok(cold.scores.iter().filter_map(score).collect())
}

/// The recordings that an external file is aligned with: all recordings of a small library, a shortlist of a large one.
/// The shortlist is by harmony, so that the result does not wait for the analysis of the voice.
fn candidates(
    database: &Database,
    (crema, chroma): &Frames,
    recordings: &[Recording],
) -> Result<Vec<usize>, Error> {
    if recordings.len() <= database.limits.aligned_whole {
        return Ok((0..recordings.len()).collect());
    }
    let nearest = Nearest::of(database, Embedder::Harmony)?.with_all_cores();
    let mut asimt = Tools::find()?.asimt(nearest.space().folder(), Embedder::Harmony)?;
    let query = nearest.space().embed(&mut asimt, &[vec![crema, chroma]])?.pop();
    let found = nearest.to_track(
        &query.unwrap_or_default(),
        database.limits.shortlisted,
        &mut SearchScratch::default(),
    )?;
    if found.is_empty() {
        // This is not the result "no versions": there was nothing to compare with.
        let missing = nearest.missing(recordings);
        return if missing > 0 { Err(Error::NotEmbedded { missing }) } else { Ok(Vec::new()) };
    }
    Ok(found.into_iter().filter_map(|(id, _)| place_of(recordings, id)).collect())
}

/// Analyses a file without storing anything.
fn analyse_unseen(path: &Path) -> Result<TrackAnalysis, Error> {
    let not_analysed = |reason: String| Error::NotInLibrary { path: path.to_path_buf(), reason };
    let tools = Tools::find()?;
    let stop = std::sync::atomic::AtomicBool::new(false);
    tools.analyser()?.analyse(path, &stop).map_err(|error| not_analysed(error.to_string()))
}
