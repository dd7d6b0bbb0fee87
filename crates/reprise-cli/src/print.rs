//! Writing to the terminal: text for people, JSON for programs.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use time::OffsetDateTime;

use crate::failure::Failure;
use crate::visible::replaced;

pub use crate::visible::{path, plain};

/// Writes `value` as indented JSON with a closing newline.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    exact(&to_json(value)?)
}

/// `value` as indented JSON. Characters that could control a terminal are written as JSON escapes, which programs read
/// back unchanged.
pub fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Other(error.to_string()))?;
    // Outside of strings, line breaks are the only control characters in JSON.
    let escaped = |c: char| if c == '\n' { String::from(c) } else { format!("\\u{:04x}", u32::from(c)) };
    Ok(replaced(&text, escaped))
}

/// Writes one line of text for people.
pub fn line(text: &str) -> Result<(), Failure> {
    exact(&plain(text))
}

/// Writes text for other programs, with a closing newline. It is written unchanged, unless it goes to a terminal.
pub fn content(text: &str) -> Result<(), Failure> {
    if !io::stdout().is_terminal() {
        return exact(text);
    }
    text.lines().try_for_each(line)
}

/// A closed pipe ends the command quietly, as `head` expects.
fn exact(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Unread),
        written => Ok(written?),
    }
}

/// Writes one line to standard error.
pub fn complain(text: &str) {
    // If standard error is closed, there is nobody to inform.
    let _ = writeln!(io::stderr(), "{}", plain(text));
}

/// Writes to standard error why a command failed.
pub fn failure(failure: &Failure) {
    if !matches!(failure, Failure::Unread) {
        complain(&format!("reprise: {failure}"));
    }
}

/// `n` with its noun: "1 track", "2,310 tracks".
pub fn count(n: usize, noun: &str) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {noun}{}", if n == 1 { "" } else { "s" })
}

/// The day in Coordinated Universal Time, such as 2026-02-03; the seconds themselves if no calendar has such a day.
pub fn day(at_s: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(at_s) {
        Ok(time) => time.date().to_string(),
        Err(_) => at_s.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visible::steers;

    #[test]
    fn a_day_is_written_for_any_second() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(1_772_323_199), "2026-02-28");
        assert_eq!(day(1_772_323_200), "2026-03-01");
        assert_eq!(day(1_796_083_200), "2026-12-01");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn counts_are_grouped_and_plural() {
        assert_eq!(count(1, "track"), "1 track");
        assert_eq!(count(0, "track"), "0 tracks");
        assert_eq!(count(1_234_567, "pair"), "1,234,567 pairs");
    }

    /// One of each kind: escape, bell, carriage return, line feed, delete, a C1 control character, overrides and
    /// isolates.
    const STEERING: &str = "\u{1b}[2J\u{7}\r\n\u{7f}\u{9b}31m\u{202e}\u{2066}\u{2029}\u{0}";

    #[test]
    fn tags_cannot_steer_the_terminal() {
        let shown = plain(&format!("a{STEERING}b \u{e4} \u{1f469}\u{200d}\u{1f3a4} \\"));
        assert_eq!(
            shown,
            "a\\u{1b}[2J\\u{7}\\r\\n\\u{7f}\\u{9b}31m\\u{202e}\\u{2066}\\u{2029}\\u{0}b \u{e4} \u{1f469}\u{200d}\u{1f3a4} \\"
        );
        assert_eq!(plain(&shown), shown, "twice is once");
        let json = to_json(&[STEERING]).unwrap();
        assert!(!json.chars().any(|c| c != '\n' && steers(c)), "{json:?}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [STEERING], "JSON is exact");
    }
}
