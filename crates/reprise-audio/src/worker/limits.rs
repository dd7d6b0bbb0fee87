//! The limits for the work on one file.

use std::time::Duration;

/// The limits for the work on one file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Address space in addition to that of the program itself. On Linux only: macOS ignores this limit and Windows has
    /// none.
    pub memory_bytes: u64,
    /// The longest time to wait for the next message. The time that the sink needs for a message does not count.
    pub stall: Duration,
    /// Longer audio leads to [`Error::TooLong`](crate::Error::TooLong).
    pub max_duration_s: f64,
}

impl Default for Limits {
    /// 1 GiB, a minute without a message, 24 hours of audio.
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, stall: Duration::from_secs(60), max_duration_s: 24.0 * 3600.0 }
    }
}
