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

/// The mean log-probability below which a line is marked as unsure.
const UNSURE: f32 = -1.0;

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
    let Some(words) = words else { return print::line(&why_none(library, track)?) };
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

fn why_none(library: &Library, track: TrackId) -> Result<String, Failure> {
    Ok(match library.voice_is_analysed(track)? {
        false => "Nobody has listened to its voice yet: reprise listen".into(),
        true => "No words were heard in it.".into(),
    })
}

fn described(line: &HeardLine) -> String {
    let unsure = if line.log_probability < UNSURE { " (?)" } else { "" };
    format!("  {} {}{unsure}", clock(line.start_s.into()), plain(&line.text))
}
