//! Runs the analysis for the window: one job at a time on its own thread. It can be paused, continued and stopped, and
//! starts again when folders are added meanwhile. After a complete scan it continues with the voices.

mod hold;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reprise_library::{Control, Effort, Event, Pace, Progress, ScanOptions};

use crate::ipc::dto::{Scan, ScanPhase, number};
use crate::open_library::OpenLibrary;

/// The shortest time between two progress reports to the interface.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// How long a closing window waits for the files in progress.
const LONGEST_END: Duration = Duration::from_secs(5);

/// The job, and what it does next.
pub struct Scanner {
    library: Arc<OpenLibrary>,
    report: Box<dyn Fn(Scan) + Send + Sync>,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    scan: Scan,
    pace: Pace,
    told: Option<Instant>,
    /// The control of the running job; `None` if there is none.
    control: Option<Arc<Control>>,
    pass: Pass,
    /// The user stopped the voices, so they wait until they are requested.
    voices_wait: bool,
    /// The demo library must be made here first.
    demo: Option<PathBuf>,
    /// The job starts again when it ends.
    again: bool,
    retry: bool,
    /// No job starts until this is over.
    is_held: bool,
    /// The job that a hold stopped was paused.
    was_paused: bool,
}

/// What a job does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Pass {
    #[default]
    Scan,
    Voices,
}

impl Scanner {
    /// A scanner without a job; `report` receives the progress of each job.
    pub fn new(library: Arc<OpenLibrary>, report: impl Fn(Scan) + Send + Sync + 'static) -> Self {
        Self { library, report: Box::new(report), state: Mutex::default(), ended: Condvar::new() }
    }

    /// The progress of the job.
    pub fn scan(&self) -> Scan {
        self.state().scan.clone()
    }

    /// Whether there is a job.
    pub fn is_working(&self) -> bool {
        self.state().control.is_some()
    }

    /// Writes the demo library to `folder`, adds the folder and starts a scan.
    pub fn make_demo(self: &Arc<Self>, folder: PathBuf) {
        self.state().demo = Some(folder);
        self.start(false);
    }

    /// Starts a job. A running job starts again, with what was added. `retry` includes files that had a problem.
    pub fn start(self: &Arc<Self>, retry: bool) {
        let mut state = self.state();
        state.retry |= retry;
        state.control.iter().for_each(|control| control.stop());
        if state.control.is_some() || state.is_held {
            state.again = true;
        } else {
            self.begin(state, Pass::Scan);
        }
    }

    /// Analyses the voices that are owed. A running job comes to them by itself.
    pub fn start_voices(self: &Arc<Self>) {
        let mut state = self.state();
        state.voices_wait = false;
        if state.is_held {
            state.again = true;
        } else if state.control.is_none() {
            // The remaining work of a scan that was stopped or failed comes first.
            let pass = if state.scan.last_outcome.is_none() { Pass::Voices } else { Pass::Scan };
            self.begin(state, pass);
        }
    }

    fn begin(self: &Arc<Self>, mut state: MutexGuard<'_, State>, pass: Pass) {
        (state.pass, state.control) = (pass, Some(Arc::new(Control::new())));
        drop(state);
        let scanner = self.clone();
        std::thread::spawn(move || scanner.work());
    }

    /// Pauses the job or lets it continue.
    pub fn pause(&self, waits: bool) {
        let mut state = self.state();
        let Some(control) = &state.control else { return };
        let say = if waits { Control::pause } else { Control::resume };
        say(control);
        state.scan.is_paused = waits;
        state.pace.restart();
        self.tell(&mut state);
    }

    /// Ends the job because the user stopped it; what was analysed is kept.
    pub fn stop(&self) {
        let mut state = self.state();
        state.voices_wait |= state.control.is_some() && state.pass == Pass::Voices;
        state.stop();
    }

    /// Ends the job and waits for its end, some seconds at most. Returns whether there was a job.
    pub fn stop_and_wait(&self) -> bool {
        let mut state = self.state();
        // What a hold has stopped is to go on, too.
        let was_running = state.control.is_some() || state.is_held && state.again;
        state.stop();
        drop(self.ended.wait_timeout_while(state, LONGEST_END, |state| state.control.is_some()));
        was_running
    }

