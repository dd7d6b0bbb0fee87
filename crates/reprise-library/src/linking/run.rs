//! The input of one run of linking, and what it remembers.

use std::collections::HashSet;

use reprise_store::{Recording, RecordingId};

use crate::database::Database;
use crate::progress::Progress;
use crate::recordings::prepared::PreparedTracks;
use crate::threads::Effort;

/// What is linked, and with which tools.
pub(crate) struct Linking<'a> {
    pub database: &'a Database,
    /// Those that can be aligned, in the order of their rows.
    pub recordings: &'a [Recording],
    /// The same prepared for alignment.
    pub tracks: &'a PreparedTracks<'a>,
    pub effort: Effort,
    pub progress: &'a Progress<'a>,
}

/// What one scan keeps from one portion of linking to the next.
#[derive(Default)]
pub(crate) struct LinkingRun {
    /// Nothing more will be analysed: provisional statistics are made final.
    pub is_last: bool,
    /// Recordings whose cohort statistics were computed by this scan, from part of what it analyses.
    pub provisional: HashSet<RecordingId>,
    /// Pairs of recordings aligned so far.
    pub pairs_aligned: usize,
}

impl LinkingRun {
    /// For linking everything at once, after all is analysed.
    pub fn at_last() -> Self {
        Self { is_last: true, ..Self::default() }
    }
}
