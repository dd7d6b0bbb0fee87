//! `decisions list`: everything that was said, newest first.

use reprise_library::{DecidedFiles, TrackInfo};
use serde::Serialize;

use crate::args::Arguments;
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::TrackJson;
use crate::print::{self, count};

#[derive(Serialize)]
struct DecisionsJson {
    decisions: Vec<DecisionJson>,
}

#[derive(Serialize)]
struct DecisionJson {
    /// "one song", or a kind of rendition.
    question: String,
    is_yes: bool,
    at_s: i64,
    a: RecordingJson,
    /// Null if the question is about one recording.
    b: Option<RecordingJson>,
}

#[derive(Serialize)]
struct RecordingJson {
    /// The hash of the content.
    recording: String,
    /// Empty if no file of the library holds it.
    tracks: Vec<TrackJson>,
}

impl RecordingJson {
    fn new(recording: impl ToString, files: &[TrackInfo]) -> Self {
        Self { recording: recording.to_string(), tracks: files.iter().map(Into::into).collect() }
    }
}

impl From<&DecidedFiles> for DecisionJson {
    fn from(one: &DecidedFiles) -> Self {
        let question = &one.decision.question;
        Self {
            question: question.word().to_owned(),
            is_yes: one.decision.is_yes,
            at_s: one.decision.at_s,
            a: RecordingJson::new(question.a(), &one.files_a),
            b: question.b().map(|b| RecordingJson::new(b, &one.files_b)),
        }
    }
}

pub fn list(arguments: &Arguments, search: &str) -> Result<(), Failure> {
    let decisions = open_existing(arguments)?.find_decisions(search)?;
    if arguments.json {
        return print::json(&DecisionsJson { decisions: decisions.iter().map(Into::into).collect() });
    }
    for one in &decisions {
        print::line(&format!("{}  {}", print::day(one.decision.at_s), said(one)))?;
        show(&one.files_a)?;
        if one.decision.question.b().is_some() {
            show(&one.files_b)?;
        }
    }
    match decisions.len() {
        0 if search.trim().is_empty() => print::line("Nothing was said yet."),
        0 => print::line("Nothing that was said concerns such a file."),
        n => print::line(&count(n, "decision")),
    }
}

/// "one song", "not one song", "live", "not live".
fn said(one: &DecidedFiles) -> String {
    let word = one.decision.question.word();
    if one.decision.is_yes { word.to_owned() } else { format!("not {word}") }
}

/// All files of one recording.
fn show(files: &[TrackInfo]) -> Result<(), Failure> {
    let Some(first) = files.first() else {
        return print::line("    a recording that is in no file of this library");
    };
    print::line(&format!("    {}", title(first)))?;
    for file in files {
        let absent = if file.is_missing { "  (not there now)" } else { "" };
        print::line(&format!("        {}{absent}", print::path(&file.path)))?;
    }
    Ok(())
}
