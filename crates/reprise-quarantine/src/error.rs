//! Why a run, or the whole of an undo, could not be done.

use std::io;
use std::path::{Path, PathBuf};

use crate::run_id::RunId;

/// The reason why a call did nothing, or stopped. A file that is left alone for a reason of its own is not an error:
/// the [`Report`](crate::Report) says it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The steps cannot be done as they were given. Nothing was changed.
    #[error("nothing was changed: {}{}", .0.first().map(ToString::to_string).unwrap_or_default(), and_more(.0.len()))]
    Refused(Vec<Refusal>),
    /// Another process is at work on a run of this folder. Nothing was changed.
    #[error("another Reprise is moving files at this moment ({} is locked): let it finish, or close it", .0.display())]
    InUse(PathBuf),
    /// The folder of journals has no such run.
    #[error("there is no run {run} in {}", folder.display())]
    NoSuchRun {
        /// The requested run.
        run: RunId,
        /// The folder of journals.
        folder: PathBuf,
    },
    /// The run is in a state in which this cannot be done. Nothing was changed.
    #[error("the run {run} {why}")]
    WrongStage {
        /// The run.
        run: RunId,
        /// What is the case, and what can be done.
        why: &'static str,
    },
    /// The first line of a journal, which holds the plan, cannot be read.
    #[error(
        "the journal {} is damaged: its first line holds no plan; the manifest in the quarantine says where each file came from",
        .0.display()
    )]
    DamagedJournal(PathBuf),
    /// The folder of a quarantine is no longer there: a drive was removed, or the folder renamed. The run can be
    /// finished or undone when it is back.
    #[error(
        "the folder {} cannot be reached any more: connect its drive, then finish the run or undo it",
        .0.display()
    )]
    FolderGone(PathBuf),
    /// The system refused something that the run cannot do without, such as a line in the journal. The run can be
    /// finished or undone when the cause is removed.
    #[error("{} could not be {action}: {source}", path.display())]
    Io {
        /// What was to be done, as a participle.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A file was not moved to the trash. It is where it was.
    #[error("{} was not moved to the trash: {why}", file.display())]
    NotTrashed {
        /// The file.
        file: PathBuf,
        /// The reason, a sentence.
        why: String,
    },
}

/// One step that prevents all of them, because the list contradicts itself or has no place to move the file to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The index of the step.
    pub step: usize,
    /// The file of the step.
    pub file: PathBuf,
    /// The reason, a sentence.
    pub why: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.why)
    }
}

fn and_more(n: usize) -> String {
    match n {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    }
}

impl Error {
    /// For `map_err`: an error of the operating system about a path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }
}
