//! The user's decisions as text for a file. Recordings are identified by their content, so that the file is valid on
//! another computer and with other paths, too.

use reprise_library::{DecidedFiles, Decision, ONE_SONG, PayloadHash, Question, TrackInfo};
use serde::{Deserialize, Serialize};

use crate::json::{self, PathJson};
use crate::print;

/// The version of the file format. Files of later versions may not be understood.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DecisionsJson {
    version: u32,
    decisions: Vec<DecisionJson>,
    kinds: Vec<KindJson>,
    /// Other questions about two recordings. A list of its own: a version that does not know it must not take them for
    /// decisions about songs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    questions: Vec<QuestionJson>,
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
struct QuestionJson {
    question: String,
    a: String,
    b: String,
    is_yes: bool,
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

/// The part of the file that is read back; the paths are for people.
#[derive(Deserialize)]
struct SavedDecisions {
    version: u32,
    decisions: Vec<SavedDecision>,
    #[serde(default)]
    kinds: Vec<SavedKind>,
    #[serde(default)]
    questions: Vec<SavedQuestion>,
}

#[derive(Deserialize)]
struct SavedDecision {
    a: String,
    b: String,
    verdict: String,
    at_s: i64,
}

#[derive(Deserialize)]
struct SavedQuestion {
    question: String,
    a: String,
    b: String,
    is_yes: bool,
    at_s: i64,
}

#[derive(Deserialize)]
struct SavedKind {
    recording: String,
    kind: String,
    is_one: bool,
    at_s: i64,
}

/// All decisions as JSON.
pub fn write(decisions: &[DecidedFiles]) -> Result<String, String> {
    let content = DecisionsJson {
        version: VERSION,
        decisions: decisions.iter().filter_map(pair_to_json).collect(),
        kinds: decisions.iter().filter_map(kind_to_json).collect(),
        questions: decisions.iter().filter_map(question_to_json).collect(),
    };
    print::to_json(&content).map_err(|failure| failure.to_string())
}

/// The decisions in a file from [`write()`]. The error is a clause that says why the text is not such a file.
pub fn read(text: &str) -> Result<Vec<Decision>, String> {
    let saved: SavedDecisions = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if saved.version != VERSION {
        return Err(format!("was written by another Reprise (version {})", saved.version));
    }
    let pairs: Option<Vec<Decision>> = saved.decisions.iter().map(pair_decision).collect();
    let pairs = pairs.ok_or("holds something that is no decision")?;
    let kinds: Option<Vec<Decision>> = saved.kinds.iter().map(kind_decision).collect();
    let kinds = kinds.ok_or("holds something that is no word about a recording")?;
    let questions: Option<Vec<Decision>> = saved.questions.iter().map(question_decision).collect();
    let questions = questions.ok_or("holds something that is no answer to a question")?;
    Ok(pairs.into_iter().chain(kinds).chain(questions).collect())
}

fn paths(files: &[TrackInfo]) -> Vec<PathJson> {
    files.iter().map(|file| file.path.as_path().into()).collect()
}

/// `None` for a decision about one recording, and for another question about two.
fn pair_to_json(DecidedFiles { decision, files_a, files_b }: &DecidedFiles) -> Option<DecisionJson> {
    let Decision { question, is_yes, at_s } = decision;
    if question.word() != ONE_SONG {
        return None;
    }
    Some(DecisionJson {
        a: question.a().to_string(),
        b: question.b()?.to_string(),
        verdict: json::verdict(*is_yes),
        at_s: *at_s,
        files_a: paths(files_a),
        files_b: paths(files_b),
    })
}

/// `None` for a decision about one recording, and for one whether two are one song.
fn question_to_json(DecidedFiles { decision, files_a, files_b }: &DecidedFiles) -> Option<QuestionJson> {
    let Decision { question, is_yes, at_s } = decision;
    let b = question.b().filter(|_| question.word() != ONE_SONG)?;
    Some(QuestionJson {
        question: question.word().to_owned(),
        a: question.a().to_string(),
        b: b.to_string(),
        is_yes: *is_yes,
        at_s: *at_s,
        files_a: paths(files_a),
        files_b: paths(files_b),
    })
}

/// `None` for a decision about two recordings.
fn kind_to_json(DecidedFiles { decision, files_a, .. }: &DecidedFiles) -> Option<KindJson> {
    let Decision { question, is_yes, at_s } = decision;
    question.b().is_none().then(|| KindJson {
        recording: question.a().to_string(),
        kind: question.word().to_owned(),
        is_one: *is_yes,
        at_s: *at_s,
        files: paths(files_a),
    })
}

fn pair_decision(saved: &SavedDecision) -> Option<Decision> {
    let (one, other) = (PayloadHash::parse(&saved.a)?, PayloadHash::parse(&saved.b)?);
    let is_yes = [true, false].into_iter().find(|is_yes| json::verdict(*is_yes) == saved.verdict)?;
    Some(Decision { question: Question::pair(ONE_SONG, one, other)?, is_yes, at_s: saved.at_s })
}

fn question_decision(saved: &SavedQuestion) -> Option<Decision> {
    let (one, other) = (PayloadHash::parse(&saved.a)?, PayloadHash::parse(&saved.b)?);
    let question = Question::pair(&saved.question, one, other)?;
    Some(Decision { question, is_yes: saved.is_yes, at_s: saved.at_s })
}

/// A kind that this version does not know is kept for a version that does.
fn kind_decision(saved: &SavedKind) -> Option<Decision> {
    let question = Question::single(&saved.kind, PayloadHash::parse(&saved.recording)?);
    Some(Decision { question, is_yes: saved.is_one, at_s: saved.at_s })
}
