//! Long work: how it reports progress, pauses and stops.
//!
//! The library depends on neither a terminal nor a window: it calls a function and reads a [`Control`]. Callers may
//! ignore events, which are cheap.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The progress of long work.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Folders are being listed; `found` audio files were found so far.
    Walking {
        /// Audio files found so far, over all folders.
        found: usize,
    },
    /// Tracks are being analysed.
    Analysing {
        /// Files that are done, whether they became tracks or problems.
        done: usize,
        /// The total number of files to analyse.
        total: usize,
        /// The file that was finished last.
        path: PathBuf,
    },
    /// Voices are being analysed.
    AnalysingVoices {
        /// Voices analysed so far, including earlier passes.
        done: usize,
        /// The total number of voices to analyse.
        total: usize,
        /// The file that was finished last; at the beginning, the first file.
        path: PathBuf,
    },
    /// Recordings are being embedded.
    Embedding {
        /// Recordings embedded so far.
        done: usize,
        /// The total number of recordings to embed.
        total: usize,
    },
    /// Candidates are being found for recordings of a large library.
    Shortlisting {
        /// Recordings whose candidates are found.
        done: usize,
        /// The total number of recordings that need candidates.
        total: usize,
    },
    /// Recordings that are too long to be aligned as a whole are being searched for songs.
    SearchingSets {
        /// Recordings searched so far.
        done: usize,
        /// The total number of recordings to search.
        total: usize,
    },
    /// Copies are being listened to in pairs.
    ListeningToCopies {
        /// Files heard so far.
        done: usize,
        /// The total number of files to hear.
        total: usize,
    },
    /// The files of a plan are being checked again.
    CheckingCopies {
        /// Files checked so far.
        done: usize,
        /// The total number of files to check.
        total: usize,
    },
    /// Files are being moved into the quarantine or out of it.
    MovingFiles {
        /// Files moved so far.
        done: usize,
        /// The total number of files to move.
        total: usize,
    },
    /// Tracks are being aligned with one another.
    Matching {
        /// Pairs aligned so far.
        done: usize,
        /// The total number of pairs to align.
        total: usize,
    },
}

/// Runs, pauses or stops long work, from any thread.
///
/// After a pause, the files in progress are finished; then the threads wait. A stop has priority over a pause and is
/// final.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    paused: Mutex<bool>,
    changed: Condvar,
}

impl Control {
    /// A control that lets work run.
    pub const fn new() -> Self {
        Self { stop: AtomicBool::new(false), paused: Mutex::new(false), changed: Condvar::new() }
    }

    /// Makes work wait before the next file or batch.
    pub fn pause(&self) {
        *self.paused() = true;
    }

    /// Lets waiting work continue.
    pub fn resume(&self) {
        *self.paused() = false;
        self.changed.notify_all();
    }

    /// Makes work end, paused or not, as soon as the library is consistent.
    pub fn stop(&self) {
        // The flag is set under the lock; otherwise a thread that is about to wait would miss it.
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

    /// The stop flag itself, for work that reports no progress.
    pub fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// Waits until work may continue; false if it must end.
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

/// A callback for [`Event`]s, and the [`Control`] of the work.
///
/// Stopped work brings the library into a consistent state and returns early.
pub struct Progress<'a> {
    report: &'a (dyn Fn(Event) + Sync),
    control: &'a Control,
}

impl<'a> Progress<'a> {
    /// Reports events to `report` and obeys `control`.
    pub fn new(report: &'a (dyn Fn(Event) + Sync), control: &'a Control) -> Self {
        Self { report, control }
    }

    /// Progress of work that is too short to be reported.
    pub(crate) fn unseen() -> Progress<'static> {
        static GOES_ON: Control = Control::new();
        Progress { report: &|_| {}, control: &GOES_ON }
    }

    /// Reports progress to the caller.
    pub fn report(&self, event: Event) {
        (self.report)(event);
    }

    /// The stop flag itself, for work that reports no progress.
    pub(crate) fn stop_flag(&self) -> &AtomicBool {
        self.control.stop_flag()
    }

    /// Whether the caller stopped the work.
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
