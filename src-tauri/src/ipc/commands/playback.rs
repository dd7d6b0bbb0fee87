//! Sound: play, pause, seek. What became of it is told by [`PlaybackChanged`](crate::ipc::events::PlaybackChanged).

use reprise_library::Error;

use super::{Answer, TheShell, ask};
use crate::ipc::dto::{Id, track_id};

/// Plays a track from second `from_s`.
#[tauri::command]
#[specta::specta]
pub async fn play(shell: TheShell<'_>, track: Id, from_s: f64) -> Answer<()> {
    let id = track_id(track);
    let path = ask(&shell, move |library| library.track_path(id)?.ok_or(Error::NoSuchTrack(id))).await?;
    shell.sound.play(track, path, from_s);
    Ok(())
}

/// Holds the sound, or goes on.
#[tauri::command]
#[specta::specta]
pub async fn hold(shell: TheShell<'_>, waits: bool) -> Answer<()> {
    if waits {
        shell.sound.player.pause()
    } else {
        shell.sound.player.resume()
    }
    Ok(())
}

/// Goes to second `to_s`.
#[tauri::command]
#[specta::specta]
pub async fn seek(shell: TheShell<'_>, to_s: f64) -> Answer<()> {
    shell.sound.player.seek(to_s);
    Ok(())
}

/// How loud, 0 to 1.
#[tauri::command]
#[specta::specta]
pub async fn set_volume(shell: TheShell<'_>, volume: f32) -> Answer<()> {
    shell.sound.player.set_volume(volume);
    Ok(())
}
