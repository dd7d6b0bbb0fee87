//! What is stored about recordings, for all modules above this one.

mod bundled;
pub(crate) mod impostors;
pub(crate) mod owed;
pub(crate) mod prepared;
pub(crate) mod track_info;
pub(crate) mod unmatched;
pub(crate) mod words;

use reprise_features::Versions;
use reprise_store::{CohortStatistics, Recording, RecordingId, Track, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;

/// The features that a recording needs to be aligned, as (feature, version).
pub(crate) const FEATURES: [(&str, &str); 2] =
    [("crema", Versions::CURRENT.crema), ("chroma", Versions::CURRENT.chroma)];

/// The version of the aligner including its features; scores of different versions are never mixed.
pub(crate) const ALIGNER: u32 = 1;

/// The index of a recording in a slice that is in the order of rows.
pub(crate) fn place_of(recordings: &[Recording], id: RecordingId) -> Option<usize> {
    recordings.binary_search_by_key(&id, |recording| recording.id).ok()
}

/// The recordings with the smallest content hashes. This sample is as good as random, always the same, and nearly the
/// same after the library has grown.
pub(crate) fn sample(recordings: &[Recording], size: usize) -> Vec<usize> {
    let mut by_hash: Vec<usize> = (0..recordings.len()).collect();
    by_hash.sort_unstable_by_key(|index| recordings[*index].sound.payload);
    by_hash.truncate(size);
    by_hash
}

/// Whether somebody sings in a recording; false until its voice is analysed.
pub(crate) fn is_sung(recording: &Recording) -> bool {
    recording.sung_share.is_some_and(|share| share > 0.0)
}

/// Recordings that can be aligned, in the order of their rows.
pub(crate) fn matchable(database: &Database) -> Result<Vec<Recording>, Error> {
    let mut recordings = database.reader()?.recordings_with(&FEATURES)?;
    recordings.retain(|recording| recording.sound.duration_s <= LONGEST_MATCHED_S);
    Ok(recordings)
}

/// The track with this id.
pub(crate) fn known_track(database: &Database, id: TrackId) -> Result<Track, Error> {
    database.reader()?.track(id)?.ok_or(Error::NoSuchTrack(id))
}

/// The valid cohort statistics.
pub(crate) fn cohort_statistics(database: &Database) -> Result<Vec<CohortStatistics>, Error> {
    Ok(database.reader()?.cohort_statistics(ALIGNER)?)
}
