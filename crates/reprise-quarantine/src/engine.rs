//! Does something with the steps of a run, in batches, each journalled before and after it.
//!
//! # Why a batch is as safe as a step
//!
//! A sync of the journal for every step would take longer than the moves. So a line says "from here on any of the
//! steps 128 to 255 may be done", and it is on the drive before the first of them is. After the last one the folders
//! that gained or lost an entry are synced, each once; then a line for each step says what became of it.
//!
//! Nothing depends on the number of steps in between. Where the file of a step can be is in the plan, the first line
//! of the journal: at its place, in the quarantine, or, for a copy to another volume, at both. A rename changes no
//! byte, and it is one act: after a kill the file has one name or the other, and after a cut of the power too, on file
//! systems with a log (ext4, XFS, Btrfs, APFS, NTFS). So whoever continues looks where each file is, and needs no line
//! to know it. The lines only save that look, and say what was left alone and why. What does remove bytes, the source
//! of a copy, is not batched: the copy and its folders are synced first, each time.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::disk::Disk;
use crate::error::Error;
use crate::hindrance::Hindrance;
use crate::journal::Journal;
use crate::layout;
use crate::lock::Lock;
use crate::outcome::{Outcome, Progress, Report, Told};
use crate::plan::{Plan, Planned};
use crate::record::{Act, History, Record};
use crate::task::{Task, Touched};

/// The steps of a batch.
pub(crate) const BATCH: usize = 128;

/// Called after each step; `Break` stops before the next one.
pub type Watch<'w> = &'w mut dyn FnMut(Progress) -> ControlFlow<()>;

/// A run that this process works on.
pub(crate) struct Session<'s> {
    pub disk: &'s Disk,
    pub plan: Plan,
    pub history: History,
    pub journal: Journal,
    /// How many steps are journalled together.
    pub batch: usize,
    /// Held as long as the session is.
    pub _lock: Lock,
}

impl Session<'_> {
    /// Notes a line, and remembers what it says.
    pub fn note(&mut self, record: &Record) -> Result<(), Error> {
        self.history.add(record);
        self.journal.note(record)
    }

    /// Notes the last line of an act.
    pub fn end(&mut self, act: Act, left: usize) -> Result<(), Error> {
        self.note(&Record::Ended { act, left })?;
        self.journal.commit(self.disk)
    }

    /// Fails if a folder in which files of the steps are, or may be, is not there: a drive is not connected. Whoever
    /// went on would take every file on it for lost.
    pub fn check_folders(&self, steps: &[usize]) -> Result<(), Error> {
        let begun = steps.iter().filter(|n| self.history.begun[**n]);
        begun.map(|n| &self.plan.steps[*n]).try_for_each(|step| check_folder(&self.plan, step))
    }
}

fn check_folder(plan: &Plan, step: &Planned) -> Result<(), Error> {
    match step.root() {
        Some(root) if !plan.run_folder(root).is_dir() => Err(Error::FolderGone(root.into())),
        _ => Ok(()),
    }
}

/// What an act does with one step.
pub(crate) type Work<'w> = &'w dyn Fn(&mut Task, usize) -> Result<Outcome, Hindrance>;

/// Does the work for each of the steps and journals it. The end of the act is left to the caller.
///
/// # Errors
///
/// When the journal cannot be written or a folder of a quarantine is gone. The act can then be continued later.
pub(crate) fn work_through(
    session: &mut Session,
    act: Act,
    steps: &[usize],
    work: Work,
    watch: Watch,
) -> Result<Report, Error> {
    let mut progress = Progress { done: 0, total: steps.len(), bytes: 0 };
    let mut report = Report {
        run: session.plan.run.clone(),
        told: Vec::with_capacity(steps.len()),
        is_stopped: false,
        strangers: Vec::new(),
    };
    for batch in steps.chunks(session.batch) {
        let (first, last) = batch.iter().fold((usize::MAX, 0), |(a, b), n| (a.min(*n), b.max(*n)));
        let was_begun: Vec<bool> = batch.iter().map(|n| session.history.begun[*n]).collect();
        session.note(&Record::Begin { act, first, last })?;
        session.journal.commit(session.disk)?;
        let mut touched = Touched::default();
        let mut told = Vec::with_capacity(batch.len());
        for (n, is_begun) in batch.iter().zip(was_begun) {
            let mut task = task(session, *n, is_begun, &mut touched);
            let outcome = work(&mut task, *n);
            let step = &session.plan.steps[*n];
            if outcome.is_err() && !session.history.is_removed(*n) {
                check_folder(&session.plan, step)?;
            }
            let outcome = outcome.unwrap_or_else(|hindrance| Outcome::Left { why: hindrance.to_string() });
            progress.done += 1;
            progress.bytes += bytes(step, &outcome);
            told.push(Told { step: *n, file: step.file().into(), outcome });
            if watch(progress).is_break() {
                report.is_stopped = progress.done < progress.total;
                break;
            }
        }
        let synced = touched.sync(session.disk);
        synced.map_err(|(path, source)| Error::Io { action: "synced", path, source })?;
        for Told { step, outcome, .. } in &told {
            session.note(&Record::Did { act, step: *step, outcome: outcome.clone() })?;
        }
        report.told.extend(told);
        if report.is_stopped {
            break;
        }
    }
    session.journal.commit(session.disk)?;
    Ok(report)
}

fn task<'t>(session: &Session<'t>, n: usize, is_begun: bool, touched: &'t mut Touched) -> Task<'t> {
    let (plan, step) = (&session.plan, &session.plan.steps[n]);
    let beside = layout::beside(step.file(), &plan.run, n);
    let partial = |root: &Path| layout::partial(&plan.run_folder(root), n);
    let partial: PathBuf = step.root().map_or_else(|| beside.clone(), partial);
    Task { disk: session.disk, is_begun, partial, beside, touched }
}

fn bytes(step: &Planned, outcome: &Outcome) -> u64 {
    match outcome {
        Outcome::Left { .. } | Outcome::InPlace => 0,
        _ => step.size_bytes(),
    }
}
