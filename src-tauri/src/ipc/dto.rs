//! What crosses the border to the interface. Only here do types of the library learn to be JSON; names and shapes are
//! a promise to `ui/src/lib/ipc/bindings.ts`, which is generated from them.

mod clean_up;
mod clean_up_after;
mod kinds;
mod numbers;
mod overview;
mod path;
mod review;

use reprise_library::{Cover, Relation as Related, TrackQuestion};
use reprise_wording::{not_matched, reason};
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

pub use clean_up::{
    CleanUpProgress, CleanUpStage, ExactFolder, KeepRules, PlanEdit, PlanFormat, PlanGroup, PlanOutline,
};
pub use clean_up_after::{CleanUp, CleanUpReport, LeftAlone, PlaylistAfter, Quarantined};
pub use kinds::{Claim, Kind, Strength};
pub use numbers::{Id, id, number, track_id};
pub use overview::{Folder, Model, Overview, Scan, ScanPhase};
pub use path::text;
pub use review::{Decision, FoundDecisions, PersonalCalibration, Review, ReviewPair};

/// A track in a list.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TrackRow {
    id: Id,
    /// The tag, else the file's name.
    title: String,
    artist: Option<String>,
    album: Option<String>,
    year: Option<i32>,
    #[specta(type = Option<Number>)]
    duration_s: Option<f64>,
    path: String,
    /// Other tracks that are copies or versions.
    versions: u32,
    is_missing: bool,
    /// Its folder is there now.
    is_reachable: bool,
    /// Why it has no versions, following "This track".
    not_matched: Option<String>,
}

impl From<reprise_library::TrackRow> for TrackRow {
    fn from(row: reprise_library::TrackRow) -> Self {
        let track = row.track;
        let file_name = || track.path.file_stem().map(|name| name.to_string_lossy().into_owned());
        Self {
            id: track.id.map_or(0, id),
            title: track.tags.title.clone().or_else(file_name).unwrap_or_default(),
            path: track.path.to_string_lossy().into_owned(),
            artist: track.tags.artist,
            album: track.tags.album,
            year: track.tags.year,
            duration_s: track.duration_s,
            versions: number(row.versions),
            is_missing: track.is_missing,
            is_reachable: row.is_reachable,
            not_matched: row.not_matched.as_ref().map(not_matched),
        }
    }
}

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SortKey {
    Title,
    Artist,
    Album,
    Year,
    Duration,
    Versions,
    Added,
}

/// Which tracks, in which order.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    search: String,
    sort: SortKey,
    descending: bool,
    only_with_versions: bool,
}

impl From<ListQuery> for reprise_library::ListQuery {
    fn from(query: ListQuery) -> Self {
        use reprise_library::SortKey as Key;
        let sort = match query.sort {
            SortKey::Title => Key::Title,
            SortKey::Artist => Key::Artist,
            SortKey::Album => Key::Album,
            SortKey::Year => Key::Year,
            SortKey::Duration => Key::Duration,
            SortKey::Versions => Key::Versions,
            SortKey::Added => Key::Added,
        };
        let ListQuery { search, descending, only_with_versions, .. } = query;
        Self { search, sort, descending, only_with_versions }
    }
}

/// Seconds of the chosen track and the seconds of its version that match them.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    #[specta(type = Number)]
    query_start_s: f64,
    #[specta(type = Number)]
    query_end_s: f64,
    #[specta(type = Number)]
    candidate_start_s: f64,
    #[specta(type = Number)]
    candidate_end_s: f64,
}

impl From<reprise_library::Span> for Span {
    fn from(span: reprise_library::Span) -> Self {
        Self {
            query_start_s: span.query_start_s,
            query_end_s: span.query_end_s,
            candidate_start_s: span.candidate_start_s,
            candidate_end_s: span.candidate_end_s,
        }
    }
}

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
    use reprise_library::{Tags, TrackId};

    use super::*;

    fn row(title: Option<&str>) -> TrackRow {
        let track = reprise_library::TrackInfo {
            id: Some(TrackId(7)),
            path: "/music/03 Greensleeves.live.flac".into(),
            tags: Tags { title: title.map(str::to_owned), ..Tags::default() },
            duration_s: None,
            is_missing: false,
        };
        reprise_library::TrackRow { track, versions: 2, not_matched: None, is_reachable: true }.into()
    }

    #[test]
    fn a_track_without_a_title_is_called_by_its_file() {
        assert_eq!(row(Some("Greensleeves")).title, "Greensleeves");
        assert_eq!(row(None).title, "03 Greensleeves.live");
    }

    #[test]
    fn the_word_is_the_library_s_and_what_is_unlikely_is_not_shown() {
        assert_eq!(shown(Related::Version), Some(Relation::Version));
        assert_eq!(shown(Related::Conflict), Some(Relation::Conflict));
        assert_eq!(shown(Related::Possible), Some(Relation::Possible));
        assert_eq!(Strength::from(reprise_library::Confidence::Likely), Strength::Likely);
        assert_eq!(shown(Related::Unlikely), None);
    }

    #[test]
    fn numbers_beyond_what_crosses_the_border_stay_at_its_end() {
        assert_eq!((id(TrackId(7)), id(TrackId(i64::MAX)), number(usize::MAX)), (7, Id::MAX, u32::MAX));
    }
}
