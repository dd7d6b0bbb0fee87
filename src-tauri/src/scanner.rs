//! Listening as the window does it: one job at a time on a thread of its own, told to pause, go on, stop, and begun
//! again when folders are added meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_library::{Control, Event, Progress, ScanOptions, Summary};
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;

use crate::ipc::dto::{Scan, ScanPhase, number};
use crate::ipc::events::ScanChanged;
use crate::pace::Pace;
use crate::shell::Shell;

/// The interface hears of progress no more often.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// How long an ending window waits for the files in flight.
const LONGEST_END: Duration = Duration::from_secs(5);

/// The job, and what it is to do next.
#[derive(Default)]
pub struct Scanner {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    scan: Scan,
    pace: Pace,
    told: Option<Instant>,
    /// Of the job that runs; none while there is none.
    control: Option<Arc<Control>>,
    /// The demo library is to be made here first.
    demo: Option<PathBuf>,
    /// Begin again when the job ends.
    again: bool,
    retry: bool,
}

impl Scanner {
    /// Where it is.
    pub fn scan(&self) -> Scan {
        self.state().scan.clone()
    }

    /// Whether there is a job.
    pub fn is_working(&self) -> bool {
        self.state().control.is_some()
    }

    /// Makes the demo library in `folder`, adds it and listens.
    pub fn make_demo(&self, app: &AppHandle, folder: PathBuf) {
        self.state().demo = Some(folder);
        self.start(app, false);
    }

    /// Begins a job; a running one ends and begins again, with everything that was added. `retry`: with files that
    /// were a problem.
    pub fn start(&self, app: &AppHandle, retry: bool) {
        let mut state = self.state();
        state.retry |= retry;
        if let Some(control) = &state.control {
            control.stop();
            state.again = true;
            return;
        }
        state.control = Some(Arc::new(Control::new()));
        drop(state);
        let app = app.clone();
        std::thread::spawn(move || {
            if let Some(shell) = app.try_state::<Arc<Shell>>() {
                shell.scanner.work(&app, &shell);
            }
        });
    }

    /// Lets the job wait or go on.
    pub fn pause(&self, app: &AppHandle, waits: bool) {
        let mut state = self.state();
        let Some(control) = &state.control else { return };
        let say = if waits { Control::pause } else { Control::resume };
        say(control);
        state.scan.is_paused = waits;
        state.pace.restart();
        self.tell(app, &mut state);
    }

    /// Ends the job; what was heard stays.
    pub fn stop(&self) {
        let mut state = self.state();
        (state.again, state.retry, state.demo) = (false, false, None);
        if let Some(control) = &state.control {
            control.stop();
        }
    }

    /// The same, and waits until it has ended, some seconds at most. True when there was a job.
    pub fn stop_and_wait(&self) -> bool {
        self.stop();
        let state = self.state();
        let was_running = state.control.is_some();
        let ended = self.ended.wait_timeout_while(state, LONGEST_END, |state| state.control.is_some());
        drop(ended);
        was_running
    }

    /// The thread of the job: once, and again while something was added.
    fn work(&self, app: &AppHandle, shell: &Shell) {
        loop {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.listen(app, shell)));
            let mut state = self.state();
            let was_stopped = state.control.as_ref().is_some_and(|control| control.is_stopped());
            let outcome = outcome.unwrap_or_else(|_| Err("Listening failed in an unforeseen way.".into()));
            let last_outcome = match outcome {
                Ok(_) if was_stopped && !state.again => Some("Stopped; what was heard stays".into()),
                Ok(_) => None,
                Err(sentence) => Some(sentence),
            };
            state.scan = Scan { last_outcome, ..Scan::default() };
            state.told = None;
            if std::mem::take(&mut state.again) {
                state.control = Some(Arc::new(Control::new()));
                continue;
            }
            state.control = None;
            self.tell(app, &mut state);
            self.ended.notify_all();
            return;
        }
    }

    /// One scan of everything.
    fn listen(&self, app: &AppHandle, shell: &Shell) -> Result<Summary, String> {
        let library = shell.writable().map_err(|error| error.message)?;
        let (control, demo, retry) = {
            let mut state = self.state();
            // What was said of the last job, and its pace, are not this one's.
            state.scan = Scan { is_paused: state.scan.is_paused, ..Scan::default() };
            state.pace.restart();
            let control = state.control.clone().unwrap_or_default();
            (control, state.demo.take(), std::mem::take(&mut state.retry))
        };
        if let Some(folder) = demo {
            self.write_demo(app, &folder)?;
            library.add_folder(&folder).map_err(|error| error.to_string())?;
        }
        let folders = library.folders().map_err(|error| error.to_string())?;
        let folders: Vec<PathBuf> = folders.into_iter().map(|folder| folder.path).collect();
        if folders.is_empty() {
            return Ok(Summary::default());
        }
        let report = |event: Event| self.heard(app, event);
        let options = ScanOptions { retry_problems: retry, ..ScanOptions::default() };
        library.scan(&folders, &options, &Progress::new(&report, &control)).map_err(|error| error.to_string())
    }

    fn write_demo(&self, app: &AppHandle, folder: &Path) -> Result<(), String> {
        let mut told = |done: usize, total: usize, _: &str| {
            let mut state = self.state();
            state.scan.phase = ScanPhase::Making;
            state.scan.done = number(done);
            state.scan.total = number(total);
            self.tell(app, &mut state);
        };
        reprise_demo::write(folder, &mut told).map(|_| ()).map_err(|error| error.to_string())
    }

    /// Takes down where the library's work is, and tells it now and then.
    fn heard(&self, app: &AppHandle, event: Event) {
        let mut state = self.state();
        let state = &mut *state;
        let scan = &mut state.scan;
        match event {
            Event::Walking { found } => {
                (scan.phase, scan.done, scan.total) = (ScanPhase::Looking, number(found), 0);
            }
            Event::Hearing { done, total, path } => {
                (scan.phase, scan.done, scan.total) = (ScanPhase::Listening, number(done), number(total));
                scan.folder = path.parent().map(|folder| folder.to_string_lossy().into_owned());
                state.pace.mark(Instant::now(), scan.done);
                scan.tracks_per_minute = state.pace.tracks_per_minute();
                scan.seconds_left = state.pace.seconds_left(scan.total);
            }
            Event::Matching { done, total } => {
                (scan.phase, scan.done, scan.total) = (ScanPhase::Matching, number(done), number(total));
            }
            _ => {}
        }
        if state.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.tell(app, state);
        }
    }

    fn tell(&self, app: &AppHandle, state: &mut State) {
        state.told = Some(Instant::now());
        // Fails only while the window closes.
        let _ = ScanChanged(state.scan.clone()).emit(app);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_ends_the_job_and_forgets_what_was_to_come_next() {
        let (scanner, control) = (Scanner::default(), Arc::new(Control::new()));
        *scanner.state() = State {
            again: true,
            retry: true,
            demo: Some("/demo".into()),
            control: Some(control.clone()),
            ..State::default()
        };
        scanner.stop();
        let state = scanner.state();
        assert!(control.is_stopped());
        assert!(!state.again && !state.retry && state.demo.is_none());
    }

    #[test]
    fn who_waits_for_a_job_learns_whether_there_was_one() {
        let scanner = Scanner::default();
        assert!(!scanner.stop_and_wait());
        scanner.state().control = Some(Arc::new(Control::new()));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| scanner.stop_and_wait());
            std::thread::sleep(Duration::from_millis(20));
            scanner.state().control = None;
            scanner.ended.notify_all();
            assert!(waiting.join().unwrap());
        });
    }
}
