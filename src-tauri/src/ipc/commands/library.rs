//! The library as a whole, its list and its songs.

use std::collections::HashMap;

use reprise_library::{Devices, Library, TrackId};

use super::{Answer, TheShell, ask, blocking};
use crate::ipc::dto::{
    Claim, Folder, Id, ListQuery, Overview, Problem, Song, SongMember, TrackRow, id, number, track_id,
};

/// Folders, counts and the state of the scan.
#[tauri::command]
#[specta::specta]
pub async fn overview(shell: TheShell<'_>) -> Answer<Overview> {
    let (scan, notice) = (shell.scanner.scan(), shell.library.notice());
    ask(&shell, move |library| {
        let (counts, voices) = (library.counts()?, library.voice_counts()?);
        Ok(Overview {
            folders: library.folders()?.into_iter().map(Folder::from).collect(),
            tracks: number(counts.tracks),
            heard: number(counts.analysed),
            // A voice is heard when its words are.
            voices_heard: number(voices.analysed.saturating_sub(voices.owed_words)),
            voices_total: number(voices.total),
            missing: number(counts.missing),
            problems: number(counts.problems),
            scan,
            can_write: library.can_write(),
            notice,
            revision: library.revision() as u32,
        })
    })
    .await
}

/// Ids of the tracks that fit, in order.
#[tauri::command]
#[specta::specta]
pub async fn track_ids(shell: TheShell<'_>, query: ListQuery) -> Answer<Vec<Id>> {
    ask(&shell, move |library| Ok(library.track_ids(&query.into())?.into_iter().map(id).collect())).await
}

/// Rows in the order of `ids`; tracks that are gone are left out.
#[tauri::command]
#[specta::specta]
pub async fn tracks(shell: TheShell<'_>, ids: Vec<Id>) -> Answer<Vec<TrackRow>> {
    let ids: Vec<TrackId> = ids.into_iter().map(track_id).collect();
    ask(&shell, move |library| Ok(library.rows(&ids)?.into_iter().map(TrackRow::from).collect())).await
}

/// Songs with several versions, largest first.
#[tauri::command]
#[specta::specta]
pub async fn songs(shell: TheShell<'_>) -> Answer<Vec<Song>> {
    ask(&shell, |library| {
        let song = |song: reprise_library::Song| Song { tracks: song.tracks.into_iter().map(id).collect() };
        Ok(library.songs()?.into_iter().map(song).collect())
    })
    .await
}

/// The tracks of the song that holds `track`, with reasons.
#[tauri::command]
#[specta::specta]
pub async fn song(shell: TheShell<'_>, track: Id) -> Answer<Option<Vec<SongMember>>> {
    ask(&shell, move |library| {
        let Some(cluster) = library.song(track_id(track))? else { return Ok(None) };
        let ids = cluster.members.iter().filter_map(|member| member.track.id);
        let mut rows = rows_by_id(library, ids)?;
        let members = cluster.members.into_iter().filter_map(|member| {
            let track = rows.remove(&member.track.id?)?;
            let kinds = member.kinds.into_iter().map(Claim::from).collect();
            let reason = member.reason.as_ref().map(reprise_wording::reason);
            Some(SongMember { track, reason, recording: number(member.recording), kinds })
        });
        Ok(Some(members.collect()))
    })
    .await
}

/// Files that could not be used, or not whole.
#[tauri::command]
#[specta::specta]
pub async fn problems(shell: TheShell<'_>) -> Answer<Vec<Problem>> {
    ask(&shell, |library| Ok(library.problems()?.into_iter().map(Problem::from).collect())).await
}

/// Where networks run, then why not on each graphics processor that was tried. The first answer takes up to some
/// seconds.
#[tauri::command]
#[specta::specta]
pub async fn devices() -> Answer<Vec<String>> {
    blocking(|| Ok(Devices::find()?.sentences())).await
}

/// The rows of some tracks by their ids.
pub fn rows_by_id(
    library: &Library,
    ids: impl Iterator<Item = TrackId>,
) -> Result<HashMap<TrackId, TrackRow>, reprise_library::Error> {
    let rows = library.rows(&ids.collect::<Vec<_>>())?;
    Ok(rows.into_iter().filter_map(|row| Some((row.track.id?, TrackRow::from(row)))).collect())
}
