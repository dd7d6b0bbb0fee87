//! Which models embed the tracks: those that ship, or one that the user chose.

use reprise_library::named_folder;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{Answer, TheShell, ask, blocking};
use crate::ipc::dto::Model;
use crate::ipc::error::IpcError;

/// The models in use, one for each view.
#[tauri::command]
#[specta::specta]
pub async fn models(shell: TheShell<'_>) -> Answer<Vec<Model>> {
    ask(&shell, |library| Ok(library.models()?.into_iter().map(Model::from).collect())).await
}

/// Asks for the folder of a model in the system's dialog; none when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_model(app: AppHandle) -> Answer<Option<String>> {
    blocking(move || {
        let chosen = app.dialog().file().set_title("Folder of a model").blocking_pick_folder();
        let path = chosen.and_then(|path| path.into_path().ok());
        Ok(path.map(|path| path.to_string_lossy().into_owned()))
    })
    .await
}

/// Uses the model in `folder`, or those that ship, and begins to embed the tracks again if that is a change.
#[tauri::command]
#[specta::specta]
pub async fn use_model(shell: TheShell<'_>, folder: Option<String>) -> Answer<()> {
    let shell = shell.inner().clone();
    blocking(move || {
        let library = shell.library.to_write()?;
        let folder = folder.map(|path| named_folder(&path)).transpose().map_err(IpcError::bad_input)?;
        if library.use_model(folder.as_deref())? {
            shell.scanner.start(false);
        }
        Ok(())
    })
    .await
}
