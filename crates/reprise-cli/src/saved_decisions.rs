//! What the user said, as text for a file. Recordings are named by their content, so that it holds on another computer,
//! under other paths, too.

use reprise_library::{Decided, Decision, KindSaid, PayloadHash, RenditionDecision, TrackInfo, Verdict};
use serde::{Deserialize, Serialize};

use crate::json::{self, PathJson};
use crate::print;

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

/// What a file of decisions says.
#[derive(Debug, PartialEq)]
pub struct Saved {
    /// Of two recordings each.
    pub decisions: Vec<Decision>,
    /// What recordings are.
    pub kinds: Vec<KindSaid>,
}

/// Everything the user said, as JSON.
pub fn write(decisions: &[Decided], kinds: &[RenditionDecision]) -> Result<String, String> {
    let content = DecisionsJson {
        version: VERSION,
        decisions: decisions.iter().map(to_json).collect(),
        kinds: kinds.iter().map(kind_to_json).collect(),
    };
    print::to_json(&content).map_err(|failure| failure.to_string())
}

/// What [`write()`] wrote, or a clause that says why it is none of that.
pub fn read(text: &str) -> Result<Saved, String> {
    let saved: SavedDecisions = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if saved.version != VERSION {
        return Err(format!("was written by another Reprise (version {})", saved.version));
    }
    let decisions: Option<Vec<Decision>> = saved.decisions.iter().map(decision).collect();
    let decisions = decisions.ok_or("holds something that is no decision")?;
    let kinds: Option<Vec<KindSaid>> = saved.kinds.iter().map(kind_said).collect();
    let kinds = kinds.ok_or("holds something that is no word about a recording")?;
    Ok(Saved { decisions, kinds })
}

fn paths(files: &[TrackInfo]) -> Vec<PathJson> {
    files.iter().map(|file| file.path.as_path().into()).collect()
}

fn kind_to_json(RenditionDecision { said, files }: &RenditionDecision) -> KindJson {
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
        verdict: json::verdict(decided.verdict),
        at_s: decided.at_s,
        files_a: paths(&decided.files_a),
        files_b: paths(&decided.files_b),
    }
}

fn decision(saved: &SavedDecision) -> Option<Decision> {
    let (one, other) = (PayloadHash::parse(&saved.a)?, PayloadHash::parse(&saved.b)?);
    let verdict = [Verdict::Same, Verdict::Different]
        .into_iter()
        .find(|verdict| json::verdict(*verdict) == saved.verdict)?;
    (one != other).then(|| Decision { a: one.min(other), b: one.max(other), verdict, at_s: saved.at_s })
}

/// A kind that this build does not know is kept for one that does.
fn kind_said(saved: &SavedKind) -> Option<KindSaid> {
    let (payload, kind) = (PayloadHash::parse(&saved.recording)?, saved.kind.clone());
    Some(KindSaid { payload, kind, is_one: saved.is_one, at_s: saved.at_s })
}
