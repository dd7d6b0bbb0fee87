//! Carries out a plan, and takes it back. Every file is checked again at that moment (see `checks`).

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use reprise_quarantine::{Expected, Outcome, Report, RunId, RunState, Runs, Step};
use reprise_store::TrackId;

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::scan::walk::describe;
use crate::tidy::after::playlist_steps;
use crate::tidy::checks::Checks;
use crate::tidy::keep::Fate;
use crate::tidy::plan::{Plan, PlannedFile};

/// What a run, or its undo, has done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanUpReport {
    /// The name of the run; empty if there was nothing to do.
    pub run: String,
    /// The files that were moved, put back or deleted.
    pub files: Vec<PathBuf>,
    /// The playlist files that were rewritten, written or put back.
    pub playlists: Vec<PathBuf>,
    /// What was left alone, and why: clauses that follow the name of the file, or sentences that contain it.
    pub left: Vec<(PathBuf, String)>,
    /// Whether the caller stopped it. The run can be finished or undone.
    pub is_stopped: bool,
}

/// Checks every file of a plan again, as a run does, and changes nothing. Returns what a run would leave alone, and why.
pub(crate) fn check(
    database: &Database,
    plan: &Plan,
    progress: &Progress,
) -> Result<Vec<(PathBuf, String)>, Error> {
    let checks = Checks::of_plan(database, plan)?;
    checks.all(plan, progress)
}

/// Moves the files of a plan that go into the quarantine, and corrects playlists.
pub(crate) fn run(database: &Database, plan: &Plan, progress: &Progress) -> Result<CleanUpReport, Error> {
    let runs = runs_that_are_finished(database)?;
    let checks = Checks::of_plan(database, plan)?;
    let left = checks.all(plan, progress)?;
    let refused: BTreeSet<&Path> = left.iter().map(|(file, _)| file.as_path()).collect();
    let mut steps = moves(plan, &refused);
    if steps.is_empty() {
        return Ok(CleanUpReport { left, ..CleanUpReport::default() });
    }
    steps.extend(playlist_steps(database, plan, &refused)?);
    let report = runs.start(&steps, now_s(), &|step| checks.still(step), &mut watch(progress))?;
    let mut told = settled(database, &report, |outcome| matches!(outcome, Outcome::Moved { .. }))?;
    told.left.splice(0..0, left);
    Ok(told)
}

/// The moves of the files of a plan that go, but for those in `stay`.
pub(super) fn moves(plan: &Plan, stay: &BTreeSet<&Path>) -> Vec<Step> {
    let going = plan.going().filter(|(gone, _)| !stay.contains(gone.path()));
    let step = |(gone, keeper): (&PlannedFile, &PlannedFile)| Step::Move {
        file: gone.path().into(),
        root: gone.file.root.0.clone(),
        expected: Expected { size_bytes: gone.file.size_bytes, mtime_ns: gone.file.mtime_ns },
        keeper: keeper.path().into(),
        keeper_content: keeper.file.payload.clone(),
        reason: reason(&gone.fate, keeper.path()),
    };
    going.map(step).collect()
}

/// The runs that the journals of this library know, the oldest first.
pub(crate) fn all(database: &Database) -> Result<Vec<RunState>, Error> {
    Ok(runs(database).all()?.runs)
}

/// Does what is left of an interrupted run.
pub(crate) fn finish(database: &Database, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
    let (runs, run) = (runs(database), named(run)?);
    let checks = Checks::default();
    let report = runs.finish(&run, &|step| checks.now(database, step), &mut watch(progress))?;
    settled(database, &report, |outcome| matches!(outcome, Outcome::Moved { .. }))
}

/// Puts back every file of a run.
pub(crate) fn undo(database: &Database, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
    let report = runs(database).undo(&named(run)?, &mut watch(progress))?;
    settled(database, &report, |outcome| matches!(outcome, Outcome::Restored | Outcome::InPlace))
}

/// The files of a run that are in the quarantine: where they were, and their bytes.
pub(crate) fn quarantined(database: &Database, run: &str) -> Result<Vec<(PathBuf, u64)>, Error> {
    let kept = runs(database).contents(&named(run)?)?;
    Ok(kept.into_iter().map(|one| (one.file, one.size_bytes)).collect())
}

/// Deletes the files of a run from the quarantine for good. A file whose keeper is no longer there is left.
pub(crate) fn empty(database: &Database, run: &str, progress: &Progress) -> Result<CleanUpReport, Error> {
    let (runs, run, checks) = (runs(database), named(run)?, Checks::default());
    let report = runs.empty(&run, &|step| checks.keeper(database, step), &mut watch(progress))?;
    settled(database, &report, |outcome| matches!(outcome, Outcome::Removed))
}

/// The runs, if none of them was interrupted.
pub(super) fn runs_that_are_finished(database: &Database) -> Result<Runs, Error> {
    let runs = runs(database);
    match runs.unfinished()?.runs.first() {
        Some(interrupted) => Err(Error::CleanUpInterrupted(interrupted.run.to_string())),
        None => Ok(runs),
    }
}

/// The journals are beside the library's file.
fn runs(database: &Database) -> Runs {
    let mut name = database.path().file_name().unwrap_or_default().to_owned();
    name.push(".clean-up");
    Runs::in_folder(database.path().with_file_name(name))
}

fn named(run: &str) -> Result<RunId, Error> {
    RunId::parse(run).ok_or_else(|| Error::NoSuchRun(run.into()))
}

pub(super) fn watch(progress: &Progress) -> impl FnMut(reprise_quarantine::Progress) -> ControlFlow<()> {
    |at| {
        progress.report(Event::MovingFiles { done: at.done, total: at.total });
        if progress.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Tells the library where the files of a run are now, and the caller what was done.
pub(super) fn settled(
    database: &Database,
    report: &Report,
    is_done: impl Fn(&Outcome) -> bool,
) -> Result<CleanUpReport, Error> {
    let mut told = CleanUpReport {
        run: report.run.to_string(),
        is_stopped: report.is_stopped,
        ..CleanUpReport::default()
    };
    let (mut present, mut absent): (Vec<TrackId>, Vec<(PathBuf, TrackId)>) = Default::default();
    for one in &report.told {
        if let Outcome::Left { why } = &one.outcome {
            told.left.push((one.file.clone(), why.clone()));
            continue;
        }
        let Some(track) = database.reader()?.track_at(&one.file)? else {
            told.playlists.push(one.file.clone());
            continue;
        };
        match describe(&one.file) {
            Ok(_) => present.push(track.id),
            Err(_) => absent.push((one.file.clone(), track.id)),
        }
        if is_done(&one.outcome) {
            told.files.push(one.file.clone());
        }
    }
    note_places(database, &present, &absent)?;
    Ok(told)
}

/// Tells the library which files are where it knows them, and which are not.
pub(super) fn note_places(
    database: &Database,
    present: &[TrackId],
    absent: &[(PathBuf, TrackId)],
) -> Result<(), Error> {
    database.change(Changed::Tracks, |store| {
        store.touch(present, now_s())?;
        for (file, track) in absent {
            let root = file.parent().unwrap_or(file);
            store.mark_missing(root, &[*track], now_s())?;
        }
        Ok(())
    })
}

/// The reason for the manifest in the quarantine.
fn reason(fate: &Fate, keeper: &Path) -> String {
    let rule = match fate {
        Fate::Go { rule: Some(rule), .. } => serde_json::to_string(rule).unwrap_or_default(),
        _ => "the user's choice".into(),
    };
    format!("{} is the same recording and is kept ({})", keeper.display(), rule.trim_matches('"'))
}
