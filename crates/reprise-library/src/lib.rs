//! Reprise without a user interface: a library of tracks that are analysed, aligned with one another and searched for
//! versions.
//!
//! Start at [`Library`]. Each of its methods is one line and names the module that answers. The modules are in layers:
//! a module imports only those below it. `tests/imports.rs` checks this.
//!
//! ```text
//! library      the public interface
//! evaluate     rankings and clusters measured against labels
//! tidy         copies -> plan -> quarantine, and back
//! review       the pairs that the user is asked about, most informative first
//! scan         folders -> files -> analysis -> links
//! decisions    the user's decisions about pairs and recordings, and what is learnt from them
//! linking      pairs -> alignments -> cohort statistics -> links; the write side
//! browse       the list, songs, copies, folders, counts
//! versions     of a track, of a file, of a pair, explained; the read side
//! renditions   live, cover, remix: words in tags, claims
//! candidates   possible versions, by vectors
//! relations    evidence -> relation, heading, confidence, reason
//! recordings   stored recordings, prepared for alignment
//! database     one file, one writer, many readers, derived values in memory
//! ```
//!
//! Below all of them are `threads`, `progress`, `limits`, `text`, `paths`, `pace` and `error`. Nothing here draws,
//! prints, decodes or contains SQL.

mod browse;
mod candidates;
mod database;
mod decisions;
mod error;
mod evaluate;
mod library;
mod limits;
mod linking;
mod pace;
mod paths;
mod progress;
mod recordings;
mod relations;
mod renditions;
mod review;
mod scan;
#[cfg(test)]
mod tests;
mod text;
mod threads;
mod tidy;
mod versions;

pub use browse::devices::Devices;
pub use browse::duplicates::Duplicate;
pub use browse::folders::FolderStatus;
pub use browse::list::{ListQuery, TrackRow};
pub use browse::order::SortKey;
pub use browse::songs::{Cluster, Member, Song};
pub use browse::status::{Counts, Status};
pub use browse::words::FoundLine;
pub use candidates::model::Model;
pub use candidates::nearest::Closeness;
pub use database::backup::back_up;
pub use decisions::calibration::PersonalCalibration;
pub use decisions::{DecidedFiles, TrackQuestion};
pub use error::Error;
pub use evaluate::calibration::{Calibration, Promised};
pub use evaluate::metrics::{LabelledPair, PairAgreement, QueryOutcome, Ranking};
pub use evaluate::truth::Label;
pub use evaluate::{Evaluation, Method, QueryResult};
pub use library::Library;
pub use pace::Pace;
pub use paths::{APPLICATION_ID, data_folder, default_library, named_file, named_folder};
pub use progress::{Control, Event, Progress};
pub use recordings::owed::VoiceCounts;
pub use recordings::track_info::TrackInfo;
pub use recordings::unmatched::NotMatched;
pub use recordings::words::words_are_installed;
pub use relations::evidence::ONE_SONG;
pub use relations::heading::Heading;
pub use relations::reason::{Difference, Extent, Range, Reason, Shared};
pub use relations::shared_words::SharedWords;
pub use relations::thresholds::{Confidence, Relation, Shifts};
pub use renditions::claims::{Claim, Source};
pub use renditions::title_words::Kind;
pub use reprise_analysis::{DECODE_WORKER_COMMAND, decode_worker};
pub use reprise_inference::{Device, UnusedDevice};
pub use reprise_matching::words::MatchedLine;
pub use reprise_matching::{Likeness, Span, View};
pub use reprise_quarantine::{RunState, Stage};
pub use reprise_store::{Decision, FolderId, PayloadHash, Question, Tags, TrackId};
pub use review::pair::ReviewPair;
pub use review::queue::{QueuedPair, ReviewQueue};
pub use scan::job::{ScanOptions, Summary};
pub use scan::known_features::KnownFeatures;
pub use scan::problem::Problem;
pub use scan::voice_pass::VoiceSummary;
pub use threads::Effort;
pub use tidy::after::{EntryAfter, MarkAfter, PlaylistAfter};
pub use tidy::copies::Copy;
pub use tidy::document;
pub use tidy::keep::{Fate, HeardPair, KeepRules, OtherSound, Rule, Stays};
pub use tidy::plan::{Choices, Group, Plan, PlanError, PlanSummary, PlannedFile, only_in};
pub use tidy::run::CleanUpReport;
pub use tidy::written_path::{WrittenPath, percent_encoded};
pub use versions::compare::{Compared, Comparison, Matching};
pub use versions::cover::{Cover, Covers};
pub use versions::words::{HeardLine, HeardWords, WordsBeside};
