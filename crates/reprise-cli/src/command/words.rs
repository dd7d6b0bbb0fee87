//! `words FILE [OTHER]`: the words of a track as they were heard, or those of two tracks side by side.

use std::path::Path;

use reprise_library::{HeardLine, HeardWords, Library, TrackId, WordsBeside};
use reprise_wording::clock;
use serde::Serialize;

use crate::args::Arguments;
use crate::command::decide::track;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::rounded;
use crate::print::{self, plain};

#[derive(Serialize)]
struct WordsJson {
    language: String,
    language_probability: f64,
    lines: Vec<LineJson>,
}

/// A line as heard.
#[derive(Serialize)]
pub struct LineJson {
    start_s: f64,
    end_s: f64,
    text: String,
    log_probability: f64,
}

#[derive(Serialize)]
struct BesideJson {
    own: WordsJson,
    other: WordsJson,
    /// Indices of lines that say the same: of the first track, of the other.
    matched: Vec<[usize; 2]>,
}

impl From<&HeardLine> for LineJson {
    fn from(line: &HeardLine) -> Self {
        Self {
            start_s: rounded(line.start_s.into(), 2),
            end_s: rounded(line.end_s.into(), 2),
            text: line.text.clone(),
            log_probability: rounded(line.log_probability.into(), 2),
        }
    }
}

impl From<&HeardWords> for WordsJson {
    fn from(words: &HeardWords) -> Self {
        Self {
            language: words.language.clone(),
            language_probability: rounded(words.language_probability.into(), 2),
            lines: words.lines.iter().map(Into::into).collect(),
        }
    }
}

pub fn words(arguments: &Arguments, file: &Path, other: Option<&Path>) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let id = track(&library, file)?;
    match other {
        None => of_one(arguments, &library, id),
        Some(other) => beside(arguments, &library, id, track(&library, other)?),
    }
}

fn of_one(arguments: &Arguments, library: &Library, track: TrackId) -> Result<(), Failure> {
    let words = library.words(track)?;
    if arguments.json {
        return print::json(&words.as_ref().map(WordsJson::from));
    }
    let Some(words) = words else {
        return print::line("Nobody has listened to it for words yet: reprise listen");
    };
    if words.lines.is_empty() {
        return print::line("No words were heard in it.");
    }
    print::line(&format!("As heard ({}), with mistakes:", words.language))?;
    words.lines.iter().try_for_each(|line| print::line(&described(line)))
}

fn beside(arguments: &Arguments, library: &Library, one: TrackId, other: TrackId) -> Result<(), Failure> {
    let beside = library.words_beside(one, other)?;
    if arguments.json {
        return print::json(&beside.as_ref().map(|beside| BesideJson {
            own: (&beside.own).into(),
            other: (&beside.other).into(),
            matched: beside.matched.iter().map(|pair| [pair.line, pair.other]).collect(),
        }));
    }
    let Some(WordsBeside { own, other, matched }) = beside else {
        return print::line("Words were not heard in both of them.");
    };
    print::line(&format!("As heard, with mistakes: {} of {} lines match.", matched.len(), own.lines.len()))?;
    for (index, line) in own.lines.iter().enumerate() {
        print::line(&described(line))?;
        if let Some(pair) = matched.iter().find(|pair| pair.line == index) {
            print::line(&format!("    = {}", described(&other.lines[pair.other]).trim_start()))?;
        }
    }
    Ok(())
}

fn described(line: &HeardLine) -> String {
    let unsure = if line.is_guessed() { " (?)" } else { "" };
    format!("  {} {}{unsure}", clock(line.start_s.into()), plain(&line.text))
}