    /// The thread of the job runs one pass after another.
    fn work(&self) {
        loop {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.listen()));
            let outcome = outcome.unwrap_or_else(|_| Err("Listening failed in an unforeseen way.".into()));
            let mut state = self.state();
            if !state.goes_on(outcome) {
                self.tell(&mut state);
                self.ended.notify_all();
                return;
            }
        }
    }

    /// One scan of all folders, or one pass over the voices.
    fn listen(&self) -> Result<(), String> {
        let library = self.library.to_write().map_err(|error| error.message)?;
        let (control, demo, retry, pass) = {
            let mut state = self.state();
            // The outcome and the pace of the last job do not apply to this one.
            state.scan = Scan { is_paused: state.scan.is_paused, ..Scan::default() };
            state.pace.restart();
            let control = state.control.clone().unwrap_or_default();
            (control, state.demo.take(), std::mem::take(&mut state.retry), state.pass)
        };
        let report = |event: Event| self.heard(event);
        let progress = Progress::new(&report, &control);
        if pass == Pass::Voices {
            if !library.wants_voices().map_err(|error| error.to_string())? {
                return Ok(());
            }
            let with_words = library.wants_words().map_err(|error| error.to_string())?;
            let summary = library.analyse_voices(with_words, &Effort::leaving_room(), &progress);
            return match summary.map_err(|error| error.to_string())?.unreadable {
                0 => Ok(()),
                n => Err(format!("{n} voices could not be heard, as their files cannot be read now")),
            };
        }
        if let Some(folder) = demo {
            self.write_demo(&folder)?;
            library.add_folder(&folder).map_err(|error| error.to_string())?;
        }
        let folders = library.folders().map_err(|error| error.to_string())?;
        let folders: Vec<PathBuf> = folders.into_iter().map(|folder| folder.path).collect();
        if folders.is_empty() {
            return Ok(());
        }
        let options = ScanOptions { retry_problems: retry, ..ScanOptions::default() };
        library.scan(&folders, &options, &progress).map(drop).map_err(|error| error.to_string())
    }

    fn write_demo(&self, folder: &Path) -> Result<(), String> {
        let mut told = |done: usize, total: usize, _: &str| {
            let mut state = self.state();
            state.came_to(ScanPhase::Making, done, total);
            self.tell(&mut state);
        };
        reprise_demo::write(folder, &mut told).map(|_| ()).map_err(|error| error.to_string())
    }

    /// Records the progress of the library, and reports it from time to time.
    fn heard(&self, event: Event) {
        let mut state = self.state();
        match event {
            Event::Walking { found } => state.came_to(ScanPhase::Looking, found, 0),
            Event::Analysing { done, total, path } => state.went_on(ScanPhase::Listening, done, total, &path),
            Event::AnalysingVoices { done, total, path } => {
                state.went_on(ScanPhase::HearingVoices, done, total, &path);
            }
            Event::Embedding { done, total }
            | Event::Shortlisting { done, total }
            | Event::SearchingSets { done, total }
            | Event::Matching { done, total } => state.came_to(ScanPhase::Matching, done, total),
            _ => {}
        }
        if state.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.tell(&mut state);
        }
    }

    fn tell(&self, state: &mut State) {
        state.told = Some(Instant::now());
        (self.report)(state.scan.clone());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn came_to(&mut self, phase: ScanPhase, done: usize, total: usize) {
        (self.scan.phase, self.scan.done, self.scan.total) = (phase, number(done), number(total));
    }

    /// Records how many tracks were analysed, and how fast.
    fn went_on(&mut self, phase: ScanPhase, done: usize, total: usize, path: &Path) {
        self.came_to(phase, done, total);
        let (scan, pace) = (&mut self.scan, &mut self.pace);
        scan.folder = path.parent().map(|folder| folder.to_string_lossy().into_owned());
        pace.mark(Instant::now(), scan.done);
        scan.tracks_per_minute = pace.tracks_per_minute();
        scan.seconds_left = pace.seconds_left(scan.total);
    }

    fn stop(&mut self) {
        (self.again, self.retry, self.demo) = (false, false, None);
        self.control.iter().for_each(|control| control.stop());
    }

    /// Records the outcome of a pass. Returns whether another follows: a scan of what was added, or the voices.
    fn goes_on(&mut self, outcome: Result<(), String>) -> bool {
        let was_stopped = self.control.as_ref().is_some_and(|control| control.is_stopped());
        let was_scan = self.pass == Pass::Scan;
        // What is to come next waits for the end of a hold.
        let again = !self.is_held && std::mem::take(&mut self.again);
        let last_outcome = match outcome {
            // The voices are owed and are continued later, however their pass ended.
            Ok(()) if was_stopped && was_scan && !again && !self.is_held => {
                Some("Stopped; what was heard stays".into())
            }
            outcome => outcome.err(),
        };
        let voices = was_scan && last_outcome.is_none() && !self.voices_wait && !again && !self.is_held;
        self.pass = if voices { Pass::Voices } else { Pass::Scan };
        // The voices keep the control of the scan, so that a pause applies to them too.
        let is_paused = voices && self.scan.is_paused;
        self.control = if again { Some(Arc::default()) } else { self.control.take().filter(|_| voices) };
        self.scan = Scan { last_outcome, is_paused, ..Scan::default() };
        self.told = None;
        self.control.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Default for Scanner {
        fn default() -> Self {
            Self::new(Arc::default(), |_| ())
        }
    }

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

    fn at_work(pass: Pass) -> State {
        State { pass, control: Some(Arc::default()), ..State::default() }
    }

    fn stopped(pass: Pass) -> State {
        let mut state = at_work(pass);
        state.stop();
        state
    }

    #[test]
    fn a_scan_that_ends_is_followed_by_the_voices_and_the_voices_by_nothing() {
        let mut state = at_work(Pass::Scan);
        assert!(state.goes_on(Ok(())));
        assert_eq!(state.pass, Pass::Voices);
        assert!(!state.goes_on(Ok(())));
        assert!(state.control.is_none() && state.scan == Scan::default());
    }

    #[test]
    fn a_pause_holds_for_the_voices_that_follow() {
        let mut state = at_work(Pass::Scan);
        state.control.as_ref().unwrap().pause();
        state.scan.is_paused = true;
        assert!(state.goes_on(Ok(())));
        assert!(state.scan.is_paused && state.control.unwrap().is_paused());
    }

    #[test]
    fn a_scan_that_was_stopped_or_failed_says_so_and_no_voice_is_heard() {
        for (mut state, outcome) in
            [(stopped(Pass::Scan), Ok(())), (at_work(Pass::Scan), Err("No room.".into()))]
        {
            assert!(!state.goes_on(outcome));
            assert!(state.scan.last_outcome.is_some());
        }
    }

    #[test]
    fn folders_that_are_added_end_the_voices_and_the_scan_goes_on_with_them() {
        let mut state = State { again: true, ..at_work(Pass::Voices) };
        state.control.as_ref().unwrap().stop();
        assert!(state.goes_on(Ok(())));
        assert!(state.pass == Pass::Scan && !state.control.as_ref().unwrap().is_stopped());
        assert!(state.goes_on(Ok(())));
        assert_eq!(state.pass, Pass::Voices);
    }

    #[test]
    fn voices_that_the_user_stopped_are_no_interrupted_scan_and_wait_until_they_are_asked_for() {
        let scanner = Scanner { state: Mutex::new(at_work(Pass::Voices)), ..Scanner::default() };
        scanner.stop();
        let mut state = scanner.state();
        assert!(!state.goes_on(Ok(())));
        assert_eq!(state.scan.last_outcome, None);
        state.control = Some(Arc::default());
        assert!(!state.goes_on(Ok(())), "another scan does not begin them");
    }

    #[test]
    fn voices_that_gave_way_to_something_else_do_not_wait() {
        let state = stopped(Pass::Voices);
        assert!(!state.voices_wait);
    }

    #[test]
    fn while_it_is_held_no_job_starts_and_afterwards_what_was_asked_for_does() {
        let scanner = Arc::new(Scanner::default());
        let hold = scanner.hold().unwrap();
        scanner.start(true);
        scanner.start_voices();
        assert!(!scanner.is_working());
        let mut ended = State { is_held: true, again: true, ..at_work(Pass::Scan) };
        assert!(!ended.goes_on(Ok(())) && ended.again, "it waits for the end of the hold");
        drop(hold);
        // The job begins and ends at once: there is no library.
        let state = scanner.state();
        assert!(!state.is_held && !state.again);
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
