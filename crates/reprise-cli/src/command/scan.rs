//! `scan` and `listen`: hear what is new or owed, with honest progress.

use std::path::PathBuf;

use reprise_library::{Control, Effort, Library, Progress, ScanOptions, Summary};
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::{library_path, open_library};
use crate::failure::Failure;
use crate::print::{self, count};
use crate::progress_bar::ProgressBar;

/// Stopped by Ctrl-C.
static CONTROL: Control = Control::new();

pub fn scan(arguments: &Arguments, scan: &args::Scan) -> Result<(), Failure> {
    let folders = scan.folders.iter().map(absolute_folder).collect::<Result<Vec<_>, _>>()?;
    let options = ScanOptions { retry_problems: scan.retry, effort: effort(&scan.effort) };
    with_progress(arguments, |library, progress| library.scan(&folders, &options, progress))
}

pub fn listen(arguments: &Arguments, effort_wanted: &args::Effort) -> Result<(), Failure> {
    let effort = effort(effort_wanted);
    with_progress(arguments, |library, progress| library.listen(&effort, progress))
}

/// How many files at a time.
pub fn effort(wanted: &args::Effort) -> Effort {
    wanted.threads.map_or_else(Effort::default, |threads| Effort { threads: usize::from(threads) })
}

/// Ctrl-C asks the work to end; a second one ends the program, which the library survives too.
pub fn stop_on_interrupt() -> &'static Control {
    let handler = || {
        if CONTROL.is_stopped() {
            std::process::exit(130);
        }
        CONTROL.stop();
    };
    // Without a handler Ctrl-C ends the program at once; nothing committed is lost.
    let _ = ctrlc::set_handler(handler);
    &CONTROL
}

fn absolute_folder(folder: &PathBuf) -> Result<PathBuf, Failure> {
    let absolute = std::path::absolute(folder).map_err(|error| Failure::file(folder, error))?;
    match std::fs::metadata(&absolute) {
        Ok(metadata) if metadata.is_dir() => Ok(absolute),
        Ok(_) => Err(Failure::file(folder, "is not a folder")),
        Err(error) => Err(Failure::file(folder, error)),
    }
}

fn with_progress(
    arguments: &Arguments,
    work: impl FnOnce(&Library, &Progress) -> Result<Summary, reprise_library::Error>,
) -> Result<(), Failure> {
    let control = stop_on_interrupt();
    let library = open_library(arguments)?;
    let bar = ProgressBar::new();
    let report = |event| bar.show(&event);
    let outcome = work(&library, &Progress::new(&report, control));
    bar.clear();
    let summary = outcome?;
    if arguments.json {
        print::json(&SummaryJson::from(&summary))?
    } else {
        tell(arguments, &summary)?
    }
    if summary.stopped { Err(Failure::Interrupted) } else { Ok(()) }
}

/// What a scan did. Fields are described in docs/json.md.
#[derive(Serialize)]
struct SummaryJson {
    heard: usize,
    unchanged: usize,
    moved: usize,
    missing: usize,
    not_matched: usize,
    problems: usize,
    warnings: usize,
    pairs_aligned: usize,
    seconds: f64,
    tracks_per_minute: f64,
    stopped: bool,
}

impl From<&Summary> for SummaryJson {
    fn from(summary: &Summary) -> Self {
        Self {
            heard: summary.heard,
            unchanged: summary.unchanged,
            moved: summary.moved,
            missing: summary.missing,
            not_matched: summary.not_matched,
            problems: summary.problems.iter().filter(|p| !p.is_warning).count(),
            warnings: summary.problems.iter().filter(|p| p.is_warning).count(),
            pairs_aligned: summary.pairs_aligned,
            seconds: crate::json::rounded(summary.seconds, 3),
            tracks_per_minute: crate::json::rounded(tracks_per_minute(summary), 1),
            stopped: summary.stopped,
        }
    }
}

fn tracks_per_minute(summary: &Summary) -> f64 {
    if summary.hearing_seconds > 0.0 { summary.heard as f64 * 60.0 / summary.hearing_seconds } else { 0.0 }
}

fn tell(arguments: &Arguments, summary: &Summary) -> Result<(), Failure> {
    let mut parts = vec![format!("{} heard", count(summary.heard, "track"))];
    if summary.heard > 0 {
        parts[0] += &format!(" ({:.0} a minute)", tracks_per_minute(summary));
    }
    let also = [
        (summary.unchanged, "unchanged"),
        (summary.moved, "moved"),
        (summary.missing, "absent now"),
        (summary.not_matched, "not matched"),
    ];
    parts.extend(also.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    print::line(&parts.join(", "))?;
    for problem in summary.problems.iter().take(PROBLEMS_SHOWN) {
        let path = print::plain(&problem.path.to_string_lossy());
        print::line(&format!("  {path}: {}", print::plain(&problem.message)))?;
    }
    if summary.problems.len() > PROBLEMS_SHOWN {
        let more = summary.problems.len() - PROBLEMS_SHOWN;
        print::line(&format!("  and {more} more: reprise problems"))?;
    }
    print::line(&format!("library: {}", library_path(arguments)?.display()))
}

/// Problems named after a scan; `reprise problems` has them all.
const PROBLEMS_SHOWN: usize = 10;
