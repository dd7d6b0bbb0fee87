//! Cleaning up: a plan and its groups.

use std::path::Path;

use reprise_library as library;
use reprise_wording::clean_up as words;
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

use super::keep_rules::{ExactPath, KeepRules};
use super::numbers::{Id, number};
use super::path::text;

/// What becomes of a group of files that contain one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum GroupState {
    /// No rule decides about one of them.
    NeedsYou,
    /// One of them goes, or several.
    Goes,
    /// All stay.
    Stays,
}

/// A group, before its files are asked for.
#[derive(Debug, Clone, Copy, Serialize, Type)]
pub struct GroupOutline {
    files: u32,
    state: GroupState,
}

impl From<&library::Group> for GroupOutline {
    fn from(group: &library::Group) -> Self {
        let goes = group.files.iter().any(|planned| matches!(planned.fate, library::Fate::Go { .. }));
        let state = match goes {
            _ if group.needs_user() => GroupState::NeedsYou,
            true => GroupState::Goes,
            false => GroupState::Stays,
        };
        Self { files: number(group.files.len()), state }
    }
}

/// What a plan comes to.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanTotals {
    /// Files that go, and their bytes.
    files: u32,
    #[specta(type = Number)]
    bytes: f64,
    /// Recordings of which a file goes.
    recordings: u32,
    needs_you: u32,
    /// Files that go and have tags or a picture that the kept ones lack.
    with_more_tags: u32,
}

/// A plan, without its files.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanOutline {
    /// Moves with every change of the plan.
    revision: u32,
    /// Whether an edit can be taken back.
    is_edited: bool,
    /// The rules that decided.
    rules: KeepRules,
    /// The playlist files outside the library's folders that it knows.
    playlists: Vec<ExactPath>,
    totals: PlanTotals,
    groups: Vec<GroupOutline>,
}

impl PlanOutline {
    /// `revision` and `is_edited` are of the desk that the plan lies on.
    pub fn new(plan: &library::Plan, revision: u32, is_edited: bool) -> Self {
        Self {
            revision,
            is_edited,
            rules: plan.rules.clone().into(),
            playlists: plan.playlists.iter().map(ExactPath::from).collect(),
            totals: plan.into(),
            groups: plan.groups.iter().map(GroupOutline::from).collect(),
        }
    }
}

impl From<&library::Plan> for PlanTotals {
    fn from(plan: &library::Plan) -> Self {
        let summary = plan.summary();
        let has_more = |(gone, kept): &(&library::PlannedFile, &library::PlannedFile)| {
            !library::only_in(&gone.file, &kept.file).is_empty()
        };
        Self {
            files: number(summary.files),
            bytes: summary.bytes as f64,
            recordings: number(summary.groups),
            needs_you: number(summary.undecided),
            with_more_tags: number(plan.going().filter(has_more).count()),
        }
    }
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    Keep,
    Goes,
    Stays,
    /// It stays because its folder is protected.
    Protected,
    NeedsYou,
}

impl From<&library::Fate> for Fate {
    fn from(fate: &library::Fate) -> Self {
        match fate {
            library::Fate::Keep => Self::Keep,
            library::Fate::Go { .. } => Self::Goes,
            library::Fate::Stay(library::Stays::Protected) => Self::Protected,
            library::Fate::Stay(_) => Self::Stays,
            library::Fate::Undecided { .. } => Self::NeedsYou,
        }
    }
}

/// A file of a group.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanFile {
    /// Its place in the group.
    place: u32,
    /// The track, for listening; null if the file is not in the library any more.
    track: Option<Id>,
    /// The tag, else the file's name.
    title: String,
    artist: Option<String>,
    album: Option<String>,
    path: String,
    /// Its path below its folder of the library.
    below: String,
    codec: String,
    kbit_s: u32,
    sample_rate_hz: u32,
    #[specta(type = Number)]
    duration_s: f64,
    #[specta(type = Number)]
    size_bytes: f64,
    in_playlists: u32,
    cues: u32,
    fate: Fate,
    /// Why. Follows the file's name.
    words: String,
    /// What makes it suspect; it decides nothing.
    hint: Option<String>,
    /// Tags, and "picture", that this file has and its partner has not.
    only: Vec<String>,
    /// Those that only its partner has.
    lacks: Vec<String>,
    /// The place of the file that it is compared with; null for the kept one.
    partner: Option<u32>,
    /// How much later its sound is in that file, in seconds.
    #[specta(type = Number)]
    partner_offset_s: f64,
    /// Where it sounds different from that file.
    differences: Vec<Place>,
}

/// A place in a file, in seconds.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    #[specta(type = Number)]
    start_s: f64,
    #[specta(type = Number)]
    length_s: f64,
}

/// A group of a plan.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanGroup {
    number: u32,
    /// The kept file first.
    files: Vec<PlanFile>,
}

impl PlanGroup {
    /// `track` finds the tracks of paths.
    pub fn new(number: u32, group: &library::Group, track: &impl Fn(&Path) -> Option<Id>) -> Self {
        let kept = group.kept();
        let mut places: Vec<usize> = (0..group.files.len()).collect();
        places.sort_by_key(|place| Some(*place) != kept);
        let files = places.into_iter().map(|place| PlanFile::new(group, place, track)).collect();
        Self { number, files }
    }
}

impl PlanFile {
    fn new(group: &library::Group, place: usize, track: &impl Fn(&Path) -> Option<Id>) -> Self {
        let (planned, partner) = (&group.files[place], group.partner(place));
        let (file, beside_it) = (&planned.file, partner.map(|partner| &group.files[partner].file));
        let beside = |one: Option<&library::Copy>, other: Option<&library::Copy>| {
            one.zip(other).map(|(one, other)| library::only_in(one, other)).unwrap_or_default()
        };
        Self {
            place: number(place),
            track: track(planned.path()),
            title: file.name(),
            artist: file.artist.clone(),
            album: file.album.clone(),
            path: text(planned.path()),
            below: text(planned.path().strip_prefix(&file.root).unwrap_or(planned.path())),
            codec: file.codec.clone(),
            kbit_s: file.kbit_s,
            sample_rate_hz: file.sample_rate_hz,
            duration_s: file.duration_s,
            size_bytes: file.size_bytes as f64,
            in_playlists: number(file.in_playlists),
            cues: number(file.n_cues),
            fate: (&planned.fate).into(),
            words: words::fate(&group.own_fate(place)),
            hint: words::hint(file),
            only: beside(Some(file), beside_it),
            lacks: beside(beside_it, Some(file)),
            partner: partner.map(number),
            partner_offset_s: group.partner_offset_s(place).unwrap_or_default(),
            differences: group.differences(place).into_iter().map(Place::from).collect(),
        }
    }
}

impl From<[f64; 2]> for Place {
    fn from([start_s, length_s]: [f64; 2]) -> Self {
        Self { start_s, length_s }
    }
}

/// Groups of a plan, as they are in this revision of it.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanGroups {
    pub revision: u32,
    pub groups: Vec<PlanGroup>,
}

/// A group after an edit.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanEdit {
    pub revision: u32,
    pub is_edited: bool,
    pub totals: PlanTotals,
    pub outline: GroupOutline,
    pub group: PlanGroup,
}

/// As what a plan is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PlanFormat {
    /// A document that can be opened again.
    Json,
    Csv,
    /// A shell script that moves the same files.
    Shell,
}

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CleanUpStage {
    Listening,
    Checking,
    Moving,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct CleanUpProgress {
    pub stage: CleanUpStage,
    pub done: u32,
    pub total: u32,
}
