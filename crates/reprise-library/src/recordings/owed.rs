//! Analyses that are owed: recordings with a feature that was never computed.

use std::collections::HashSet;
use std::path::PathBuf;

use reprise_features::Versions;

use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;

/// One present file for each recording that owes a feature.
pub(crate) fn owed_paths(database: &Database) -> Result<Vec<PathBuf>, Error> {
    let store = database.reader()?;
    let mut owed = store.owed("crema", Versions::CURRENT.crema)?;
    owed.extend(store.owed("chroma", Versions::CURRENT.chroma)?);
    let mut seen = HashSet::new();
    owed.retain(|one| seen.insert(one.recording));
    Ok(owed.into_iter().map(|one| one.path).collect())
}

/// The progress of the voice pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceCounts {
    /// Recordings whose voice was analysed.
    pub analysed: usize,
    /// Those of them in which somebody sings.
    pub sung: usize,
    /// Recordings that can be matched, whose voice is therefore analysed.
    pub total: usize,
}

pub(crate) fn voice_counts(database: &Database) -> Result<VoiceCounts, Error> {
    let melody = Versions::CURRENT.melody;
    let reader = database.reader()?;
    let (total, analysed) = reader.counts_of("melody", melody, LONGEST_MATCHED_S)?;
    let sung = reader.sung_count()?;
    Ok(VoiceCounts { analysed: analysed as usize, sung: sung as usize, total: total as usize })
}
