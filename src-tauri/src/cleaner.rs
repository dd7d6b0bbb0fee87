//! Clean-ups for the window: holds the plan that the user looks at, and does one job at a time, which can be stopped.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_library::{Choices, Control, Error, Event, KeepRules, Library, Plan, Progress};

use crate::ipc::dto::{CleanUpProgress, CleanUpStage, number};
use crate::ipc::error::IpcError;
use crate::open_library::OpenLibrary;
use crate::scanner::Scanner;

/// The shortest time between two progress reports to the interface.
const TELL_EVERY: Duration = Duration::from_millis(200);

const STILL_LISTENING: &str = "Reprise is still busy with a file; try again in a moment.";

/// How long a closing window waits for the job. A run that does not end by then can be finished or undone later.
const LONGEST_END: Duration = Duration::from_secs(5);

/// The plan, and the job.
pub struct Cleaner {
    library: Arc<OpenLibrary>,
    scanner: Arc<Scanner>,
    report: Box<dyn Fn(CleanUpProgress) + Send + Sync>,
    desk: Mutex<Option<Desk>>,
    /// The plan that was taken off the desk because another one is to be made: its choices go over to that.
    aside: Mutex<Option<Plan>>,
    /// How often a plan was put on the desk or changed.
    revisions: AtomicU32,
    /// The control of the job; `None` if there is none.
    job: Mutex<Option<Arc<Control>>>,
    ended: Condvar,
}

/// A plan and what the user changed in it.
pub struct Desk {
    pub plan: Plan,
    /// Moves with every change, so that what was not seen is not run.
    pub revision: u32,
    /// The choices for groups before each edit, the last one at the end.
    edits: Vec<(usize, Choices)>,
}

impl Desk {
    /// Whether an edit can be taken back.
    pub fn is_edited(&self) -> bool {
        !self.edits.is_empty()
    }
}

/// Whether a job changes files or the library, or only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    Reads,
    Writes,
}

