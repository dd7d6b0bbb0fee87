//! The versions of one track, its waveform, and what the user says of tracks.

use reprise_library::Error;
use reprise_wording::not_matched;

use super::library::rows_by_id;
use super::{Answer, TheShell, ask, blocking};
use crate::ipc::dto::{Claim, Id, Question, Version, Versions, track_id};

/// The versions of one track, best first. While its voice is owed, it comes next: somebody looks at it.
#[tauri::command]
#[specta::specta]
pub async fn versions(shell: TheShell<'_>, track: Id) -> Answer<Versions> {
    ask(&shell, move |library| {
        let chosen = track_id(track);
        let answer = library.versions(chosen)?;
        let voice_heard = library.voice_is_analysed(chosen)?;
        if !voice_heard {
            library.prefer_voice(chosen)?;
        }
        let ids = answer.covers.iter().filter_map(|cover| cover.track.id).chain([chosen]);
        let mut rows = rows_by_id(library, ids)?;
        let track = rows.remove(&chosen).ok_or(Error::NoSuchTrack(chosen))?;
        let versions = answer.covers.into_iter().filter_map(|cover| {
            let row = rows.remove(&cover.track.id?)?;
            Version::new(row, cover)
        });
        Ok(Versions {
            track,
            not_matched: answer.not_matched.as_ref().map(not_matched),
            voice_heard,
            has_words: library.has_words(chosen)?,
            kinds: answer.kinds.into_iter().map(Claim::from).collect(),
            versions: versions.collect(),
        })
    })
    .await
}

/// 600 peaks, 0 to 255.
#[tauri::command]
#[specta::specta]
pub async fn waveform(shell: TheShell<'_>, track: Id) -> Answer<Vec<u8>> {
    ask(&shell, move |library| library.waveform(track_id(track))).await
}

/// Answers a question about tracks (nothing withdraws the answer); gives the answer before.
#[tauri::command]
#[specta::specta]
pub async fn decide(shell: TheShell<'_>, question: Question, is_yes: Option<bool>) -> Answer<Option<bool>> {
    let library = shell.library.to_write()?;
    blocking(move || Ok(library.decide(question.into(), is_yes)?)).await
}
