//! Counts of a library, for `reprise status` and the first screen.

use crate::database::Database;
use crate::error::Error;
use crate::recordings::matchable;
use crate::recordings::owed::owed_paths;

/// Counts of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// All tracks, including the absent ones.
    pub tracks: usize,
    /// Tracks whose file was absent when last checked.
    pub missing: usize,
    /// Analysed tracks, including those refused as silent, noise or too short.
    pub analysed: usize,
    /// Recordings whose analysis is owed and whose file is present.
    pub owed: usize,
    /// Recordings that can be matched.
    pub matchable: usize,
    /// Files with a problem.
    pub problems: usize,
}

/// The counts that are available at once, whatever the size of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// All tracks, including the absent ones.
    pub tracks: usize,
    /// Tracks whose file was absent when last checked.
    pub missing: usize,
    /// Analysed tracks, including those refused as silent, noise or too short.
    pub analysed: usize,
    /// Files with a problem.
    pub problems: usize,
}

pub(crate) fn status(database: &Database) -> Result<Status, Error> {
    let Counts { tracks, missing, analysed, problems } = counts(database)?;
    let (owed, matchable) = (owed_paths(database)?.len(), matchable(database)?.len());
    Ok(Status { tracks, missing, analysed, owed, matchable, problems })
}

pub(crate) fn counts(database: &Database) -> Result<Counts, Error> {
    let reader = database.reader()?;
    Ok(Counts {
        tracks: reader.track_count()? as usize,
        missing: reader.missing_count()? as usize,
        analysed: reader.analysed_count()? as usize,
        problems: reader.failure_count()? as usize,
    })
}