impl Cleaner {
    /// No plan and no job; `report` receives the progress of each job.
    pub fn new(
        library: Arc<OpenLibrary>,
        scanner: Arc<Scanner>,
        report: impl Fn(CleanUpProgress) + Send + Sync + 'static,
    ) -> Self {
        let report = Box::new(report);
        Self {
            library,
            scanner,
            report,
            desk: Mutex::default(),
            aside: Mutex::default(),
            revisions: AtomicU32::default(),
            job: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Does a job and reports its progress. Fails if there is one already.
    pub fn job<T>(
        &self,
        kind: Job,
        work: impl FnOnce(&Library, &Progress) -> Result<T, Error>,
    ) -> Result<T, IpcError> {
        let library = if kind == Job::Writes { self.library.to_write() } else { self.library.to_read() }?;
        let control = Arc::new(Control::new());
        match &mut *self.running() {
            Some(_) => return Err(IpcError::failed("Another clean-up is at work; wait or stop it.".into())),
            none => *none = Some(control.clone()),
        }
        let _end = End(self);
        // A scan would meet files on their way.
        let _hold = match kind {
            Job::Writes => Some(self.scanner.hold().ok_or_else(|| IpcError::failed(STILL_LISTENING.into()))?),
            Job::Reads => None,
        };
        let told: Mutex<Option<Instant>> = Mutex::default();
        let report = |event: Event| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(progress) = progress_of(&event)
                && told.is_none_or(|at| at.elapsed() >= TELL_EVERY)
            {
                *told = Some(Instant::now());
                (self.report)(progress);
            }
        };
        Ok(work(&library, &Progress::new(&report, &control))?)
    }

    /// Stops the job.
    pub fn stop(&self) {
        self.running().iter().for_each(|control| control.stop());
    }

    /// Stops the job and waits for its end, some seconds at most.
    pub fn stop_and_wait(&self) {
        self.stop();
        drop(self.ended.wait_timeout_while(self.running(), LONGEST_END, |job| job.is_some()));
    }

    /// Puts a plan on the desk. Each choice that it has can be taken back.
    pub fn put(&self, plan: Plan) {
        let mut desk = self.desk();
        let chosen = plan.groups.iter().enumerate().filter(|(_, group)| !group.chosen.is_empty());
        let edits = chosen.map(|(number, _)| (number, Choices::default())).collect();
        *desk = Some(Desk { plan, revision: self.next_revision(), edits });
    }

    /// Puts a new plan on the desk, with the choices of the one before.
    pub fn put_new(&self, mut plan: Plan) {
        self.set_aside();
        let before = self.aside.lock().unwrap_or_else(PoisonError::into_inner).take();
        before.iter().for_each(|before| plan.adopt_choices(before));
        self.put(plan);
    }

    /// Takes the plan off the desk until a new one is made.
    pub fn set_aside(&self) {
        if let Some(desk) = self.desk().take() {
            *self.aside.lock().unwrap_or_else(PoisonError::into_inner) = Some(desk.plan);
        }
    }

    /// Takes the plan off the desk for good.
    pub fn take_off(&self) {
        *self.desk() = None;
    }

    /// What can be told of the plan on the desk.
    pub fn look<T>(&self, tell: impl FnOnce(&Desk) -> T) -> Result<T, IpcError> {
        self.desk().as_ref().map(tell).ok_or_else(no_plan)
    }

    /// The plan on the desk as the user saw it, to work with it. Fails if it has changed since.
    pub fn seen_plan(&self, revision: u32) -> Result<Plan, IpcError> {
        let seen = |desk: &Desk| (desk.revision == revision).then(|| desk.plan.clone());
        self.look(seen)?.ok_or_else(|| IpcError::failed("The plan has changed; look at it again.".into()))
    }

    /// Changes a group of the plan on the desk.
    pub fn edit(&self, group: usize, change: impl FnOnce(&mut Plan)) -> Result<(), IpcError> {
        let (mut desk, revision) = (self.desk(), self.next_revision());
        let desk = desk.as_mut().ok_or_else(no_plan)?;
        let before = desk.plan.groups.get(group).ok_or_else(no_plan)?.chosen.clone();
        change(&mut desk.plan);
        desk.revision = revision;
        if desk.plan.groups[group].chosen != before {
            desk.edits.push((group, before));
        }
        Ok(())
    }

    /// Takes the last edit back. Returns its group; `None` if nothing was edited.
    pub fn undo_edit(&self) -> Result<Option<usize>, IpcError> {
        let (mut desk, revision) = (self.desk(), self.next_revision());
        let desk = desk.as_mut().ok_or_else(no_plan)?;
        let Some((number, before)) = desk.edits.pop() else { return Ok(None) };
        desk.plan.choose(number, before);
        desk.revision = revision;
        Ok(Some(number))
    }

    /// Decides about the plan on the desk by other rules, if there is one.
    pub fn decide_again(&self, rules: KeepRules) {
        let (mut desk, revision) = (self.desk(), self.next_revision());
        if let Some(desk) = desk.as_mut() {
            desk.plan.decide_again(rules);
            desk.revision = revision;
        }
    }

    fn next_revision(&self) -> u32 {
        self.revisions.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn desk(&self) -> MutexGuard<'_, Option<Desk>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<Arc<Control>>> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a job, however it ends.
struct End<'a>(&'a Cleaner);

impl Drop for End<'_> {
    fn drop(&mut self) {
        *self.0.running() = None;
        self.0.ended.notify_all();
    }
}

fn no_plan() -> IpcError {
    IpcError::failed("There is no plan any more; look for copies again.".into())
}

fn progress_of(event: &Event) -> Option<CleanUpProgress> {
    let (stage, done, total) = match event {
        Event::ListeningToCopies { done, total } => (CleanUpStage::Listening, done, total),
        Event::CheckingCopies { done, total } => (CleanUpStage::Checking, done, total),
        Event::MovingFiles { done, total } => (CleanUpStage::Moving, done, total),
        _ => return None,
    };
    Some(CleanUpProgress { stage, done: number(*done), total: number(*total) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str =
        r#"{ "format": "reprise-clean-up-plan", "version": 1, "made_at_s": 0, "rules": {}, "groups": [] }"#;

    fn cleaner() -> Cleaner {
        Cleaner::new(Arc::default(), Arc::default(), |_| ())
    }

    #[test]
    fn a_plan_that_was_not_seen_is_not_run() {
        let cleaner = cleaner();
        assert!(cleaner.seen_plan(0).is_err());
        cleaner.put(Plan::from_json(PLAN).unwrap());
        let seen = cleaner.look(|desk| desk.revision).unwrap();
        assert!(cleaner.seen_plan(seen).is_ok());
        cleaner.decide_again(KeepRules::default());
        assert!(cleaner.seen_plan(seen).unwrap_err().message.contains("has changed"));
        cleaner.take_off();
        assert!(cleaner.look(|_| ()).is_err());
    }

    #[test]
    fn an_edit_of_no_group_is_refused_and_nothing_is_undone() {
        let cleaner = cleaner();
        cleaner.put(Plan::from_json(PLAN).unwrap());
        assert!(cleaner.edit(3, |plan| plan.leave(3)).is_err());
        assert_eq!(cleaner.undo_edit().unwrap(), None);
    }
}
