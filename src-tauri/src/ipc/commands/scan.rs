//! Listening: started, paused, resumed, stopped.

use super::{Answer, TheShell};

/// Looks for changes in every folder and listens to what is new; `retry`: also to files that were a problem.
#[tauri::command]
#[specta::specta]
pub async fn start_scan(shell: TheShell<'_>, retry: bool) -> Answer<()> {
    shell.library.to_write()?;
    shell.scanner.start(retry);
    Ok(())
}

/// Hears the voices that are owed, whether or not that was stopped before.
#[tauri::command]
#[specta::specta]
pub async fn start_voices(shell: TheShell<'_>) -> Answer<()> {
    shell.library.to_write()?.want_voices(true)?;
    shell.scanner.start_voices();
    Ok(())
}

/// Lets files in flight finish, then waits; or goes on.
#[tauri::command]
#[specta::specta]
pub async fn pause_scan(shell: TheShell<'_>, waits: bool) -> Answer<()> {
    shell.scanner.pause(waits);
    Ok(())
}

/// Ends the scan; what was heard stays.
#[tauri::command]
#[specta::specta]
pub async fn stop_scan(shell: TheShell<'_>) -> Answer<()> {
    shell.scanner.stop();
    Ok(())
}
