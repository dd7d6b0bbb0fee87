//! The runs whose journals are in one folder: the public interface.

use std::fs;
use std::path::{Path, PathBuf};

use crate::carry_out::{self, Verify};
use crate::check;
use crate::disk::Disk;
use crate::empty::{self, Kept};
use crate::engine::{BATCH, Session, Watch};
use crate::error::{Error, Refusal};
use crate::journal::{self, Journal};
use crate::layout;
use crate::lock::{self, Lock};
use crate::outcome::{Outcome, Report};
use crate::plan::{Plan, Planned};
use crate::prepare;
use crate::record::{History, Stage};
use crate::run_id::RunId;
use crate::step::Step;
use crate::undo;

/// The runs of one folder of journals, which is usually the data folder of the library.
pub struct Runs {
    folder: PathBuf,
    disk: Disk,
    /// How many steps are journalled together.
    batch: usize,
}

/// A run, as its journal tells it.
#[derive(Debug, Clone)]
pub struct RunState {
    /// Its name.
    pub run: RunId,
    /// When it was begun, in seconds since 1970.
    pub begun_s: i64,
    /// How far it is.
    pub stage: Stage,
    /// What it was to do: the file of each step, and what became of it by the last line about it. `None` where the run
    /// was interrupted before it could say so.
    pub steps: Vec<(PathBuf, Option<Outcome>)>,
    /// How many of the steps move a file; the others write playlists.
    pub n_moves: usize,
    /// The folders in whose quarantines its files are.
    pub roots: Vec<PathBuf>,
    /// Whether a process is at work on some run of the folder. If the stage is an interrupted one, it may be this run,
    /// and it is not interrupted at all.
    pub is_in_use: bool,
}

/// All runs of a folder.
#[derive(Debug, Default)]
pub struct Listed {
    /// The oldest first.
    pub runs: Vec<RunState>,
    /// Why the other journals cannot be read.
    pub unreadable: Vec<Error>,
}

