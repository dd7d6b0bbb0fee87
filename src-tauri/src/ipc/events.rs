//! The events that the shell sends to the interface.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

use super::dto::{CleanUpProgress, Playback, Scan};

/// A scan went on; at most five times a second.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub struct ScanChanged(pub Scan);

/// The job of a clean-up went on; at most five times a second.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub struct CleanUpWentOn(pub CleanUpProgress);

/// Tracks, versions or decisions changed; at most once a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct LibraryChanged {
    pub revision: u32,
}

/// Sound went on, began or ended.
#[derive(Debug, Clone, Serialize, Type, Event)]
pub struct PlaybackChanged(pub Playback);

/// Something is dragged over the window, or dropped on it.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct FoldersDragged {
    pub is_over: bool,
    /// What was dropped; empty until then.
    pub dropped: Vec<String>,
}
