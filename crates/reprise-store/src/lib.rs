//! The library in SQLite: tracks, recordings, features, problems, decisions, alignments.
//!
//! This crate handles ids, blobs, and paths as bytes. It knows nothing about music: it does not decode, align or walk
//! folders. It reads no clock: the caller passes times in Unix seconds. Start at [`Store`]. Each file of `table`
//! contains one table completely: its schema, its rows and its queries.

mod backup;
mod error;
mod log;
mod migrate;
mod open;
mod path_bytes;
mod payload;
mod quantise;
mod settle;
mod table;

use rusqlite::Connection;

pub use error::Error;
pub use log::has_log;
pub use migrate::SCHEMA_VERSION;
pub use payload::PayloadHash;
pub use quantise::QUANTISATION_ERROR;
pub use table::alignments::{Alignment, VoiceScore};
pub use table::cohort_statistics::{CohortStatistics, VoiceCohortStatistics};
pub use table::decisions::{Decision, Question};
pub use table::embeddings::{Embeddings, RecordingCodewords, SpaceName};
pub use table::features::{Features, Owed};
pub use table::fingerprints::{NewFingerprint, NewSharedAudio, RecordingSketch, SharedAudio};
pub use table::folders::{Folder, FolderId};
pub use table::links::Link;
pub use table::passages::{Passage, Sections};
pub use table::problems::{FileVersion, NewProblem, Problem};
pub use table::provisional_matches::ProvisionalMatch;
pub use table::recordings::{Recording, RecordingId, Sound};
pub use table::tracks::{FileStamp, KnownFile, ListKeys, Tags, Track, TrackId};
pub use table::tracks_commit::{AnalysedFile, SameSound};
pub use table::tracks_tagged::{TaggedBy, TaggedGroup};
pub use table::word_pairs::WordsLikeness;
pub use table::words::{Words, WordsIndex, WordsLine};

/// One connection to a library: the writer, or a reader beside it.
///
/// `Send` but not `Sync`: share it behind a mutex. Every method that writes does so in one transaction, so that a
/// process killed at any moment leaves only whole rows.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
}

#[cfg(test)]
mod tests;
