//! What is sung, as heard.

use reprise_library::{HeardLine, HeardWords};
use serde::Serialize;
use specta::Type;
use specta_typescript::Number;

use super::track_row::TrackRow;

/// A line of what is sung.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SungLine {
    #[specta(type = Number)]
    start_s: f32,
    #[specta(type = Number)]
    end_s: f32,
    text: String,
    is_guessed: bool,
}

impl From<HeardLine> for SungLine {
    fn from(line: HeardLine) -> Self {
        let is_guessed = line.is_guessed();
        let HeardLine { start_s, end_s, text, .. } = line;
        Self { start_s, end_s, text, is_guessed }
    }
}

/// A track in which a line was found, and the line.
#[derive(Debug, Clone, Serialize, Type)]
pub struct FoundLine {
    pub track: TrackRow,
    pub line: SungLine,
}

/// What is sung in two tracks.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WordsBeside {
    own: Vec<SungLine>,
    other: Vec<SungLine>,
    /// For each line of the first track the index of the line of the other that says the same.
    matched: Vec<Option<u32>>,
    /// Codes of the two languages (ISO 639).
    languages: [String; 2],
}

impl From<reprise_library::WordsBeside> for WordsBeside {
    fn from(beside: reprise_library::WordsBeside) -> Self {
        let mut matched = vec![None; beside.own.lines.len()];
        beside.matched.iter().for_each(|pair| matched[pair.line] = Some(pair.other as u32));
        let lines = |words: HeardWords| words.lines.into_iter().map(SungLine::from).collect();
        let languages = [beside.own.language.clone(), beside.other.language.clone()];
        Self { own: lines(beside.own), other: lines(beside.other), matched, languages }
    }
}
