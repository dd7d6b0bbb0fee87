//! Reprise without a face: a library of tracks that are heard, aligned with one another and asked for versions.
//!
//! Start at [`Library`]. The chain of one file is `hear.rs`, what a scan does is `scan.rs`, how
//! pairs get their scores is `relate.rs`, what faces ask is `covers.rs`, `compare.rs` and
//! `clusters.rs`. Nothing here draws, prints, decodes or speaks SQL.

mod asking;
mod background;
mod bands;
mod clock;
mod clusters;
mod compare;
mod covers;
mod decide;
mod devices;
mod duplicates;
mod edges;
mod embed;
mod error;
mod evaluate;
mod features;
mod fingerprints;
mod folders;
mod hear;
mod library;
mod links;
mod list;
mod listen;
mod listing;
mod magnitudes;
mod named_folder;
mod nearest;
mod pace;
mod paths;
mod plan;
mod portions;
mod problem;
mod progress;
mod reason;
mod relate;
mod related;
mod same_audio;
mod scan;
mod shelf;
mod status;
mod strangers;
#[cfg(test)]
mod tests;
mod told;
mod tools;
mod track_info;
mod visitor;
mod voice;
mod voice_pass;
mod walk;
mod waveform;

pub use bands::{Confidence, Relation};
pub use clusters::{Cluster, Member, Song};
pub use compare::{Compared, Comparison, Matching};
pub use covers::{Cover, Covers};
pub use decide::Decided;
pub use devices::Devices;
pub use duplicates::Duplicate;
pub use error::Error;
pub use evaluate::metrics::{PairAgreement, QueryOutcome, Ranking};
pub use evaluate::truth::Label;
pub use evaluate::{Evaluation, LabelledPair, Method, QueryResult};
pub use features::{FeatureEar, FeatureSet, MelodyEar};
pub use folders::FolderStatus;
pub use hear::{Heard, Refusal, Sound};
pub use library::Library;
pub use list::{ListQuery, SortKey, TrackRow};
pub use listen::Effort;
pub use named_folder::named_folder;
pub use pace::Pace;
pub use paths::{APPLICATION_ID, data_folder, default_library};
pub use problem::Problem;
pub use progress::{Control, Event, Progress};
pub use reason::clock;
pub use reprise_inference::{Device, UnusedDevice};
pub use reprise_matching::{Likeness, Span};
pub use reprise_store::{Decision, FolderId, PayloadHash, TrackId, Verdict};
pub use scan::{ScanOptions, Summary};
pub use status::{Counts, Status, VoiceCounts};
pub use tools::{DECODE_WORKER_COMMAND, Tools, decode_worker};
pub use track_info::TrackInfo;
pub use voice::Singing;
pub use voice_pass::VoiceSummary;
