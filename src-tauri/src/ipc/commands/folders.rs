//! Folders: chosen, dropped, typed, taken out again; and the demo library, which is a folder too.

use reprise_library::{FolderId, named_folder};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{Answer, TheShell, blocking};
use crate::ipc::dto::Id;
use crate::ipc::error::IpcError;

/// Asks for folders in the system's dialog; none when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_folders(app: AppHandle) -> Answer<Vec<String>> {
    blocking(move || {
        let chosen = app.dialog().file().set_title("Folders of music").blocking_pick_folders();
        let paths = chosen.unwrap_or_default().into_iter().filter_map(|path| path.into_path().ok());
        Ok(paths.map(|path| path.to_string_lossy().into_owned()).collect())
    })
    .await
}

/// Adds folders and begins to listen.
#[tauri::command]
#[specta::specta]
pub async fn add_folders(shell: TheShell<'_>, paths: Vec<String>) -> Answer<()> {
    let shell = shell.inner().clone();
    blocking(move || {
        let folders = paths.iter().map(|path| named_folder(path)).collect::<Result<Vec<_>, _>>();
        shell.add_folders(&folders.map_err(IpcError::bad_input)?)
    })
    .await
}

/// Takes a folder out of the library; files and what was decided stay.
#[tauri::command]
#[specta::specta]
pub async fn remove_folder(shell: TheShell<'_>, folder: Id) -> Answer<()> {
    let shell = shell.inner().clone();
    blocking(move || {
        let library = shell.library.to_write()?;
        let was_scanning = shell.scanner.stop_and_wait();
        let outcome = library.remove_folder(FolderId(i64::from(folder)));
        if was_scanning {
            shell.scanner.start(false);
        }
        Ok(outcome?)
    })
    .await
}

/// Makes the demo library and listens to it.
#[tauri::command]
#[specta::specta]
pub async fn try_demo(shell: TheShell<'_>) -> Answer<()> {
    shell.library.to_write()?;
    let folder = reprise_library::data_folder()?.join("demo").join("audio");
    shell.scanner.make_demo(folder);
    Ok(())
}
