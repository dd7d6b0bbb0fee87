//! `decisions export|import`: what the user said, as a file. Recordings are named by their content, so that it holds on
//! another computer, under other paths, too.

use std::path::Path;

use reprise_library::{Decided, Decision, KindOfRecording, KindSaid, PayloadHash, TrackInfo, Verdict};
use serde::{Deserialize, Serialize};

use crate::args::{self, Arguments};
use crate::command::{open_existing, open_library};
use crate::failure::Failure;
use crate::json::PathJson;
use crate::output;
use crate::print::{self, count};

/// Of the file; what a later one holds may not be understood.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DecisionsJson {
    version: u32,
    decisions: Vec<DecisionJson>,
    kinds: Vec<KindJson>,
}

#[derive(Serialize)]
struct DecisionJson {
    a: String,
    b: String,
    verdict: &'static str,
    at_s: i64,
    files_a: Vec<PathJson>,
    files_b: Vec<PathJson>,
}

#[derive(Serialize)]
struct KindJson {
    recording: String,
    kind: String,
    is_one: bool,
    at_s: i64,
    files: Vec<PathJson>,
}

/// What is read back; paths are for people.
#[derive(Deserialize)]
struct SavedDecisions {
    version: u32,
    decisions: Vec<SavedDecision>,
    #[serde(default)]
    kinds: Vec<SavedKind>,
}

#[derive(Deserialize)]
struct SavedDecision {
    a: String,
    b: String,
    verdict: String,
    at_s: i64,
}

#[derive(Deserialize)]
struct SavedKind {
    recording: String,
    kind: String,
    is_one: bool,
    at_s: i64,
}

#[derive(Serialize)]
struct ImportedJson {
    read: usize,
    adopted: usize,
}

pub fn decisions(arguments: &Arguments, action: &args::Decisions) -> Result<(), Failure> {
    match action {
        args::Decisions::Export { file, force } => export(arguments, file.as_deref(), *force),
        args::Decisions::Import { file } => import(arguments, file),
    }
}

fn export(arguments: &Arguments, file: Option<&Path>, force: bool) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let (decisions, kinds) = (library.decisions()?, library.kinds_said()?);
    let n = decisions.len() + kinds.len();
    let content = DecisionsJson {
        version: VERSION,
        decisions: decisions.iter().map(to_json).collect(),
        kinds: kinds.iter().map(kind_to_json).collect(),
    };
    let Some(file) = file else { return print::json(&content) };
    let text = serde_json::to_string_pretty(&content).map_err(|error| Failure::file(file, error))?;
    output::write(file, (text + "\n").as_bytes(), force)?;
    print::line(&format!("{} written to {}", count(n, "decision"), print::path(file)))
}

fn import(arguments: &Arguments, file: &Path) -> Result<(), Failure> {
    let wrong = |reason: String| Failure::file(file, reason);
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let saved: SavedDecisions = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if saved.version != VERSION {
        return Err(wrong(format!("was written by another Reprise (version {})", saved.version)));
    }
    let decisions: Option<Vec<Decision>> = saved.decisions.iter().map(read).collect();
    let decisions = decisions.ok_or_else(|| wrong("holds something that is no decision".into()))?;
    let kinds: Option<Vec<KindSaid>> = saved.kinds.iter().map(read_kind).collect();
    let kinds = kinds.ok_or_else(|| wrong("holds something that is no word about a recording".into()))?;
    let library = open_library(arguments)?;
    let adopted = library.adopt_decisions(&decisions)? + library.adopt_kinds(&kinds)?;
    let read = decisions.len() + kinds.len();
    if arguments.json {
        return print::json(&ImportedJson { read, adopted });
    }
    print::line(&format!("{} read, {adopted} of them new", count(read, "decision")))
}

fn paths(files: &[TrackInfo]) -> Vec<PathJson> {
    files.iter().map(|file| file.path.as_path().into()).collect()
}

fn kind_to_json(KindOfRecording { said, files }: &KindOfRecording) -> KindJson {
    KindJson {
        recording: said.payload.to_string(),
        kind: said.kind.clone(),
        is_one: said.is_one,
        at_s: said.at_s,
        files: paths(files),
    }
}

fn to_json(decided: &Decided) -> DecisionJson {
    DecisionJson {
        a: decided.a.to_string(),
        b: decided.b.to_string(),
        verdict: word(decided.verdict),
        at_s: decided.at_s,
        files_a: paths(&decided.files_a),
        files_b: paths(&decided.files_b),
    }
}

fn read(saved: &SavedDecision) -> Option<Decision> {
    let (one, other) = (PayloadHash::parse(&saved.a)?, PayloadHash::parse(&saved.b)?);
    let verdict =
        [Verdict::Same, Verdict::Different].into_iter().find(|verdict| word(*verdict) == saved.verdict)?;
    (one != other).then(|| Decision { a: one.min(other), b: one.max(other), verdict, at_s: saved.at_s })
}

/// A kind that this build does not know is kept for one that does.
fn read_kind(saved: &SavedKind) -> Option<KindSaid> {
    let (payload, kind) = (PayloadHash::parse(&saved.recording)?, saved.kind.clone());
    Some(KindSaid { payload, kind, is_one: saved.is_one, at_s: saved.at_s })
}

/// The word for a verdict in JSON.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Different => "different",
    }
}
