//! Work on several threads: the number of threads, and the one loop that runs all such work.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;
use crate::progress::Progress;

/// The number of threads to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How many files are analysed, or pairs of tracks aligned, at a time.
    pub threads: usize,
}

impl Default for Effort {
    /// One thread for each core that the process may use.
    fn default() -> Self {
        Self { threads: std::thread::available_parallelism().map_or(1, usize::from) }
    }
}

impl Effort {
    /// Leaves one core to the user if there are several. This is for work that takes hours.
    pub fn leaving_room() -> Self {
        Self { threads: Self::default().threads.saturating_sub(1).max(1) }
    }
}

/// Runs `work` on each of `items` on several threads until it is stopped. Each thread has its own `scratch`. Returns
/// the results in no particular order.
pub(crate) fn on_each<I: Sync, T: Send, S>(
    threads: usize,
    items: &[I],
    progress: &Progress,
    scratch: impl Fn() -> Result<S, Error> + Sync,
    work: impl Fn(&I, &mut S) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let next = AtomicUsize::new(0);
    on_threads(threads.min(items.len()), || {
        let (mut done, mut scratch) = (Vec::new(), scratch()?);
        while let Some(item) =
            items.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| progress.may_go_on())
        {
            done.push(work(item, &mut scratch)?);
        }
        Ok(done)
    })
}

/// Runs `work` on this many threads and combines the results. Returns the first error, if any.
fn on_threads<T: Send>(
    threads: usize,
    work: impl Fn() -> Result<Vec<T>, Error> + Sync,
) -> Result<Vec<T>, Error> {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(&work)).collect();
        let mut all = Vec::new();
        for thread in running {
            match thread.join() {
                Ok(part) => all.extend(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}
