//! Sound: play, pause, seek.

use super::TheShell;
use crate::ipc::dto::Id;
use crate::ipc::error::IpcError;

fn unavailable() -> IpcError {
    IpcError::failed("Playing is not built in yet.".into())
}

/// Plays a track from second `from_s`.
#[tauri::command]
#[specta::specta]
pub async fn play(_shell: TheShell<'_>, _track: Id, _from_s: f64) -> Result<(), IpcError> {
    Err(unavailable())
}

/// Holds the sound.
#[tauri::command]
#[specta::specta]
pub async fn pause(_shell: TheShell<'_>) -> Result<(), IpcError> {
    Err(unavailable())
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub async fn resume(_shell: TheShell<'_>) -> Result<(), IpcError> {
    Err(unavailable())
}

/// Goes to second `to_s`.
#[tauri::command]
#[specta::specta]
pub async fn seek(_shell: TheShell<'_>, _to_s: f64) -> Result<(), IpcError> {
    Err(unavailable())
}

/// How loud, 0 to 1.
#[tauri::command]
#[specta::specta]
pub async fn set_volume(_shell: TheShell<'_>, _volume: f32) -> Result<(), IpcError> {
    Err(unavailable())
}
