//! The library as a whole: its folders, its counts, and the scan.

use serde::Serialize;
use specta::Type;
use specta_typescript::Number;

use super::numbers::{Id, number};
use crate::ipc::error::sentence;

/// A folder of the library.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    pub id: Id,
    pub path: String,
    pub tracks: u32,
    pub is_reachable: bool,
}

impl From<reprise_library::FolderStatus> for Folder {
    fn from(folder: reprise_library::FolderStatus) -> Self {
        Self {
            id: Id::try_from(folder.id.0).unwrap_or(Id::MAX),
            path: folder.path.to_string_lossy().into_owned(),
            tracks: number(folder.tracks),
            is_reachable: folder.is_reachable,
        }
    }
}

/// The model that embeds tracks by one view.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// `harmony` or `voice`.
    pub view: String,
    /// Its identity and version; null if it cannot be used.
    pub id: Option<String>,
    /// Why it cannot be used.
    pub problem: Option<String>,
    /// Its folder, if the user chose it; else it is the one that ships.
    pub folder: Option<String>,
}

impl From<reprise_library::Model> for Model {
    fn from(model: reprise_library::Model) -> Self {
        let (id, problem) = match model.id {
            Ok(id) => (Some(id), None),
            Err(problem) => (None, Some(sentence(&problem))),
        };
        let folder = model.folder.map(|folder| folder.to_string_lossy().into_owned());
        Self { view: model.view.to_owned(), id, problem, folder }
    }
}

/// What a scan is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ScanPhase {
    #[default]
    Idle,
    /// The demo library is being made.
    Making,
    Looking,
    Listening,
    Matching,
    /// The second pass.
    HearingVoices,
}

/// Where a scan is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Scan {
    pub phase: ScanPhase,
    pub done: u32,
    pub total: u32,
    #[specta(type = Option<Number>)]
    pub tracks_per_minute: Option<f64>,
    #[specta(type = Option<Number>)]
    pub seconds_left: Option<f64>,
    /// Of the file heard last.
    pub folder: Option<String>,
    pub is_paused: bool,
    /// What became of the last scan, when it did not simply end.
    pub last_outcome: Option<String>,
}

/// The library as a whole.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub folders: Vec<Folder>,
    pub tracks: u32,
    pub heard: u32,
    /// Of the recordings whose file is there.
    pub voices_heard: u32,
    pub voices_total: u32,
    pub missing: u32,
    pub problems: u32,
    pub scan: Scan,
    pub can_write: bool,
    /// A sentence about the library's state, if there is something to say.
    pub notice: Option<String>,
    /// Moves with every change of the library.
    pub revision: u32,
}
