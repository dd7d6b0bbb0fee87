//! What crosses the border to the interface. Only here do types of the library learn to be JSON; names and shapes are
//! a promise to `ui/src/lib/ipc/bindings.ts`, which is generated from them.

mod clean_up;
mod clean_up_after;
mod keep_rules;
mod kinds;
mod numbers;
mod overview;
mod path;
mod review;
mod span;
mod track_row;
mod words;

use reprise_library::{Cover, Relation as Related, TrackQuestion};
use reprise_wording::reason;
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

pub use clean_up::{CleanUpProgress, CleanUpStage, PlanEdit, PlanFormat, PlanGroup, PlanGroups, PlanOutline};
pub use clean_up_after::{CleanUp, CleanUpReport, LeftAlone, PlaylistAfter, Quarantined};
pub use keep_rules::{CleanUpSettings, ExactPath, PathKind};
pub use kinds::{Claim, Kind, Strength};
pub use numbers::{Id, id, number, track_id};
pub use overview::{Folder, Model, Overview, Scan, ScanPhase};
pub use path::text;
pub use review::{Decision, FoundDecisions, PersonalCalibration, Review, ReviewPair};
pub use span::Span;
pub use track_row::{ListQuery, TrackRow};
pub use words::{FoundLine, WordsBeside};

/// How a version relates to the chosen track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    Copy,
    Recording,
    Edit,
    Confirmed,
    Tagged,
    Version,
    Part,
    Conflict,
    Possible,
    Rejected,
}

/// The relation of a pair of the library; none of candidates that are not shown.
fn shown(related: Related) -> Option<Relation> {
    Some(match related {
        Related::Copy => Relation::Copy,
        Related::Recording => Relation::Recording,
        Related::Edit => Relation::Edit,
        Related::Confirmed => Relation::Confirmed,
        Related::Tagged => Relation::Tagged,
        Related::Version => Relation::Version,
        Related::Part => Relation::Part,
        Related::Conflict => Relation::Conflict,
        Related::Possible => Relation::Possible,
        Related::Rejected => Relation::Rejected,
        Related::Unlikely => return None,
    })
}

/// A version of the chosen track.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    track: TrackRow,
    /// The code of its heading; versions come in the order of theirs.
    heading: &'static str,
    relation: Relation,
    strength: Strength,
    /// Semitones by which it is higher.
    key_shift: i8,
    /// Above 1 when it is faster.
    #[specta(type = Number)]
    tempo_ratio: f32,
    reason: String,
    spans: Vec<Span>,
    /// What kind of rendition it is beside the chosen track.
    kinds: Vec<Claim>,
}

impl Version {
    /// `track` is the row of `cover`; none for candidates that are not shown.
    pub fn new(track: TrackRow, cover: Cover) -> Option<Self> {
        Some(Self {
            track,
            heading: cover.heading().code(),
            relation: shown(cover.relation)?,
            strength: cover.confidence.into(),
            key_shift: cover.key_shift,
            tempo_ratio: cover.tempo_ratio,
            reason: reason(&cover.reason),
            spans: cover.spans.into_iter().map(Span::from).collect(),
            kinds: cover.kinds.into_iter().map(Claim::from).collect(),
        })
    }
}

/// The chosen track and its versions, best first.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Versions {
    pub track: TrackRow,
    pub not_matched: Option<String>,
    /// Until then versions with other chords may be missing.
    pub voice_heard: bool,
    /// Whether words are heard in the chosen track.
    pub has_words: bool,
    /// What kind of rendition the chosen track is by itself.
    pub kinds: Vec<Claim>,
    pub versions: Vec<Version>,
}

/// A question that the user answers with yes or no.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Question {
    /// Whether two tracks are versions of one song.
    OneSong(Id, Id),
    /// Whether a track is of a kind.
    Rendition(Id, Kind),
}

impl From<Question> for TrackQuestion {
    fn from(question: Question) -> Self {
        match question {
            Question::OneSong(one, other) => Self::OneSong(track_id(one), track_id(other)),
            Question::Rendition(track, kind) => Self::Rendition(track_id(track), kind.into()),
        }
    }
}

/// A song with several versions; the most typical one first.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Song {
    pub tracks: Vec<Id>,
}

/// A track of a song.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SongMember {
    pub track: TrackRow,
    /// How it relates to the first one.
    pub reason: Option<String>,
    /// Files of one recording have one number.
    pub recording: u32,
    pub kinds: Vec<Claim>,
}

/// A file that could not be used, or not whole.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    path: String,
    /// Follows the file's name.
    message: String,
    /// The track is in the library all the same.
    is_warning: bool,
}

impl From<reprise_library::Problem> for Problem {
    fn from(problem: reprise_library::Problem) -> Self {
        Self {
            path: problem.path.to_string_lossy().into_owned(),
            message: problem.message,
            is_warning: problem.is_warning,
        }
    }
}

/// What sounds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Playback {
    pub track: Option<Id>,
    #[specta(type = Number)]
    pub position_s: f64,
    pub is_playing: bool,
    pub problem: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_library_s_and_what_is_unlikely_is_not_shown() {
        assert_eq!(shown(Related::Version), Some(Relation::Version));
        assert_eq!(shown(Related::Conflict), Some(Relation::Conflict));
        assert_eq!(shown(Related::Possible), Some(Relation::Possible));
        assert_eq!(Strength::from(reprise_library::Confidence::Likely), Strength::Likely);
        assert_eq!(shown(Related::Unlikely), None);
    }
}
