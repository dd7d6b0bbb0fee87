//! The words of tracks, as heard.

use std::collections::HashMap;

use reprise_library::TrackId;

use super::library::rows_by_id;
use super::{Answer, TheShell, ask};
use crate::ipc::dto::{FoundLine, Id, TrackRow, WordsBeside, track_id};

/// At most so many answers to a line: who remembers a song knows it among few.
const FOUND: usize = 8;

/// Tracks in which a line is sung, best first.
#[tauri::command]
#[specta::specta]
pub async fn search_words(shell: TheShell<'_>, line: String) -> Answer<Vec<FoundLine>> {
    ask(&shell, move |library| {
        let found = library.search_words(&line, FOUND)?;
        let ids = found.iter().filter_map(|one| one.track.id);
        let mut rows: HashMap<TrackId, TrackRow> = rows_by_id(library, ids)?;
        let line = |one: reprise_library::FoundLine| {
            Some(FoundLine { track: rows.remove(&one.track.id?)?, line: one.line.into() })
        };
        Ok(found.into_iter().filter_map(line).collect())
    })
    .await
}

/// The words of two tracks, and which lines say the same; nothing unless words are known of both.
#[tauri::command]
#[specta::specta]
pub async fn words_beside(shell: TheShell<'_>, track: Id, other: Id) -> Answer<Option<WordsBeside>> {
    ask(&shell, move |library| {
        Ok(library.words_beside(track_id(track), track_id(other))?.map(WordsBeside::from))
    })
    .await
}
