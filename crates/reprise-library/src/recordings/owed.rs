//! Analyses that are owed: recordings with a feature that is not computed yet.

use std::collections::HashSet;
use std::path::PathBuf;

use reprise_features::Versions;

use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::recordings::FEATURES;
use crate::recordings::words::{wants_words, words_are_installed};

/// One present file for each recording for which a feature is owed.
pub(crate) fn owed_paths(database: &Database) -> Result<Vec<PathBuf>, Error> {
    let store = database.reader()?;
    let mut owed = Vec::new();
    for (kind, version) in FEATURES {
        owed.extend(store.owed(kind, version)?);
    }
    let mut seen = HashSet::new();
    owed.retain(|one| seen.insert(one.recording));
    Ok(owed.into_iter().map(|one| one.path).collect())
}

/// The progress of the voice pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceCounts {
    /// Recordings whose voice is analysed.
    pub analysed: usize,
    /// Analysed recordings in which somebody sings.
    pub sung: usize,
    /// Recordings that can be matched and whose voice is therefore analysed.
    pub total: usize,
    /// Recordings that were listened to for words: those with a voice.
    pub listened: usize,
    /// Recordings in which words were heard.
    pub with_words: usize,
    /// Recordings with a voice that are still to be listened to for words; 0 if words are not heard at all.
    pub owed_words: usize,
}

pub(crate) fn voice_counts(database: &Database) -> Result<VoiceCounts, Error> {
    let melody = Versions::CURRENT.melody;
    let reader = database.reader()?;
    let (total, analysed) = reader.counts_of("melody", melody, LONGEST_MATCHED_S)?;
    let sung = reader.sung_count()?;
    let (listened, with_words) = reader.words_counts(Versions::CURRENT.words)?;
    let owed_words = match words_are_installed() && wants_words(database)? {
        true => reader.owed_words_count(Versions::CURRENT.words, melody, LONGEST_MATCHED_S)?,
        false => 0,
    };
    Ok(VoiceCounts {
        analysed: analysed as usize,
        sung: sung as usize,
        total: total as usize,
        listened: listened as usize,
        with_words: with_words as usize,
        owed_words: owed_words as usize,
    })
}
