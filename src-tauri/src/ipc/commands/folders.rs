//! Folders: chosen, dropped, typed, taken out again; and the demo library, which is a folder too.

use std::path::PathBuf;

use reprise_library::FolderId;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{TheShell, blocking};
use crate::ipc::dto::Id;
use crate::ipc::error::IpcError;

/// Asks for folders in the system's dialog; none when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_folders(app: AppHandle) -> Result<Vec<String>, IpcError> {
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
pub async fn add_folders(app: AppHandle, shell: TheShell<'_>, paths: Vec<String>) -> Result<(), IpcError> {
    let shell = shell.inner().clone();
    blocking(move || {
        let folders = paths.iter().map(|path| usable(path)).collect::<Result<Vec<_>, _>>()?;
        shell.add_folders(&app, &folders)
    })
    .await
}

/// Takes a folder out of the library; files and what was decided stay.
#[tauri::command]
#[specta::specta]
pub async fn remove_folder(app: AppHandle, shell: TheShell<'_>, folder: Id) -> Result<(), IpcError> {
    let shell = shell.inner().clone();
    blocking(move || {
        let library = shell.writable()?;
        let was_scanning = shell.scanner.stop_and_wait();
        let outcome = library.remove_folder(FolderId(i64::from(folder)));
        if was_scanning {
            shell.scanner.start(&app, false);
        }
        Ok(outcome?)
    })
    .await
}

/// Makes the demo library and listens to it.
#[tauri::command]
#[specta::specta]
pub async fn try_demo(app: AppHandle, shell: TheShell<'_>) -> Result<(), IpcError> {
    shell.writable()?;
    let folder = reprise_library::data_folder()?.join("demo").join("audio");
    shell.scanner.make_demo(&app, folder);
    Ok(())
}

/// A folder as it was named, if it is one; `~` is the user's own folder.
pub fn usable(named: &str) -> Result<PathBuf, IpcError> {
    let named = named.trim();
    let path = match (named.strip_prefix('~'), dirs::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches(['/', '\\'])),
        _ => PathBuf::from(named),
    };
    if !path.is_absolute() {
        let example = dirs::audio_dir().unwrap_or_else(|| PathBuf::from("/home/you/Music"));
        let word =
            format!("{named} is not a full path. Write it from the beginning, as in {}.", example.display());
        return Err(IpcError::bad_input(word));
    }
    let found = std::fs::metadata(&path)
        .map_err(|error| IpcError::bad_input(format!("{} cannot be opened: {error}.", path.display())))?;
    if !found.is_dir() {
        return Err(IpcError::bad_input(format!("{} is a file; name the folder it is in.", path.display())));
    }
    // "/music/" and "/music" are one folder.
    Ok(path.components().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let written = format!(" {}/ ", folder.path().display());
        assert_eq!(usable(&written).unwrap(), folder.path());
        assert_eq!(usable("~").unwrap(), dirs::home_dir().unwrap());
    }

    #[test]
    fn what_is_no_folder_is_refused_with_a_sentence_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (written, word) in [("Music", "full path"), ("/no/such", "cannot be opened")] {
            let message = usable(written).unwrap_err().message;
            assert!(message.starts_with(written) && message.contains(word), "{message}");
        }
        assert!(usable(&file.path().to_string_lossy()).unwrap_err().message.contains("is a file"));
    }
}
