//! What one run of linking works on, and what it remembers.

use std::collections::HashSet;

use reprise_store::{Recording, RecordingId};

use crate::database::Database;
use crate::progress::Progress;
use crate::recordings::prepared::PreparedTracks;
use crate::threads::Effort;

/// What is linked, by what means.
pub(crate) struct Linking<'a> {
    pub database: &'a Database,
    /// Those that can be aligned, in the order of their rows.
    pub recordings: &'a [Recording],
    /// The same prepared for alignment.
    pub tracks: &'a PreparedTracks<'a>,
    pub effort: Effort,
    pub progress: &'a Progress<'a>,
}

/// What one scan remembers of linking from one portion to the next.
#[derive(Default)]
pub(crate) struct LinkingRun {
    /// Nothing more will be analysed: what was provisional is made final.
    pub is_last: bool,
    /// Recordings whose cohort statistics were computed by this scan, from part of what it analyses.
    pub provisional: HashSet<RecordingId>,
    /// Pairs of recordings aligned so far.
    pub pairs_aligned: usize,
}

impl LinkingRun {
    /// For what is linked at once, when all is analysed.
    pub fn at_last() -> Self {
        Self { is_last: true, ..Self::default() }
    }
}
