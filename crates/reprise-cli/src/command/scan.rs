//! `scan` and `listen`: analyse what is new or owed, including the voices, and report the progress.

use std::path::PathBuf;

use reprise_library::{
    Control, Device, Devices, Effort, Library, Progress, ScanOptions, Summary, VoiceSummary,
};
use serde::Serialize;

use crate::args::{self, Arguments, When};
use crate::command::{library_path, open_library};
use crate::failure::Failure;
use crate::json::DevicesJson;
use crate::print::{self, count};
use crate::progress_bar::ProgressBar;

/// Ctrl-C stops it.
static CONTROL: Control = Control::new();

pub fn scan(arguments: &Arguments, scan: &args::Scan) -> Result<(), Failure> {
    let folders = scan.folders.iter().map(absolute_folder).collect::<Result<Vec<_>, _>>()?;
    let effort = effort(&scan.effort);
    let options = ScanOptions { retry_problems: scan.retry, effort };
    if scan.voice == Some(When::Never) && scan.words == Some(When::Now) {
        return Err(Failure::Other("words are heard in voices: --words now needs --voice".into()));
    }
    let work = Work::begin(arguments)?;
    // Words are heard in voices: who wants them now wants those.
    if let Some(voice) = scan.voice.or(scan.words.filter(|words| *words == When::Now)) {
        work.library.want_voices(voice != When::Never)?;
    }
    if let Some(words) = scan.words {
        work.library.want_words(words != When::Never)?;
    }
    let summary = work.first_pass(|library, progress| library.scan(&folders, &options, progress))?;
    let is_now = [scan.voice, scan.words].contains(&Some(When::Now));
    let with_words = scan.words != Some(When::Later);
    let voices = if is_now { work.voices(with_words, &effort, &summary)? } else { None };
    work.end(&summary, voices.as_ref())
}

pub fn listen(arguments: &Arguments, effort_wanted: &args::Effort) -> Result<(), Failure> {
    let effort = effort(effort_wanted);
    let work = Work::begin(arguments)?;
    let summary = work.first_pass(|library, progress| library.analyse_owed(&effort, progress))?;
    let voices = if work.library.wants_voices()? { work.voices(true, &effort, &summary)? } else { None };
    work.end(&summary, voices.as_ref())
}

/// How many files are analysed at a time.
pub fn effort(wanted: &args::Effort) -> Effort {
    wanted.threads.map_or_else(Effort::default, |threads| Effort { threads: usize::from(threads) })
}

/// Ctrl-C stops the work. A second Ctrl-C ends the program, which does not damage the library.
pub fn stop_on_interrupt() -> &'static Control {
    let handler = || {
        if CONTROL.is_stopped() {
            std::process::exit(130);
        }
        CONTROL.stop();
    };
    // Without a handler, Ctrl-C ends the program at once. No committed work is lost.
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

/// Work on a library, which reports the result of each pass on the terminal.
struct Work<'a> {
    arguments: &'a Arguments,
    library: Library,
    control: &'static Control,
}

impl<'a> Work<'a> {
    fn begin(arguments: &'a Arguments) -> Result<Self, Failure> {
        let control = stop_on_interrupt();
        Ok(Self { arguments, library: open_library(arguments)?, control })
    }

    fn first_pass(
        &self,
        work: impl FnOnce(&Library, &Progress) -> Result<Summary, reprise_library::Error>,
    ) -> Result<Summary, Failure> {
        let summary = self.with_bar(|progress| work(&self.library, progress))?;
        if !self.arguments.json {
            tell(&summary)?;
        }
        Ok(summary)
    }

    /// The second pass, unless the first was stopped.
    fn voices(
        &self,
        with_words: bool,
        effort: &Effort,
        first: &Summary,
    ) -> Result<Option<VoiceSummary>, Failure> {
        if first.stopped {
            return Ok(None);
        }
        let with_words = with_words && self.library.wants_words()?;
        let analyse = |progress: &Progress| self.library.analyse_voices(with_words, effort, progress);
        let voices = self.with_bar(analyse)?;
        if !self.arguments.json {
            tell_voices(&voices)?;
        }
        Ok(Some(voices))
    }

