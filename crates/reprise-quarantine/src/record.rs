//! The lines of a journal, and the state of a run that follows from them.

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::plan::Plan;

/// What is done to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    Do,
    Undo,
    Empty,
}

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Record {
    /// The first line.
    Plan(Plan),
    /// From here on any of these steps may be done. Where the file of each may be is in the plan.
    Begin { act: Act, first: usize, last: usize },
    /// This became of a step, and it is on the drive.
    Did { act: Act, step: usize, outcome: Outcome },
    /// All steps were looked at. `left` of them could not be undone or emptied.
    Ended { act: Act, left: usize },
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was interrupted: finish it or undo it.
    Unfinished,
    /// All its steps were looked at. It can be undone, and its quarantine be emptied.
    Finished,
    /// Its undo was interrupted: undo it again.
    Undoing,
    /// Its undo could not restore every file: look at what is in the way, and undo it again.
    PartlyUndone,
    /// Everything is as it was.
    Undone,
    /// The emptying of its quarantine was interrupted: empty it again, or undo it, which restores what is still there.
    Emptying,
    /// Some files in its quarantine were left there, as they are not what was moved there.
    PartlyEmptied,
    /// Its quarantine was emptied.
    Emptied,
}

/// What the lines of a journal say, beside the plan.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub stage: Stage,
    /// What became of each step, by the last line about it.
    pub last: Vec<Option<(Act, Outcome)>>,
    /// What the run itself did with each step.
    pub done: Vec<Option<Outcome>>,
    /// Whether the run may have done something with a step.
    pub begun: Vec<bool>,
}

impl History {
    pub fn new(n_steps: usize) -> Self {
        Self {
            stage: Stage::Unfinished,
            last: vec![None; n_steps],
            done: vec![None; n_steps],
            begun: vec![false; n_steps],
        }
    }

    /// Whether an undo, complete or not, has put the file of a step back.
    pub fn is_undone(&self, n: usize) -> bool {
        matches!(&self.last[n], Some((Act::Undo, outcome)) if !matches!(outcome, Outcome::Left { .. }))
    }

    /// Whether the file of a step was removed from the quarantine for good.
    pub fn is_removed(&self, n: usize) -> bool {
        matches!(self.last[n], Some((Act::Empty, Outcome::Removed)))
    }

    /// Whether the run may have done something with a step, as far as the lines know.
    pub fn may_be_done(&self, n: usize) -> bool {
        self.begun[n] && !matches!(self.done[n], Some(Outcome::Left { .. }))
    }

    /// Takes a line into account. Steps that the plan lacks are ignored.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Plan(_) => {}
            Record::Begin { act: Act::Do, first, last } => {
                let range = self.begun.iter_mut().take(last.saturating_add(1)).skip(*first);
                range.for_each(|begun| *begun = true);
            }
            Record::Begin { act: Act::Undo, .. } => self.stage = Stage::Undoing,
            Record::Begin { act: Act::Empty, .. } => self.stage = Stage::Emptying,
            Record::Did { act, step, outcome } => {
                if let Some(last) = self.last.get_mut(*step) {
                    *last = Some((*act, outcome.clone()));
                    if *act == Act::Do {
                        self.done[*step] = Some(outcome.clone());
                    }
                }
            }
            Record::Ended { act, left } => {
                self.stage = match (act, left) {
                    (Act::Do, _) => Stage::Finished,
                    (Act::Undo, 0) => Stage::Undone,
                    (Act::Undo, _) => Stage::PartlyUndone,
                    (Act::Empty, 0) => Stage::Emptied,
                    (Act::Empty, _) => Stage::PartlyEmptied,
                }
            }
        }
    }
}
