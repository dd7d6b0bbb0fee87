//! The second choice: the files of a plan go to the trash of the operating system. Reprise cannot take that back; the user
//! can, with the system's file manager. [`to_trash`] says what else the trash does not promise.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use reprise_quarantine::{Outcome, Step, to_trash};

use crate::database::Database;
use crate::database::clock::now_s;
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::tidy::after::playlist_steps;
use crate::tidy::checks::Checks;
use crate::tidy::plan::Plan;
use crate::tidy::run::{CleanUpReport, moves, note_places, runs_that_are_finished, settled, watch};

/// Corrects playlists, and then moves the files of a plan that go to the trash. In this order, so that no entry leads
/// nowhere if the process ends in between: until its file goes, an entry names another copy of the same recording.
pub(crate) fn run_to_trash(
    database: &Database,
    plan: &Plan,
    progress: &Progress,
) -> Result<CleanUpReport, Error> {
    let runs = runs_that_are_finished(database)?;
    let checks = Checks::of_plan(database, plan)?;
    let left = checks.all(plan, progress)?;
    let refused: BTreeSet<&Path> = left.iter().map(|(file, _)| file.as_path()).collect();
    let moves = moves(plan, &refused);
    let playlists = playlist_steps(database, plan, &refused)?;
    let whole: Vec<Step> = moves.iter().chain(&playlists).cloned().collect();
    if let Some(refusal) = runs.refusals(&whole).first() {
        return Err(Error::CleanUp(format!("{}: {}", refusal.file.display(), refusal.why)));
    }
    let mut told = CleanUpReport::default();
    if !playlists.is_empty() {
        let report = runs.start(&playlists, now_s(), &|_| Ok(()), &mut watch(progress))?;
        told = settled(database, &report, |outcome| matches!(outcome, Outcome::Moved { .. }))?;
    }
    let are_corrected = told.left.is_empty() && !told.is_stopped;
    told.left.splice(0..0, left.iter().cloned());
    if !are_corrected {
        // An entry would lead nowhere.
        return Ok(told);
    }
    let (mut tracks, total) = (HashMap::new(), moves.len());
    for step in &moves {
        tracks.insert(step.file(), database.reader()?.track_at(step.file())?.map(|track| track.id));
    }
    let mut absent = Vec::new();
    for (done, step) in moves.iter().enumerate() {
        if progress.stopped() {
            told.is_stopped = true;
            break;
        }
        progress.report(Event::MovingFiles { done, total });
        let Step::Move { file, expected, keeper, .. } = step else { continue };
        match to_trash(file, *expected, keeper, &|| checks.still(step)) {
            Ok(()) => {
                absent.extend(tracks[file.as_path()].map(|track| (file.clone(), track)));
                told.files.push(file.clone());
            }
            Err(error) => told.left.push((file.clone(), error.to_string())),
        }
    }
    note_places(database, &[], &absent)?;
    Ok(told)
}