impl Runs {
    /// The runs whose journals are in this folder. It is created by the first run.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), disk: Disk::new(), batch: BATCH }
    }

    /// Runs on a disk that tests can let fail, with batches of another length.
    #[cfg(test)]
    #[cfg(unix)]
    pub(crate) fn on_disk(folder: impl Into<PathBuf>, disk: Disk, batch: usize) -> Self {
        Self { folder: folder.into(), disk, batch }
    }

    /// Does the steps, in order. `now_s` is the time in seconds since 1970. A step that cannot be done is left alone,
    /// and the report says why.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the list contradicts itself, a volume has no room, or a quarantine cannot be made: nothing
    /// was changed. With any other error, what was done is in the journal: the run can be finished or undone.
    pub fn start(&self, steps: &[Step], now_s: i64, verify: Verify, watch: Watch) -> Result<Report, Error> {
        let lock = lock::take(&self.folder)?;
        self.sweep()?;
        let refusals = check::refusals(&self.disk, steps);
        if !refusals.is_empty() {
            return Err(Error::Refused(refusals));
        }
        let plan = self.plan(steps, now_s)?;
        let history = History::new(steps.len());
        let journal = Journal::create(&self.disk, &self.folder, &plan, &new_bytes(steps))?;
        let mut session = self.session(plan, history, journal, lock);
        match carry_out::carry_out(&mut session, &self.folder, verify, watch) {
            Err(Error::Refused(refusals)) => {
                for root in session.plan.roots() {
                    prepare::clear(&self.disk, &session.plan, root)?;
                }
                self.remove_journal(&session.plan.run)?;
                Err(Error::Refused(refusals))
            }
            outcome => outcome,
        }
    }

    /// What would prevent [`Runs::start`] from doing this list, because it contradicts itself or a volume has no room.
    pub fn refusals(&self, steps: &[Step]) -> Vec<Refusal> {
        check::refusals(&self.disk, steps)
    }

    /// All runs.
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed. A journal that cannot be read is in the list.
    pub fn all(&self) -> Result<Listed, Error> {
        let is_in_use = lock::is_taken(&self.folder);
        let mut listed = Listed::default();
        for (run, path) in self.files("journal")? {
            match journal::read(&path) {
                Ok(read) => listed.runs.push(state(run, read.plan, read.history, is_in_use)),
                Err(error) => listed.unreadable.push(error),
            }
        }
        listed.runs.sort_by(|a, b| (a.begun_s, &a.run).cmp(&(b.begun_s, &b.run)));
        Ok(listed)
    }

    /// The runs that were interrupted: each can be finished or undone (one whose undo was interrupted only undone, one
    /// whose quarantine was being emptied emptied or undone).
    ///
    /// # Errors
    ///
    /// When the folder cannot be listed.
    pub fn unfinished(&self) -> Result<Listed, Error> {
        let mut listed = self.all()?;
        listed.runs.retain(|run| matches!(run.stage, Stage::Unfinished | Stage::Undoing | Stage::Emptying));
        Ok(listed)
    }

    /// Does what is left of an interrupted run. For a run that was finished it does nothing.
    ///
    /// # Errors
    ///
    /// As [`Runs::start`]; also when the run was undone or emptied, in part or whole.
    pub fn finish(&self, run: &RunId, verify: Verify, watch: Watch) -> Result<Report, Error> {
        let mut session = self.open(run)?;
        match session.history.stage {
            Stage::Unfinished => carry_out::carry_out(&mut session, &self.folder, verify, watch),
            Stage::Finished => Ok(nothing(run)),
            _ => Err(wrong(run, "is being undone or emptied, or was: it cannot be finished any more")),
        }
    }

    /// Puts every file of a run back, whether the run was finished or not. Where something else is at the place of a
    /// file, that file stays in the quarantine and the report says so; the run can be undone again. For a run that was
    /// undone it does nothing.
    ///
    /// # Errors
    ///
    /// When the quarantine was emptied, cannot be reached, or the journal cannot be written.
    pub fn undo(&self, run: &RunId, watch: Watch) -> Result<Report, Error> {
        let mut session = self.open(run)?;
        match session.history.stage {
            Stage::Undone => Ok(nothing(run)),
            Stage::Emptied => Err(wrong(run, "cannot be undone: its quarantine was emptied")),
            _ => undo::undo(&mut session, watch),
        }
    }

    /// The files of a run that are in the quarantine: what [`Runs::empty`] would remove.
    ///
    /// # Errors
    ///
    /// When the journal or the quarantine cannot be read.
    pub fn contents(&self, run: &RunId) -> Result<Vec<Kept>, Error> {
        let plan = self.read(run)?.plan;
        for root in plan.roots() {
            if !root.is_dir() {
                return Err(Error::FolderGone(root.into()));
            }
        }
        empty::contents(&self.disk, &plan)
    }

    /// Removes the files of a run from the quarantine **for good**, and the folder of the run. `verify` is asked before
    /// each, so that a caller can make sure that the keeper is still there; of a rewritten file it is told no new bytes.
    /// For a run whose quarantine was emptied it does nothing.
    ///
    /// # Errors
    ///
    /// When the run was interrupted, the quarantine cannot be reached, or the journal cannot be written.
    pub fn empty(&self, run: &RunId, verify: Verify, watch: Watch) -> Result<Report, Error> {
        let mut session = self.open(run)?;
        match session.history.stage {
            Stage::Emptied => Ok(nothing(run)),
            Stage::Undone => Err(wrong(run, "was undone: nothing of it is in the quarantine")),
            Stage::Unfinished | Stage::Undoing => {
                Err(wrong(run, "was interrupted: finish it or undo it before its quarantine is emptied"))
            }
            _ => empty::empty(&mut session, verify, watch),
        }
    }

    /// Removes the journal of a run of which nothing is in the quarantine. This also ends an interrupted run whose
    /// quarantine somebody has deleted. Where a drive is not connected and has left an empty folder, that looks the
    /// same; the manifest on the drive then still says what is where.
    ///
    /// # Errors
    ///
    /// When files are still there, or the folder of the quarantine cannot be reached.
    pub fn forget(&self, run: &RunId) -> Result<(), Error> {
        let _lock = lock::take(&self.folder)?;
        if !self.contents(run)?.is_empty() {
            return Err(wrong(run, "still has files in the quarantine: undo it or empty it first"));
        }
        self.remove_journal(run)
    }

    fn plan(&self, steps: &[Step], now_s: i64) -> Result<Plan, Error> {
        let mut attempt = 0;
        let mut run = RunId::new(&self.folder, now_s, attempt);
        while layout::journal(&self.folder, &run).exists() {
            attempt += 1;
            run = RunId::new(&self.folder, now_s, attempt);
        }
        Plan::new(run, now_s, steps).map_err(|step| {
            let why = String::from("its path in the quarantine would be longer than the system allows");
            Error::Refused(vec![Refusal { step, file: steps[step].file().into(), why }])
        })
    }

    fn session(&self, plan: Plan, history: History, journal: Journal, lock: Lock) -> Session<'_> {
        Session { disk: &self.disk, plan, history, journal, batch: self.batch, _lock: lock }
    }

    fn read(&self, run: &RunId) -> Result<journal::Read, Error> {
        let path = layout::journal(&self.folder, run);
        if !path.exists() {
            return Err(Error::NoSuchRun { run: run.clone(), folder: self.folder.clone() });
        }
        journal::read(&path)
    }

    /// Opens the journal of a run under the lock.
    fn open(&self, run: &RunId) -> Result<Session<'_>, Error> {
        self.read(run)?;
        let lock = lock::take(&self.folder)?;
        let (journal, plan, history) = Journal::open(&layout::journal(&self.folder, run))?;
        Ok(self.session(plan, history, journal, lock))
    }

    /// The files of runs with an extension.
    fn files(&self, extension: &str) -> Result<Vec<(RunId, PathBuf)>, Error> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::io("read", &self.folder)(source)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(Error::io("read", &self.folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let run = name.split_once('.').filter(|(_, end)| *end == extension);
            if let Some(run) = run.and_then(|(run, _)| RunId::parse(run)) {
                found.push((run, path));
            }
        }
        Ok(found)
    }

    /// Removes what a process left that was killed before its run had a journal.
    fn sweep(&self) -> Result<(), Error> {
        let mut orphans = self.files("journal.part")?;
        let bytes = self.files("bytes")?;
        orphans.extend(bytes.into_iter().filter(|(run, _)| !layout::journal(&self.folder, run).exists()));
        orphans.iter().try_for_each(|(_, path)| remove(&self.disk, path))
    }

    fn remove_journal(&self, run: &RunId) -> Result<(), Error> {
        remove(&self.disk, &layout::journal(&self.folder, run))?;
        remove(&self.disk, &layout::new_bytes(&self.folder, run))
    }
}

