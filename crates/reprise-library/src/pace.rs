//! The pace of a scan and its remaining time, computed from the times at which tracks were done.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The time that is averaged over: long enough to level out long and short tracks, short enough to follow a change.
const WINDOW: Duration = Duration::from_secs(30);

/// No pace is reported before this time: a first estimate that jumps is worse than none.
const FIRST_WORD: Duration = Duration::from_secs(2);

/// How many tracks were done at which times, within the window.
#[derive(Debug, Default)]
pub struct Pace {
    marks: VecDeque<(Instant, u32)>,
}

impl Pace {
    /// Records that `done` tracks are done at `now`.
    pub fn mark(&mut self, now: Instant, done: u32) {
        // A new scan counts from the beginning.
        if self.marks.back().is_some_and(|(_, before)| done < *before) {
            self.marks.clear();
        }
        self.marks.push_back((now, done));
        while self.marks.len() > 2 && now.duration_since(self.marks[0].0) > WINDOW {
            self.marks.pop_front();
        }
    }

    /// Discards the past: a pause says nothing about the pace.
    pub fn restart(&mut self) {
        self.marks.clear();
    }

    /// Tracks per minute, once known.
    pub fn tracks_per_minute(&self) -> Option<f64> {
        let ((first, before), (last, done)) = (*self.marks.front()?, *self.marks.back()?);
        let elapsed = last.duration_since(first);
        let is_known = elapsed >= FIRST_WORD && done > before;
        is_known.then(|| f64::from(done - before) * 60.0 / elapsed.as_secs_f64())
    }

    /// Seconds until `total` tracks are done, once known.
    pub fn seconds_left(&self, total: u32) -> Option<f64> {
        let (_, done) = *self.marks.back()?;
        Some(f64::from(total.saturating_sub(done)) * 60.0 / self.tracks_per_minute()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_scan_has_a_pace_and_an_end() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        for second in 0..=20 {
            pace.mark(start + Duration::from_secs(second), 5 * second as u32);
        }
        assert_eq!(pace.tracks_per_minute(), Some(300.0));
        assert_eq!(pace.seconds_left(400), Some(60.0));
    }

    #[test]
    fn the_pace_follows_a_change_within_its_window() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        for second in 0..100u32 {
            let done = if second < 50 { second } else { 50 + 10 * (second - 50) };
            pace.mark(start + Duration::from_secs(second.into()), done);
        }
        assert_eq!(pace.tracks_per_minute(), Some(600.0));
    }

    #[test]
    fn nothing_is_said_too_early_nor_after_a_pause_nor_of_another_scan() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        pace.mark(start, 0);
        pace.mark(start + Duration::from_secs(1), 3);
        assert_eq!(pace.tracks_per_minute(), None);
        pace.mark(start + Duration::from_secs(3), 9);
        assert!(pace.tracks_per_minute().is_some());
        pace.restart();
        assert_eq!(pace.seconds_left(10), None);
        pace.mark(start + Duration::from_secs(4), 9);
        pace.mark(start + Duration::from_secs(9), 1);
        assert_eq!(pace.tracks_per_minute(), None);
    }
}
