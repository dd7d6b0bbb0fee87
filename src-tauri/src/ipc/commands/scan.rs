//! Listening: started, paused, resumed, stopped.

use tauri::AppHandle;

use super::TheShell;
use crate::ipc::error::IpcError;

/// Looks for changes in every folder and listens to what is new; `retry`: also to files that were a problem.
#[tauri::command]
#[specta::specta]
pub async fn start_scan(app: AppHandle, shell: TheShell<'_>, retry: bool) -> Result<(), IpcError> {
    shell.writable()?;
    shell.scanner.start(&app, retry);
    Ok(())
}

/// Hears the voices that are owed, whether or not that was stopped before.
#[tauri::command]
#[specta::specta]
pub async fn start_voices(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.writable()?.want_voices(true)?;
    shell.scanner.start_voices(&app);
    Ok(())
}

/// Lets files in flight finish, then waits; or goes on.
#[tauri::command]
#[specta::specta]
pub async fn pause_scan(app: AppHandle, shell: TheShell<'_>, waits: bool) -> Result<(), IpcError> {
    shell.scanner.pause(&app, waits);
    Ok(())
}

/// Ends the scan; what was heard stays.
#[tauri::command]
#[specta::specta]
pub async fn stop_scan(shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.scanner.stop();
    Ok(())
}
