//! The input and the state of one run of linking.

use std::collections::HashSet;

use reprise_store::{Recording, RecordingId};

use crate::database::Database;
use crate::progress::Progress;
use crate::recordings::prepared::PreparedTracks;
use crate::threads::Effort;

/// The recordings that are linked, and what linking needs.
pub(crate) struct Linking<'a> {
    pub database: &'a Database,
    /// The recordings that can be aligned, in the order of their rows.
    pub recordings: &'a [Recording],
    /// The same recordings, prepared for alignment.
    pub tracks: &'a PreparedTracks<'a>,
    pub effort: Effort,
    pub progress: &'a Progress<'a>,
}

/// What a scan keeps from one portion of linking to the next.
#[derive(Default)]
pub(crate) struct LinkingRun {
    /// Whether all files are analysed: provisional statistics are then made final.
    pub is_last: bool,
    /// Recordings whose cohort statistics this scan computed from only a part of what it analyses.
    pub provisional: HashSet<RecordingId>,
    /// How many pairs of recordings are aligned so far.
    pub pairs_aligned: usize,
}

impl LinkingRun {
    /// A run that links everything at once, after all files are analysed.
    pub fn at_last() -> Self {
        Self { is_last: true, ..Self::default() }
    }
}
