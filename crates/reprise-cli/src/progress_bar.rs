//! A line that shows the progress of a scan: tracks done, tracks per minute, time left.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar as Bar, ProgressStyle};
use reprise_library::Event;

use crate::print::{self, count};

/// A line on standard error; nothing if standard error is not a terminal.
pub struct ProgressBar {
    state: Mutex<State>,
}

struct State {
    bar: Bar,
    phase: Phase,
    began: Instant,
    /// The jobs that were done before the phase began do not count for the speed of this run.
    first_done: usize,
}

#[derive(PartialEq, Clone, Copy)]
enum Phase {
    Walking,
    Hearing,
    HearingVoices,
    Embedding,
    Shortlisting,
    SearchingSets,
    Matching,
    ListeningToCopies,
    CheckingCopies,
    MovingFiles,
}

impl ProgressBar {
    pub fn new() -> Self {
        let bar = Bar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { state: Mutex::new(State { bar, phase: Phase::Walking, began: Instant::now(), first_done: 0 }) }
    }

    /// Shows an event. Any thread may call it, as often as it likes.
    pub fn show(&self, event: &Event) {
        let Ok(mut state) = self.state.lock() else { return };
        match event {
            Event::Walking { found } => {
                state.bar.set_message(format!("{} found", count(*found, "audio file")))
            }
            Event::Analysing { done, total, path } => {
                state.enter(Phase::Hearing, *done, *total, HEARING);
                state.tell_track(*done, path);
            }
            Event::AnalysingVoices { done, total, path } => {
                state.enter(Phase::HearingVoices, *done, *total, HEARING_VOICES);
                state.tell_track(*done, path);
            }
            Event::Embedding { done, total } => state.enter(Phase::Embedding, *done, *total, EMBEDDING),
            Event::Shortlisting { done, total } => {
                state.enter(Phase::Shortlisting, *done, *total, SHORTLISTING);
            }
            Event::SearchingSets { done, total } => {
                state.enter(Phase::SearchingSets, *done, *total, SEARCHING_SETS)
            }
            Event::ListeningToCopies { done, total } => {
                state.enter(Phase::ListeningToCopies, *done, *total, LISTENING_TO_COPIES)
            }
            Event::CheckingCopies { done, total } => {
                state.enter(Phase::CheckingCopies, *done, *total, CHECKING_COPIES)
            }
            Event::MovingFiles { done, total } => {
                state.enter(Phase::MovingFiles, *done, *total, MOVING_FILES)
            }
            Event::Matching { done, total } => state.enter(Phase::Matching, *done, *total, MATCHING),
            _ => {}
        }
    }

    pub fn clear(&self) {
        if let Ok(state) = self.state.lock() {
            state.bar.finish_and_clear();
        }
    }
}

const HEARING: &str = "Listening  {pos} of {len}  {bar:24}  about {eta} left  {wide_msg}";
const HEARING_VOICES: &str = "Hearing voices  {pos} of {len}  {bar:24}  about {eta} left  {wide_msg}";
const EMBEDDING: &str = "Summing up  {percent} %  {bar:24}  about {eta} left";
const SHORTLISTING: &str = "Looking for candidates  {percent} %  {bar:24}  about {eta} left";
const SEARCHING_SETS: &str = "Searching long tracks  {pos} of {len}  {bar:24}  about {eta} left";
const LISTENING_TO_COPIES: &str = "Listening to copies  {pos} of {len}  {bar:24}  about {eta} left";
const CHECKING_COPIES: &str = "Checking copies  {pos} of {len}  {bar:24}  about {eta} left";
const MOVING_FILES: &str = "Moving files  {pos} of {len}  {bar:24}";
const MATCHING: &str = "Comparing  {percent} %  {bar:24}  about {eta} left";

impl State {
    fn enter(&mut self, phase: Phase, done: usize, total: usize, template: &str) {
        if self.phase != phase {
            self.phase = phase;
            self.began = Instant::now();
            self.first_done = done;
            self.bar.reset();
            self.bar.set_message("");
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style.progress_chars("=> "));
            }
        }
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn tell_track(&self, done: usize, path: &Path) {
        let speed = self.per_minute(done);
        let name = print::path(path.file_name().unwrap_or_default().as_ref());
        self.bar.set_message(format!("{speed:.0} a minute  {name}"));
    }

    fn per_minute(&self, done: usize) -> f64 {
        (done - self.first_done.min(done)) as f64 * 60.0 / self.began.elapsed().as_secs_f64().max(0.1)
    }
}
