//! Where networks run.

use reprise_library::Devices as Found;

use super::blocking;
use crate::ipc::dto::Devices;
use crate::ipc::error::IpcError;

/// Finds out where networks run. The first time that takes up to some seconds, on a thread of its own.
#[tauri::command]
#[specta::specta]
pub async fn devices() -> Result<Devices, IpcError> {
    blocking(|| Ok(Found::find()?.into())).await
}