fn remove(disk: &Disk, path: &Path) -> Result<(), Error> {
    disk.remove_leftover(path).map_err(Error::io("removed", path))
}

/// The bytes that the steps write, in order.
fn new_bytes(steps: &[Step]) -> Vec<&[u8]> {
    let bytes = steps.iter().filter_map(|step| match step {
        Step::Move { .. } => None,
        Step::Rewrite { new_bytes, .. } => Some(new_bytes.as_slice()),
        Step::Create { bytes, .. } => Some(bytes.as_slice()),
    });
    bytes.collect()
}

fn state(run: RunId, plan: Plan, history: History, is_in_use: bool) -> RunState {
    let outcomes = history.last.into_iter().map(|last| last.map(|(_, outcome)| outcome));
    RunState {
        run,
        begun_s: plan.begun_s,
        stage: history.stage,
        n_moves: plan.steps.iter().filter(|step| matches!(step, Planned::Move(_))).count(),
        roots: plan.roots().into_iter().map(Path::to_path_buf).collect(),
        steps: plan.steps.iter().map(|step| step.file().to_path_buf()).zip(outcomes).collect(),
        is_in_use,
    }
}

fn nothing(run: &RunId) -> Report {
    Report { run: run.clone(), told: Vec::new(), is_stopped: false, strangers: Vec::new() }
}

fn wrong(run: &RunId, why: &'static str) -> Error {
    Error::WrongStage { run: run.clone(), why }
}
