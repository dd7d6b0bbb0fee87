//! Carries out a plan, and takes it back. Every file is checked again at that moment: what has changed since the plan was
//! made is left alone.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use reprise_analysis::{decode_worker, draw};
use reprise_audio::payload_hash;
use reprise_audio::worker::Worker;
use reprise_quarantine::{Expected, Outcome, Report, RunId, RunState, Runs, Step};
use reprise_store::{PayloadHash, TrackId};

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::scan::walk::{Found, describe};
use crate::threads::{Effort, on_each};
use crate::tidy::after::playlist_steps;
use crate::tidy::keep::Fate;
use crate::tidy::plan::Plan;

/// What a run, or its undo, has done.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanUpReport {
    /// The name of the run; empty if there was nothing to do.
    pub run: String,
    /// The files that were moved, put back or deleted, and their bytes.
    pub files: Vec<PathBuf>,
    /// Bytes of these files.
    pub bytes: u64,
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
    let runs = runs(database);
    if let Some(interrupted) = runs.unfinished()?.runs.first() {
        return Err(Error::CleanUpInterrupted(interrupted.run.to_string()));
    }
    let checks = Checks::of_plan(database, plan)?;
    let left = checks.all(plan, progress)?;
    let refused: BTreeSet<&Path> = left.iter().map(|(file, _)| file.as_path()).collect();
    let going = plan.going().filter(|(gone, _)| !refused.contains(gone.path()));
    let mut steps: Vec<Step> = going
        .map(|(gone, keeper)| Step::Move {
            file: gone.path().into(),
            root: gone.file.root.0.clone(),
            expected: Expected { size_bytes: gone.file.size_bytes, mtime_ns: gone.file.mtime_ns },
            keeper: keeper.path().into(),
            reason: reason(&gone.fate, keeper.path()),
        })
        .collect();
    if steps.is_empty() {
        return Ok(CleanUpReport { left, ..CleanUpReport::default() });
    }
    steps.extend(playlist_steps(database, plan, &refused)?);
    let report = runs.start(&steps, now_s(), &|step| checks.still(step), &mut watch(progress))?;
    let mut told = settled(database, &report, |outcome| matches!(outcome, Outcome::Moved { .. }))?;
    told.left.splice(0..0, left);
    Ok(told)
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
    let has_keeper = |step: &Step| match step {
        Step::Move { keeper, .. } => checks.keeper(database, keeper),
        _ => Ok(()),
    };
    let report = runs.empty(&run, &has_keeper, &mut watch(progress))?;
    settled(database, &report, |outcome| matches!(outcome, Outcome::Removed))
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

