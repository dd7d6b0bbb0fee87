//! Clean up: which copies of a recording may go, a plan that says so, and the run that carries it out and can be undone.
//! Finding is separate from removing: nothing here decides what is a copy, and nothing changes without a plan.

pub(crate) mod after;
mod checks;
pub(crate) mod copies;
mod cue_sheets;
pub mod document;
mod edit;
pub(crate) mod keep;
mod listen;
pub(crate) mod make;
pub(crate) mod plan;
pub(crate) mod playlists;
pub(crate) mod remembered;
pub(crate) mod run;
pub(crate) mod trash;
pub(crate) mod written_path;
