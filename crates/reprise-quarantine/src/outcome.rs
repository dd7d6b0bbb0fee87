//! What became of a step, and of a whole run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::run_id::RunId;
use crate::stored_hash;

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The file is in the quarantine.
    Moved {
        /// The hash of its bytes.
        #[serde(with = "stored_hash")]
        blake3: blake3::Hash,
    },
    /// The file has its new bytes, and the old file is in the quarantine.
    Rewritten,
    /// The file was written.
    Created,
    /// The file is at its original place again.
    Restored,
    /// The file was at its original place already: nothing had been done to it, or it had been put back.
    InPlace,
    /// The file is gone for good: out of the emptied quarantine, or written by the run and removed by its undo.
    Removed,
    /// The step was not done.
    Left {
        /// The reason, a sentence that names the file.
        why: String,
    },
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The index of the step.
    pub step: usize,
    /// The original place of the file.
    pub file: PathBuf,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a call has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The run.
    pub run: RunId,
    /// What became of each step, of those that were looked at in this call.
    pub told: Vec<Told>,
    /// Whether the caller stopped it before its end. The run can be finished or undone later.
    pub is_stopped: bool,
    /// Files in the folder of the run that no step put there. They are left where they are.
    pub strangers: Vec<PathBuf>,
}

impl Report {
    /// The steps that were not done.
    pub fn left(&self) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(|told| matches!(told.outcome, Outcome::Left { .. }))
    }
}

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps that were looked at.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
    /// Bytes of the files that were moved, written, restored or removed.
    pub bytes: u64,
}
