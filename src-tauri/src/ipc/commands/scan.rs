//! Listening: started, paused, resumed, stopped.

use tauri::AppHandle;

use super::TheShell;
use crate::ipc::error::IpcError;

/// Looks for changes in every folder and listens to what is new.
#[tauri::command]
#[specta::specta]
pub async fn start_scan(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.writable()?;
    shell.scanner.start(&app, false);
    Ok(())
}

/// Lets files in flight finish, then waits.
#[tauri::command]
#[specta::specta]
pub async fn pause_scan(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.scanner.pause(&app, true);
    Ok(())
}

/// Goes on.
#[tauri::command]
#[specta::specta]
pub async fn resume_scan(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.scanner.pause(&app, false);
    Ok(())
}

/// Ends the scan; what was heard stays.
#[tauri::command]
#[specta::specta]
pub async fn stop_scan(shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.scanner.stop();
    Ok(())
}

/// Tries files again that were a problem.
#[tauri::command]
#[specta::specta]
pub async fn retry_problems(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.writable()?;
    shell.scanner.start(&app, true);
    Ok(())
}
