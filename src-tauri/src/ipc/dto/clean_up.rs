//! Cleaning up: the rules of keeping, a plan and its groups, what became of it.

use std::path::Path;

use reprise_library as library;
use reprise_wording::clean_up as words;
use serde::{Deserialize, Serialize};
use specta::Type;
use specta_typescript::Number;

use super::numbers::{Id, number};
use super::path::text;

/// A path that is no mere display: its bytes may be no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ExactPath {
    /// For display.
    pub path: String,
    /// What the file or folder is known by.
    exact: String,
}

/// What a path is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PathKind {
    /// A folder for a rule.
    Folder,
    /// A playlist file, or the library of a DJ program.
    Playlist,
}

/// What the library remembers for every plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CleanUpSettings {
    pub rules: KeepRules,
    /// Playlist files outside the library's folders.
    pub playlists: Vec<ExactPath>,
}

impl From<&library::WrittenPath> for ExactPath {
    fn from(path: &library::WrittenPath) -> Self {
        Self { path: text(&path.0), exact: library::percent_encoded(&path.0) }
    }
}

impl From<ExactPath> for library::WrittenPath {
    fn from(path: ExactPath) -> Self {
        Self::from_percent_encoded(&path.exact).unwrap_or_else(|| Self(path.path.into()))
    }
}

/// A reason to prefer one file to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    Lossless,
    Cues,
    Playlists,
    Folder(ExactPath),
    BitRate,
    Tags,
    Oldest,
}

impl From<&library::Rule> for Rule {
    fn from(rule: &library::Rule) -> Self {
        match rule {
            library::Rule::Lossless => Self::Lossless,
            library::Rule::Cues => Self::Cues,
            library::Rule::Playlists => Self::Playlists,
            library::Rule::Folder(folder) => Self::Folder(folder.into()),
            library::Rule::BitRate => Self::BitRate,
            library::Rule::Tags => Self::Tags,
            library::Rule::Oldest => Self::Oldest,
        }
    }
}

impl From<Rule> for library::Rule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Lossless => Self::Lossless,
            Rule::Cues => Self::Cues,
            Rule::Playlists => Self::Playlists,
            Rule::Folder(folder) => Self::Folder(folder.into()),
            Rule::BitRate => Self::BitRate,
            Rule::Tags => Self::Tags,
            Rule::Oldest => Self::Oldest,
        }
    }
}

/// How files are chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeepRules {
    /// The most important rule first.
    order: Vec<Rule>,
    /// Folders from which nothing goes.
    protected: Vec<ExactPath>,
    one_per_album: bool,
    companions: bool,
    remasters: bool,
}

impl From<library::KeepRules> for KeepRules {
    fn from(rules: library::KeepRules) -> Self {
        Self {
            order: rules.order.iter().map(Rule::from).collect(),
            protected: rules.protected.iter().map(ExactPath::from).collect(),
            one_per_album: rules.one_per_album,
            companions: rules.companions,
            remasters: rules.remasters,
        }
    }
}

impl From<KeepRules> for library::KeepRules {
    fn from(rules: KeepRules) -> Self {
        Self {
            order: rules.order.into_iter().map(Into::into).collect(),
            protected: rules.protected.into_iter().map(Into::into).collect(),
            one_per_album: rules.one_per_album,
            companions: rules.companions,
            remasters: rules.remasters,
        }
    }
}

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
pub struct PlanOutline {
    /// The rules that decided.
    rules: KeepRules,
    totals: PlanTotals,
    groups: Vec<GroupOutline>,
}

impl From<&library::Plan> for PlanOutline {
    fn from(plan: &library::Plan) -> Self {
        Self {
            rules: plan.rules.clone().into(),
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
    /// Tags, and "picture", that only this file has beside the kept one.
    only: Vec<String>,
    /// Those that only the kept one has.
    lacks: Vec<String>,
    /// How much later its sound is in the kept file, in seconds.
    #[specta(type = Number)]
    kept_offset_s: f64,
    /// Where it sounds different from the kept file.
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
    pub fn new(number: u32, group: &library::Group, track: impl Fn(&Path) -> Option<Id>) -> Self {
        let kept = group.kept();
        let mut places: Vec<usize> = (0..group.files.len()).collect();
        places.sort_by_key(|place| Some(*place) != kept);
        let files = places.into_iter().map(|place| PlanFile::new(group, place, &track)).collect();
        Self { number, files }
    }
}

impl PlanFile {
    fn new(group: &library::Group, place: usize, track: impl Fn(&Path) -> Option<Id>) -> Self {
        let (planned, kept) = (&group.files[place], group.kept().map(|kept| &group.files[kept].file));
        let file = &planned.file;
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
            words: words::fate(&planned.fate),
            hint: words::hint(file),
            only: beside(Some(file), kept),
            lacks: beside(kept, Some(file)),
            kept_offset_s: group.kept_offset_s(place).unwrap_or_default(),
            differences: group.differences(place).into_iter().map(Place::from).collect(),
        }
    }
}

impl From<[f64; 2]> for Place {
    fn from([start_s, length_s]: [f64; 2]) -> Self {
        Self { start_s, length_s }
    }
}

/// A group after an edit.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanEdit {
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
