//! Seconds in words.

use reprise_library::Range;

/// Seconds as m:ss.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// From one clock time to another; a single one if both are equal.
pub(crate) fn clock_range(range: Range) -> String {
    let (start, end) = (clock(range.start_s), clock(range.end_s));
    if start == end { start } else { format!("{start}-{end}") }
}
