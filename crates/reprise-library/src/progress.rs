//! Long work: how it reports progress, pauses and stops.
//!
//! The library knows neither terminal nor window: it calls a function and reads a [`Control`]. Callers may ignore
//! events; an event is cheap.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The progress of long work.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Folders are being listed; `found` audio files so far.
    Walking {
        /// Audio files seen so far, over all folders.
        found: usize,
    },
    /// Tracks are being analysed.
    Analysing {
        /// Files finished, whether they became tracks or problems.
        done: usize,
        /// Files to analyse in all.
        total: usize,
        /// The file finished last.
        path: PathBuf,
    },
    /// Voices are being analysed.
    AnalysingVoices {
        /// Voices analysed, in earlier passes too.
        done: usize,
        /// Voices to analyse in all.
        total: usize,
        /// The file finished last; at the beginning the first one.
        path: PathBuf,
    },
    /// Recordings are being embedded.
    Embedding {
        /// Recordings embedded.
        done: usize,
        /// Recordings to embed.
        total: usize,
    },
    /// Candidates are being found for recordings of a large library.
    Shortlisting {
        /// Recordings that have candidates.
        done: usize,
        /// Recordings that need some.
        total: usize,
    },
    /// Recordings too long to be aligned as a whole are being searched for songs.
    SearchingSets {
        /// Recordings searched.
        done: usize,
        /// Recordings to search.
        total: usize,
    },
    /// Tracks are being aligned with one another.
    Matching {
        /// Pairs aligned.
        done: usize,
        /// Pairs to align in all.
        total: usize,
    },
}

/// Controls long work, from any thread: run, pause, stop.
///
/// A pause lets the files in progress finish; then the threads wait. A stop wins over a pause and is final.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    paused: Mutex<bool>,
    changed: Condvar,
}

impl Control {
    /// Lets work run.
    pub const fn new() -> Self {
        Self { stop: AtomicBool::new(false), paused: Mutex::new(false), changed: Condvar::new() }
    }

    /// Makes work wait at the next file or batch.
    pub fn pause(&self) {
        *self.paused() = true;
    }

    /// Lets waiting work continue.
    pub fn resume(&self) {
        *self.paused() = false;
        self.changed.notify_all();
    }

    /// Makes work end as soon as the library is consistent, paused or not.
    pub fn stop(&self) {
        // Under the lock, or a thread about to wait would miss it.
        let paused = self.paused();
        self.stop.store(true, Ordering::Relaxed);
        drop(paused);
        self.changed.notify_all();
    }

    /// Whether work is paused.
    pub fn is_paused(&self) -> bool {
        *self.paused()
    }

    /// Whether work is stopped.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The flag itself, for work without progress.
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Waits until the work may continue; false if it must end.
    fn may_go_on(&self) -> bool {
        let mut paused = self.paused();
        while *paused && !self.is_stopped() {
            paused = self.changed.wait(paused).unwrap_or_else(PoisonError::into_inner);
        }
        !self.is_stopped()
    }

    fn paused(&self) -> MutexGuard<'_, bool> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A callback for [`Event`]s and the [`Control`] of the work.
///
/// Stopped work does what keeps the library consistent and returns early.
pub struct Progress<'a> {
    report: &'a (dyn Fn(Event) + Sync),
    control: &'a Control,
}

impl<'a> Progress<'a> {
    /// Reports to `report`; obeys `control`.
    pub fn new(report: &'a (dyn Fn(Event) + Sync), control: &'a Control) -> Self {
        Self { report, control }
    }

    /// For work that is too short to report.
    pub(crate) fn unseen() -> Progress<'static> {
        static GOES_ON: Control = Control::new();
        Progress { report: &|_| {}, control: &GOES_ON }
    }

    /// Reports progress to the caller.
    pub fn report(&self, event: Event) {
        (self.report)(event);
    }

    /// The flag itself, for work without progress.
    pub(crate) fn stop_flag(&self) -> &AtomicBool {
        self.control.stop_flag()
    }

    /// Whether the caller wants the work to end.
    pub fn stopped(&self) -> bool {
        self.control.is_stopped()
    }

    /// Waits while the caller pauses the work; false if it must end.
    pub fn may_go_on(&self) -> bool {
        self.control.may_go_on()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::*;

    #[test]
    fn paused_work_waits_until_it_is_resumed_or_stopped() {
        for end in [Control::resume, Control::stop] {
            let control = Control::new();
            control.pause();
            std::thread::scope(|scope| {
                let (say, hear) = channel();
                let control = &control;
                scope.spawn(move || say.send(control.may_go_on()));
                assert_eq!(hear.recv_timeout(Duration::from_millis(30)), Err(RecvTimeoutError::Timeout));
                end(control);
                assert_eq!(hear.recv_timeout(Duration::from_secs(10)), Ok(!control.is_stopped()));
            });
        }
    }
}
