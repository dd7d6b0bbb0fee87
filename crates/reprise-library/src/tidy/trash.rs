//! The second choice: the files of a plan go to the trash of the operating system. Reprise cannot take that back; the user
//! can, with the system's file manager. [`to_trash`] says what else the trash does not promise.

use std::collections::BTreeSet;
use std::path::Path;

use reprise_quarantine::{Expected, Outcome, Step, to_trash};

use crate::database::Database;
use crate::database::clock::now_s;
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::tidy::after::playlist_steps;
use crate::tidy::checks::Checks;
use crate::tidy::plan::Plan;
use crate::tidy::run::{CleanUpReport, note_places, runs_that_are_finished, settled, watch};

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
    let steps = playlist_steps(database, plan, &refused)?;
    let mut told = CleanUpReport::default();
    if !steps.is_empty() {
        let report = runs.start(&steps, now_s(), &|_| Ok(()), &mut watch(progress))?;
        told = settled(database, &report, |outcome| matches!(outcome, Outcome::Moved { .. }))?;
    }
    told.left.splice(0..0, left.iter().cloned());
    let total = plan.going().count();
    let mut absent = Vec::new();
    for (done, (gone, keeper)) in plan.going().enumerate() {
        if progress.stopped() {
            told.is_stopped = true;
            break;
        }
        progress.report(Event::MovingFiles { done, total });
        let file = gone.path();
        if refused.contains(file) {
            continue;
        }
        let expected = Expected { size_bytes: gone.file.size_bytes, mtime_ns: gone.file.mtime_ns };
        let step = Step::Move {
            file: file.into(),
            root: gone.file.root.0.clone(),
            expected,
            keeper: keeper.path().into(),
            reason: String::new(),
        };
        match to_trash(file, expected, keeper.path(), &|| checks.still(&step)) {
            Ok(()) => {
                let track = database.reader()?.track_at(file)?;
                absent.extend(track.map(|track| (file.to_path_buf(), track.id)));
                told.files.push(file.into());
            }
            Err(error) => told.left.push((file.into(), error.to_string())),
        }
    }
    note_places(database, &[], &absent)?;
    Ok(told)
}
