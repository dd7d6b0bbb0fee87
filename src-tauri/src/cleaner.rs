//! Clean-ups for the window: holds the plan that the user looks at, and does one job at a time, which can be stopped.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_library::{Control, Error, Event, Group, KeepRules, Library, Plan, Progress};

use crate::ipc::dto::{CleanUpProgress, CleanUpStage, number};
use crate::ipc::error::IpcError;
use crate::open_library::OpenLibrary;
use crate::scanner::Scanner;

/// The shortest time between two progress reports to the interface.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// How long a closing window waits for the job. A run that does not end by then can be finished or undone later.
const LONGEST_END: Duration = Duration::from_secs(5);

/// The plan, and the job.
pub struct Cleaner {
    library: Arc<OpenLibrary>,
    scanner: Arc<Scanner>,
    report: Box<dyn Fn(CleanUpProgress) + Send + Sync>,
    desk: Mutex<Option<Desk>>,
    /// The control of the job; `None` if there is none.
    job: Mutex<Option<Arc<Control>>>,
    ended: Condvar,
}

/// A plan and what the user changed in it.
pub struct Desk {
    pub plan: Plan,
    /// The groups as they were before each edit, the last one at the end.
    edits: Vec<(usize, Group)>,
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
        let was_scanning = kind == Job::Writes && self.scanner.stop_and_wait();
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
        let outcome = work(&library, &Progress::new(&report, &control));
        if was_scanning {
            self.scanner.start(false);
        }
        Ok(outcome?)
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

    /// Puts a plan on the desk, or none.
    pub fn put(&self, plan: Option<Plan>) {
        *self.desk() = plan.map(|plan| Desk { plan, edits: Vec::new() });
    }

    /// What can be told of the plan on the desk.
    pub fn look<T>(&self, tell: impl FnOnce(&Desk) -> T) -> Result<T, IpcError> {
        self.desk().as_ref().map(tell).ok_or_else(no_plan)
    }

    /// The plan on the desk, to work with it.
    pub fn plan(&self) -> Result<Plan, IpcError> {
        self.look(|desk| desk.plan.clone())
    }

    /// Changes a group of the plan on the desk.
    pub fn edit(&self, group: usize, change: impl FnOnce(&mut Plan)) -> Result<(), IpcError> {
        let mut desk = self.desk();
        let desk = desk.as_mut().ok_or_else(no_plan)?;
        let before = desk.plan.groups.get(group).cloned().ok_or_else(no_plan)?;
        change(&mut desk.plan);
        if desk.plan.groups[group] != before {
            desk.edits.push((group, before));
        }
        Ok(())
    }

    /// Takes the last edit back. Returns its group; `None` if nothing was edited.
    pub fn undo_edit(&self) -> Result<Option<usize>, IpcError> {
        let mut desk = self.desk();
        let desk = desk.as_mut().ok_or_else(no_plan)?;
        let Some((number, before)) = desk.edits.pop() else { return Ok(None) };
        desk.plan.groups[number] = before;
        Ok(Some(number))
    }

    /// Decides about the plan on the desk by other rules, if there is one. Edits stay and can no longer be taken back one
    /// by one.
    pub fn decide_again(&self, rules: KeepRules) {
        if let Some(desk) = &mut *self.desk() {
            desk.plan.decide_again(rules);
            desk.edits.clear();
        }
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
