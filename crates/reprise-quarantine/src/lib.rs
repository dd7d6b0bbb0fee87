//! Moves files away so that every byte comes back.
//!
//! Reprise finds redundant copies of a recording and offers to move them into a quarantine. This crate does such a
//! list of steps, and undoes it. It knows nothing about music: which files go and which stay is decided elsewhere, and
//! the caller checks each step through a closure right before it is done.
//!
//! # What it promises
//!
//! - **A kill, a full disk or a lost drive at any moment leaves every file in exactly one known place with its bytes.**
//!   [`Runs::unfinished`] lists what was interrupted; [`Runs::finish`] and [`Runs::undo`] continue from there, and can
//!   themselves be interrupted and called again.
//! - **Undo restores every file** with its bytes, time, mode and extended attributes. It replaces nothing that has come
//!   to the place of a file since.
//! - **No file that is moved is opened for writing.** On one volume it is renamed. On another it is copied, and the copy
//!   is compared and synced before the original goes.
//! - **What has changed since it was planned is left alone**, and the report says so.
//!
//! # Where things are
//!
//! Each step names a root, in which the quarantine is: `.reprise-quarantine`, which [`is_quarantine`] knows. Each run has
//! a folder there with a manifest. The journals are in the folder that is given to [`Runs::in_folder`]. The first line of
//! a journal is the whole plan; `engine` explains why the rest can be written in batches.
//!
//! # What it does not promise
//!
//! - The times of folders change when files leave them or come back.
//! - On file systems without a log (FAT, exFAT, ext2), a cut of the power can damage folders whatever a program does. A
//!   kill of the program cannot.
//! - A copy on another volume has another inode and another birth time. Files with several names are not moved there.
//! - A drive that is mounted at another path later is not found there; the manifest on it says what is where.

mod carry_out;
mod check;
mod copy;
mod create_step;
mod disk;
mod empty;
mod engine;
mod error;
mod hindrance;
mod journal;
mod layout;
mod lock;
mod manifest;
mod marker;
mod move_step;
mod outcome;
mod plan;
mod platform;
mod prepare;
mod ready;
mod record;
mod restore;
mod rewrite_step;
mod run_id;
mod runs;
mod seen;
mod step;
mod stored_hash;
mod stored_path;
mod task;
mod trash;
mod undo;
mod utc;

pub use carry_out::Verify;
pub use empty::Kept;
pub use engine::Watch;
pub use error::{Error, Refusal};
pub use marker::is_quarantine;
pub use outcome::{Outcome, Progress, Report, Told};
pub use record::Stage;
pub use run_id::RunId;
pub use runs::{Listed, RunState, Runs};
pub use step::{Expected, Step};
pub use trash::to_trash;

#[cfg(test)]
#[cfg(unix)]
mod tests;
