//! Writing to the terminal: text for people, JSON for programs.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::failure::Failure;

/// Writes `value` as indented JSON with a closing newline.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(&to_json(value)?)
}

/// `value` as indented JSON.
pub fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| Failure::Other(error.to_string()))
}

/// Writes one line. A closed pipe ends the command quietly, as `head` expects.
pub fn line(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Unread),
        written => Ok(written?),
    }
}

/// Removes what could move the cursor or colour the terminal: titles come from strangers' tags.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A path for people.
pub fn path(path: &Path) -> String {
    plain(&path.to_string_lossy())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_plural() {
        assert_eq!(count(1, "track"), "1 track");
        assert_eq!(count(0, "track"), "0 tracks");
        assert_eq!(count(1_234_567, "pair"), "1,234,567 pairs");
    }

    #[test]
    fn tags_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
