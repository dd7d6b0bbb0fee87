//! What one file may cost.

use std::time::Duration;

/// What one file may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Address space beyond that of the program itself. Linux only: elsewhere the limit is not set, since
    /// macOS does not heed it and Windows has none.
    pub memory_bytes: u64,
    /// The longest wait for the next message; what the sink does with one does not count.
    pub stall: Duration,
    /// Longer audio is [`Error::TooLong`](crate::Error::TooLong).
    pub max_duration_s: f64,
}

impl Default for Limits {
    /// 1 GiB, a minute without a message, 24 hours of audio.
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, stall: Duration::from_secs(60), max_duration_s: 24.0 * 3600.0 }
    }
}