    fn end(&self, summary: &Summary, voices: Option<&VoiceSummary>) -> Result<(), Failure> {
        if self.arguments.json {
            print::json(&SummaryJson::of(summary, voices))?;
        } else {
            tell_devices()?;
            print::line(&format!("library: {}", print::path(&library_path(self.arguments)?)))?;
        }
        let is_stopped = summary.stopped || voices.is_some_and(|voices| voices.stopped);
        if is_stopped { Err(Failure::Interrupted) } else { Ok(()) }
    }

    fn with_bar<T>(
        &self,
        work: impl FnOnce(&Progress) -> Result<T, reprise_library::Error>,
    ) -> Result<T, Failure> {
        let bar = ProgressBar::new();
        let report = |event| bar.show(&event);
        let outcome = work(&Progress::new(&report, self.control));
        bar.clear();
        Ok(outcome?)
    }
}

/// The results of a scan. docs/json.md describes the fields.
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
    voices: Option<VoicesJson>,
    #[serde(flatten)]
    devices: DevicesJson,
    stopped: bool,
}

/// The results of the voice pass.
#[derive(Serialize)]
struct VoicesJson {
    heard: usize,
    sung: usize,
    listened_for_words: usize,
    with_words: usize,
    unreadable: usize,
    seconds: f64,
}

impl SummaryJson {
    fn of(summary: &Summary, voices: Option<&VoiceSummary>) -> Self {
        Self {
            heard: summary.analysed,
            unchanged: summary.unchanged,
            moved: summary.moved,
            missing: summary.missing,
            not_matched: summary.not_matched,
            problems: summary.problems.iter().filter(|p| !p.is_warning).count(),
            warnings: summary.problems.iter().filter(|p| p.is_warning).count(),
            pairs_aligned: summary.pairs_aligned,
            seconds: crate::json::rounded(summary.seconds, 3),
            tracks_per_minute: crate::json::rounded(tracks_per_minute(summary), 1),
            voices: voices.map(|voices| VoicesJson {
                heard: voices.analysed,
                sung: voices.sung,
                listened_for_words: voices.listened,
                with_words: voices.with_words,
                unreadable: voices.unreadable,
                seconds: crate::json::rounded(voices.seconds, 3),
            }),
            devices: Devices::so_far().map(DevicesJson::from).unwrap_or_default(),
            stopped: summary.stopped || voices.is_some_and(|voices| voices.stopped),
        }
    }
}

fn tracks_per_minute(summary: &Summary) -> f64 {
    if summary.analysis_seconds > 0.0 {
        summary.analysed as f64 * 60.0 / summary.analysis_seconds
    } else {
        0.0
    }
}

fn tell(summary: &Summary) -> Result<(), Failure> {
    let mut parts = vec![format!("{} heard", count(summary.analysed, "track"))];
    if summary.analysed > 0 {
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
        print::line(&format!("  {}: {}", print::path(&problem.path), problem.message))?;
    }
    if summary.problems.len() > PROBLEMS_SHOWN {
        let more = summary.problems.len() - PROBLEMS_SHOWN;
        print::line(&format!("  and {more} more: reprise problems"))?;
    }
    Ok(())
}

fn tell_voices(voices: &VoiceSummary) -> Result<(), Failure> {
    let mut parts = vec![format!("voices of {} heard", count(voices.analysed, "track"))];
    if voices.analysed > 0 {
        let per_minute = voices.analysed as f64 * 60.0 / voices.seconds.max(0.001);
        parts[0] += &format!(" ({per_minute:.0} a minute)");
        parts.push(format!("{} sung", voices.sung));
    }
    if voices.listened > 0 {
        parts.push(format!("words heard in {}", voices.with_words));
    }
    if voices.unreadable > 0 {
        parts.push(format!("{} could not be read again", voices.unreadable));
    }
    print::line(&parts.join(", "))?;
    Ok(())
}

/// Prints which device networks ran on, if it is of interest. Normally it is the processor alone.
fn tell_devices() -> Result<(), Failure> {
    let is_news = |devices: &Devices| devices.in_use != Device::Processor || !devices.unused.is_empty();
    for sentence in Devices::so_far().filter(is_news).iter().flat_map(Devices::sentences) {
        print::line(&sentence)?;
    }
    Ok(())
}

/// How many problems are listed after a scan; `reprise problems` lists all.
const PROBLEMS_SHOWN: usize = 10;
