//! How far a library is: counts for `reprise status` and the first screen.

use crate::error::Error;
use crate::library::Library;

/// How far a library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Tracks in all, the absent ones included.
    pub tracks: usize,
    /// Tracks not on disk when last looked for.
    pub missing: usize,
    /// Tracks that have been heard, refused ones included.
    pub heard: usize,
    /// Recordings that owe an analysis and whose file is there.
    pub owed: usize,
    /// Recordings that can be matched.
    pub matchable: usize,
    /// Files with a problem.
    pub problems: usize,
}

impl Library {
    /// How far the library is.
    pub fn status(&self) -> Result<Status, Error> {
        let owed = self.owed_paths()?.len();
        let matchable = self.matchable()?.len();
        let store = self.asking()?;
        let tracks = store.tracks()?;
        Ok(Status {
            tracks: tracks.len(),
            missing: tracks.iter().filter(|track| track.missing_since_s.is_some()).count(),
            heard: tracks.iter().filter(|track| track.recording.is_some()).count(),
            owed,
            matchable,
            problems: store.problems()?.iter().filter(|problem| !problem.is_warning).count(),
        })
    }
}
