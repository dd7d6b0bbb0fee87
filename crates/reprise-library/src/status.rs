//! How far a library is: counts for `reprise status` and the first screen.

use reprise_features::Versions;

use crate::error::Error;
use crate::library::Library;
use crate::relate::LONGEST_MATCHED_S;

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

/// What of it can be told at once, however large the library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Tracks in all, the absent ones included.
    pub tracks: usize,
    /// Tracks not on disk when last looked for.
    pub missing: usize,
    /// Tracks that have been heard, refused ones included.
    pub heard: usize,
    /// Files with a problem.
    pub problems: usize,
}

/// How far the voice pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceCounts {
    /// Recordings whose voice was listened for.
    pub heard: usize,
    /// Those of them in which somebody sings.
    pub sung: usize,
    /// Recordings that can be matched, and so have a voice worth listening for.
    pub total: usize,
}

impl Library {
    /// How far the library is.
    pub fn status(&self) -> Result<Status, Error> {
        let Counts { tracks, missing, heard, problems } = self.counts()?;
        let (owed, matchable) = (self.owed_paths()?.len(), self.matchable()?.len());
        Ok(Status { tracks, missing, heard, owed, matchable, problems })
    }

    /// The counts that can be told at once.
    pub fn counts(&self) -> Result<Counts, Error> {
        let asking = self.asking()?;
        Ok(Counts {
            tracks: asking.track_count()? as usize,
            missing: asking.missing_count()? as usize,
            heard: asking.heard_count()? as usize,
            problems: asking.failure_count()? as usize,
        })
    }

    /// How far the voice pass is. Recordings without a file now count neither way: nothing can be heard of them.
    pub fn voice_counts(&self) -> Result<VoiceCounts, Error> {
        let melody = Versions::CURRENT.melody;
        let asking = self.asking()?;
        let (total, heard) = asking.counts_of("melody", melody, LONGEST_MATCHED_S)?;
        let sung = asking.sung_count()?;
        Ok(VoiceCounts { heard: heard as usize, sung: sung as usize, total: total as usize })
    }
}
