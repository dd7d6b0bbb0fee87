//! The JSON of `clean`.

use std::path::{Path, PathBuf};

use reprise_library::{
    CleanUpReport, EntryAfter, Library, MarkAfter, Plan, PlanSummary, PlaylistAfter, RunState, Stage,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::json::{PathJson, rounded};
use crate::print;

#[derive(Serialize)]
struct PlanJson<'a> {
    plan: &'a Plan,
    summary: PlanSummary,
    playlists: Vec<PlaylistJson>,
}

#[derive(Serialize)]
struct PlaylistJson {
    #[serde(flatten)]
    file: PathJson,
    written_to: Option<PathJson>,
    changed: Vec<EntryJson>,
    left: Vec<EntryJson>,
    marks: Vec<MarkJson>,
    relocated: usize,
}

#[derive(Serialize)]
struct EntryJson {
    playlist: Vec<String>,
    number: usize,
    from: PathJson,
    to: Option<PathJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct MarkJson {
    from: PathJson,
    to: PathJson,
    name: String,
    kind: &'static str,
    at_s: Option<f64>,
    carried_to_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_carried: Option<String>,
}

/// A file that was left alone.
#[derive(Serialize)]
pub struct LeftJson {
    #[serde(flatten)]
    file: PathJson,
    reason: String,
}

#[derive(Serialize)]
struct ReportJson {
    run: Option<String>,
    files: Vec<PathJson>,
    playlists: Vec<PathJson>,
    left: Vec<LeftJson>,
    stopped: bool,
}

#[derive(Serialize)]
struct RunsJson {
    runs: Vec<RunJson>,
}

#[derive(Serialize)]
struct RunJson {
    run: String,
    begun_s: i64,
    stage: &'static str,
    steps: usize,
}

#[derive(Serialize)]
struct QuarantinedJson<'a> {
    run: &'a str,
    bytes: u64,
    files: Vec<PathJson>,
}

impl From<&(PathBuf, String)> for LeftJson {
    fn from((file, reason): &(PathBuf, String)) -> Self {
        Self { file: file.as_path().into(), reason: reason.clone() }
    }
}

pub fn plan(library: &Library, plan: &Plan) -> Result<(), Failure> {
    let playlists = library.playlists_after(plan)?.iter().map(playlist).collect();
    print::json(&PlanJson { plan, summary: plan.summary(), playlists })
}

fn playlist(after: &PlaylistAfter) -> PlaylistJson {
    let entry = |entry: &EntryAfter, reason: Option<&String>| EntryJson {
        playlist: entry.playlist.clone(),
        number: entry.number,
        from: entry.from.as_path().into(),
        to: entry.to.as_deref().map(Into::into),
        reason: reason.cloned(),
    };
    let mark = |mark: &MarkAfter| MarkJson {
        from: mark.from.as_path().into(),
        to: mark.to.as_path().into(),
        name: mark.name.clone(),
        kind: if mark.is_loop { "loop" } else { "cue" },
        at_s: mark.at_s,
        carried_to_s: mark.after.as_ref().ok().map(|at_s| rounded(*at_s, 3)),
        not_carried: mark.after.as_ref().err().cloned(),
    };
    PlaylistJson {
        file: after.file.as_path().into(),
        written_to: after.written_to.as_deref().map(Into::into),
        changed: after.changed.iter().map(|one| entry(one, None)).collect(),
        left: after.left.iter().map(|(one, reason)| entry(one, Some(reason))).collect(),
        marks: after.marks.iter().map(mark).collect(),
        relocated: after.relocated,
    }
}

pub fn report(report: &CleanUpReport) -> Result<(), Failure> {
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.as_path().into()).collect();
    print::json(&ReportJson {
        run: Some(report.run.clone()).filter(|run| !run.is_empty()),
        files: paths(&report.files),
        playlists: paths(&report.playlists),
        left: report.left.iter().map(Into::into).collect(),
        stopped: report.is_stopped,
    })
}

pub fn runs(runs: &[RunState]) -> Result<(), Failure> {
    let run = |run: &RunState| RunJson {
        run: run.run.to_string(),
        begun_s: run.begun_s,
        stage: word(run.stage),
        steps: run.steps.len(),
    };
    print::json(&RunsJson { runs: runs.iter().map(run).collect() })
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Unfinished => "unfinished",
        Stage::Finished => "finished",
        Stage::Undoing => "undoing",
        Stage::PartlyUndone => "partly_undone",
        Stage::Undone => "undone",
        Stage::Emptying => "emptying",
        Stage::PartlyEmptied => "partly_emptied",
        Stage::Emptied => "emptied",
    }
}

pub fn quarantined(run: &str, files: &[(PathBuf, u64)]) -> Result<(), Failure> {
    let bytes = files.iter().map(|(_, bytes)| bytes).sum();
    let files = files.iter().map(|(file, _)| Path::new(file).into()).collect();
    print::json(&QuarantinedJson { run, bytes, files })
}