fn watch(progress: &Progress) -> impl FnMut(reprise_quarantine::Progress) -> ControlFlow<()> {
    |at| {
        progress.report(Event::MovingFiles { done: at.done, total: at.total });
        if progress.stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Tells the library where the files of a run are now, and the caller what was done.
fn settled(
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
    database.change(Changed::Tracks, |store| {
        store.touch(&present, now_s())?;
        for (file, track) in &absent {
            let root = file.parent().unwrap_or(file);
            store.mark_missing(root, &[*track], now_s())?;
        }
        Ok(())
    })?;
    Ok(told)
}

/// The reason for the manifest in the quarantine.
fn reason(fate: &Fate, keeper: &Path) -> String {
    let rule = match fate {
        Fate::Go { rule: Some(rule), .. } => serde_json::to_string(rule).unwrap_or_default(),
        _ => "the user's choice".into(),
    };
    format!("{} is the same recording and is kept ({})", keeper.display(), rule.trim_matches('"'))
}

/// Files that were checked, and what they looked like at that moment.
#[derive(Default)]
struct Checks {
    /// The audio that the library knows of each file.
    expected: HashMap<PathBuf, PayloadHash>,
    checked: Mutex<HashMap<PathBuf, Found>>,
}

impl Checks {
    /// Checks for the files of a plan that go.
    fn of_plan(database: &Database, plan: &Plan) -> Result<Self, Error> {
        Self::of(database, plan.going().map(|(gone, keeper)| (gone.path(), keeper.path())))
    }

    /// Checks for these files and their keepers.
    fn of<'a>(database: &Database, pairs: impl Iterator<Item = (&'a Path, &'a Path)>) -> Result<Self, Error> {
        let reader = database.reader()?;
        let mut expected = HashMap::new();
        for file in pairs.flat_map(|(gone, keeper)| [gone, keeper]) {
            if let Some(payload) = reader.track_at(file)?.and_then(|track| track.payload) {
                expected.insert(file.to_path_buf(), payload);
            }
        }
        Ok(Self { expected, checked: Mutex::default() })
    }

    /// Checks all files of a plan on all cores. Returns the files that must not go, and why.
    fn all(&self, plan: &Plan, progress: &Progress) -> Result<Vec<(PathBuf, String)>, Error> {
        let (worker, threads) = (decode_worker()?, Effort::default().threads);
        let keepers: BTreeSet<&Path> = plan.going().map(|(_, keeper)| keeper.path()).collect();
        let going: Vec<_> = plan.going().collect();
        let total = keepers.len() + going.len();
        let done = std::sync::atomic::AtomicUsize::new(0);
        let tick = || {
            let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            progress.report(Event::CheckingCopies { done, total });
        };
        let keepers: Vec<&Path> = keepers.into_iter().collect();
        let bad = on_each(
            threads,
            &keepers,
            progress,
            || Ok(()),
            |keeper, ()| {
                tick();
                Ok(self.decodes(&worker, keeper).err().map(|why| (keeper.to_path_buf(), why)))
            },
        )?;
        let bad: HashMap<PathBuf, String> = bad.into_iter().flatten().collect();
        let left = on_each(
            threads,
            &going,
            progress,
            || Ok(()),
            |(gone, keeper), ()| {
                tick();
                let checked = match bad.get(keeper.path()) {
                    Some(why) => Err(format!("the file that is kept, {}, {why}", keeper.path().display())),
                    None => self.is_as_planned(gone.path(), gone.file.size_bytes, gone.file.mtime_ns),
                };
                Ok(checked.err().map(|why| (gone.path().to_path_buf(), why)))
            },
        )?;
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let mut left: Vec<_> = left.into_iter().flatten().collect();
        left.sort();
        Ok(left)
    }

    /// Whether the file that stays can be decoded to its end and contains the audio that the library knows.
    fn decodes(&self, worker: &Worker, keeper: &Path) -> Result<(), String> {
        let found = describe(keeper).map_err(|error| format!("cannot be read: {error}"))?;
        let (decoded, _) = draw(worker, keeper).map_err(|error| format!("cannot be decoded: {error}"))?;
        self.note(keeper, found, PayloadHash(decoded.payload_hash))
    }

    /// Whether the file that goes is the one that was planned, and contains the audio that the library knows.
    fn is_as_planned(&self, file: &Path, size_bytes: u64, mtime_ns: i64) -> Result<(), String> {
        let found = describe(file).map_err(|error| format!("cannot be read: {error}"))?;
        if (found.size_bytes, found.mtime_ns) != (size_bytes, mtime_ns) {
            return Err("has changed since the plan was made".into());
        }
        let payload = payload_hash(file).map_err(|error| format!("cannot be read: {error}"))?;
        self.note(file, found, PayloadHash(payload))
    }

    /// Notes what a file looks like, if its audio is what the library knows.
    fn note(&self, file: &Path, found: Found, payload: PayloadHash) -> Result<(), String> {
        match self.expected.get(file) {
            Some(expected) if *expected == payload => {}
            Some(_) => return Err("contains other audio than when it was scanned".into()),
            None => return Err("is not in the library any more".into()),
        }
        self.checked().insert(file.into(), found);
        Ok(())
    }

    /// Whether both files of a move look as they did when they were checked, a moment ago.
    fn still(&self, step: &Step) -> Result<(), String> {
        let Step::Move { file, keeper, .. } = step else { return Ok(()) };
        for path in [file, keeper] {
            let now =
                describe(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            if self.checked().get(path) != Some(&now) {
                return Err(format!("{} has changed since it was checked", path.display()));
            }
        }
        Ok(())
    }

    /// Checks both files of a move at this moment.
    fn now(&self, database: &Database, step: &Step) -> Result<(), String> {
        let Step::Move { file, keeper, expected, .. } = step else { return Ok(()) };
        self.keeper(database, keeper)?;
        let pair = [(file.as_path(), keeper.as_path())].into_iter();
        let own = Self::of(database, pair).map_err(|error| error.to_string())?;
        own.is_as_planned(file, expected.size_bytes, expected.mtime_ns)
            .map_err(|why| format!("{} {why}", file.display()))
    }

    /// Checks a keeper, unless it was checked and looks the same.
    fn keeper(&self, database: &Database, keeper: &Path) -> Result<(), String> {
        let is_known = describe(keeper).is_ok_and(|now| self.checked().get(keeper) == Some(&now));
        if is_known {
            return Ok(());
        }
        let wrong = |error: &dyn std::error::Error| error.to_string();
        let own = Self::of(database, [(keeper, keeper)].into_iter()).map_err(|error| wrong(&error))?;
        let worker = decode_worker().map_err(|error| wrong(&error))?;
        own.decodes(&worker, keeper).map_err(|why| format!("{} {why}", keeper.display()))?;
        let found = own.checked().remove(keeper);
        self.checked().extend(found.map(|found| (keeper.to_path_buf(), found)));
        Ok(())
    }

    fn checked(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Found>> {
        self.checked.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
