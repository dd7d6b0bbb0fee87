//! What a clean-up does to playlists, and what it has done.

use std::path::PathBuf;

use reprise_library as library;
use reprise_wording::clean_up as words;
use serde::Serialize;
use specta::Type;
use specta_typescript::Number;

use super::numbers::number;
use super::path::text;

/// What becomes of one playlist file.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistAfter {
    file: String,
    /// Where the new version would be: the file itself, or a new one; null if it is only read.
    written_to: Option<String>,
    changed: Vec<EntryAfter>,
    /// Entries that name a file that goes, and still will.
    left: Vec<EntryAfter>,
    marks: Vec<MarkAfter>,
    /// Tracks with a new place, which rekordbox ignores for tracks that it knows.
    relocated: u32,
}

/// An entry of a playlist, before and after.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EntryAfter {
    /// The folders around the playlist and its name, joined by slashes.
    playlist: String,
    /// Its place, counted from 1.
    number: u32,
    from: String,
    /// Null if it stays.
    to: Option<String>,
    /// Why it stays.
    reason: Option<String>,
}

/// A cue point or loop of a file that goes.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkAfter {
    from: String,
    name: String,
    is_loop: bool,
    #[specta(type = Option<Number>)]
    at_s: Option<f64>,
    /// Where the kept file has it afterwards.
    #[specta(type = Option<Number>)]
    carried_to_s: Option<f64>,
    /// Why it does not have it.
    not_carried: Option<String>,
}

impl From<library::PlaylistAfter> for PlaylistAfter {
    fn from(after: library::PlaylistAfter) -> Self {
        let left = after.left.into_iter().map(|(entry, reason)| EntryAfter::new(entry, Some(reason)));
        Self {
            file: text(&after.file),
            written_to: after.written_to.as_deref().map(text),
            changed: after.changed.into_iter().map(|entry| EntryAfter::new(entry, None)).collect(),
            left: left.collect(),
            marks: after.marks.into_iter().map(MarkAfter::from).collect(),
            relocated: number(after.relocated),
        }
    }
}

impl EntryAfter {
    fn new(entry: library::EntryAfter, reason: Option<String>) -> Self {
        Self {
            playlist: entry.playlist.join(" / "),
            number: number(entry.number),
            from: text(&entry.from),
            to: entry.to.as_deref().map(text),
            reason,
        }
    }
}

impl From<library::MarkAfter> for MarkAfter {
    fn from(mark: library::MarkAfter) -> Self {
        Self {
            from: text(&mark.from),
            name: mark.name,
            is_loop: mark.is_loop,
            at_s: mark.at_s,
            carried_to_s: mark.after.as_ref().ok().copied(),
            not_carried: mark.after.err(),
        }
    }
}

/// A file that was left alone, or would be.
#[derive(Debug, Clone, Serialize, Type)]
pub struct LeftAlone {
    path: String,
    /// A clause that follows the file's name, or a sentence that contains it.
    reason: String,
}

impl From<(PathBuf, String)> for LeftAlone {
    fn from((path, reason): (PathBuf, String)) -> Self {
        Self { path: text(&path), reason }
    }
}

/// What a run, or its undo, has done.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CleanUpReport {
    /// Its name; null if there was nothing to do.
    run: Option<String>,
    files: u32,
    playlists: Vec<String>,
    left: Vec<LeftAlone>,
    is_stopped: bool,
}

impl From<library::CleanUpReport> for CleanUpReport {
    fn from(report: library::CleanUpReport) -> Self {
        Self {
            run: Some(report.run).filter(|run| !run.is_empty()),
            files: number(report.files.len()),
            playlists: report.playlists.iter().map(|file| text(file)).collect(),
            left: report.left.into_iter().map(LeftAlone::from).collect(),
            is_stopped: report.is_stopped,
        }
    }
}

/// A clean-up that was run.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CleanUp {
    run: String,
    /// In Unix seconds.
    #[specta(type = Number)]
    begun_s: f64,
    /// How far it is, and what can be done about it.
    words: String,
    /// It must be finished, undone or emptied before another one.
    is_interrupted: bool,
    can_finish: bool,
    can_undo: bool,
    can_empty: bool,
    /// Files that it moves, and playlists that it writes. Without files they went to the system's trash.
    files: u32,
    playlists: u32,
}

impl From<library::RunState> for CleanUp {
    fn from(run: library::RunState) -> Self {
        use library::Stage::{Emptied, Emptying, Finished, PartlyEmptied, Undoing, Undone, Unfinished};
        let is_at = |stages: &[library::Stage]| stages.contains(&run.stage);
        let is_interrupted = is_at(&[Unfinished, Undoing, Emptying]);
        // Somebody is at work on it, perhaps another program.
        let is_running = is_interrupted && run.is_in_use;
        Self {
            run: run.run.to_string(),
            begun_s: run.begun_s as f64,
            words: if is_running { "under way".into() } else { words::stage(run.stage).into() },
            is_interrupted: is_interrupted && !is_running,
            can_finish: is_at(&[Unfinished]) && !is_running,
            can_undo: !is_at(&[Undone, Emptied]) && !is_running,
            can_empty: is_at(&[Finished, Emptying, PartlyEmptied]) && !is_running && run.n_moves > 0,
            files: number(run.n_moves),
            playlists: number(run.steps.len() - run.n_moves),
        }
    }
}

/// What emptying the quarantine of a run deletes for good.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Quarantined {
    files: u32,
    #[specta(type = Number)]
    bytes: f64,
}

impl From<Vec<(PathBuf, u64)>> for Quarantined {
    fn from(files: Vec<(PathBuf, u64)>) -> Self {
        Self { files: number(files.len()), bytes: files.iter().map(|(_, bytes)| *bytes as f64).sum() }
    }
}
