//! How long work reports where it is and learns that it should stop.
//!
//! The library knows neither terminal nor window: it calls a function and reads a flag. Callers sample as they
//! like; an event is cheap.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where a piece of long work is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Folders are being listed; `found` audio files so far.
    Walking {
        /// Audio files seen so far, over all folders.
        found: usize,
    },
    /// Tracks are being heard.
    Hearing {
        /// Files finished, whether they became tracks or problems.
        done: usize,
        /// Files to do in all.
        total: usize,
        /// The file finished last.
        path: PathBuf,
    },
    /// Tracks are being aligned with one another.
    Matching {
        /// Pairs aligned.
        done: usize,
        /// Pairs to align in all.
        total: usize,
    },
}

/// A callback for [`Event`]s and a flag that asks the work to stop.
///
/// Work that sees the flag finishes what it must to leave the library consistent and returns early.
pub struct Progress<'a> {
    report: &'a (dyn Fn(Event) + Sync),
    stop: &'a AtomicBool,
}

impl<'a> Progress<'a> {
    /// Reports to `report`; stops when `stop` becomes true.
    pub fn new(report: &'a (dyn Fn(Event) + Sync), stop: &'a AtomicBool) -> Self {
        Self { report, stop }
    }

    /// Tells the caller where the work is.
    pub fn report(&self, event: Event) {
        (self.report)(event);
    }

    /// The flag itself, for work that knows nothing of progress.
    pub(crate) fn stop_flag(&self) -> &AtomicBool {
        self.stop
    }

    /// Whether the caller wants the work to end.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
