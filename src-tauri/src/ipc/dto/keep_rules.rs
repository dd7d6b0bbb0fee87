//! The settings of cleaning up: the rules of keeping, and playlists elsewhere.

use reprise_library as library;
use serde::{Deserialize, Serialize};
use specta::Type;

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
