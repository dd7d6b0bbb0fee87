//! `clean`: which copies could go; moves them into the quarantine, and back.

use std::path::Path;

use reprise_library::{
    CleanUpReport, Control, Fate, Library, Plan, Progress, RunState, Stage, document, only_in,
};
use reprise_wording::clean_up;
use serde::Serialize;

use crate::args::clean::{Clean, OfRun, PlanFormat};
use crate::args::{self, Arguments};
use crate::command::clean_rules::rules;
use crate::command::scan::stop_on_interrupt;
use crate::command::{clean_json, open_existing, open_library};
use crate::failure::Failure;
use crate::output;
use crate::print::{self, count};
use crate::progress_bar::ProgressBar;

pub fn clean(arguments: &Arguments, action: &Clean) -> Result<(), Failure> {
    match action {
        Clean::Plan(wanted) => plan(arguments, wanted),
        Clean::Show { plan } => show(arguments, plan),
        Clean::Rules { choices, forget } => rules(arguments, choices, *forget),
        Clean::Run { plan, yes, trash } => run(arguments, plan, *yes, *trash),
        Clean::Runs => runs(arguments),
        Clean::Undo(of) => again(arguments, of, Library::undo_clean_up, "put back"),
        Clean::Finish(of) => again(arguments, of, Library::finish_clean_up, "moved"),
        Clean::Empty { run, yes } => empty(arguments, run, *yes),
    }
}

fn plan(arguments: &Arguments, wanted: &args::clean::Plan) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| Failure::file(path, error));
    let rules = wanted.rules.applied_to(library.keep_rules()?)?;
    let named = wanted.rules.added_to(library.named_playlists()?)?;
    let mut plan = with_progress(|progress| Ok(library.plan_clean_up(&rules, &named, progress)?))?;
    for file in &wanted.choose {
        let (group, place) = place_of(&plan, &absolute(file)?)?;
        plan.keep(group, place);
    }
    for file in &wanted.leave {
        let (group, _) = place_of(&plan, &absolute(file)?)?;
        plan.leave(group);
    }
    if let Some(out) = &wanted.out {
        let content = match wanted.format {
            PlanFormat::Json => (plan.to_json() + "\n").into_bytes(),
            PlanFormat::Csv => document::csv(&plan)?,
            PlanFormat::Shell => document::shell_script(&plan),
        };
        output::write(out, &content, wanted.force)?;
    }
    if arguments.json {
        return clean_json::plan(&library, &plan);
    }
    print_plan(&library, &plan)?;
    match &wanted.out {
        Some(out) if wanted.format == PlanFormat::Json => {
            let out = print::path(out);
            print::line(&format!("Nothing was changed. To do it: reprise clean run {out} --yes"))
        }
        _ => print::line("Nothing was changed. Save the plan with --out PLAN to run it."),
    }
}

/// The group of a file in a plan, and its place there.
fn place_of(plan: &Plan, file: &Path) -> Result<(usize, usize), Failure> {
    let place = plan.groups.iter().enumerate().find_map(|(number, group)| {
        let place = group.files.iter().position(|planned| planned.path() == file)?;
        Some((number, place))
    });
    place.ok_or_else(|| Failure::file(file, "is in no group of copies"))
}

fn show(arguments: &Arguments, plan: &Path) -> Result<(), Failure> {
    let (library, plan) = (open_existing(arguments)?, read_plan(plan)?);
    if arguments.json {
        return clean_json::plan(&library, &plan);
    }
    print_plan(&library, &plan)
}

fn read_plan(file: &Path) -> Result<Plan, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    Plan::from_json(&text).map_err(|error| Failure::file(file, error))
}

fn print_plan(library: &Library, plan: &Plan) -> Result<(), Failure> {
    for group in &plan.groups {
        print::line(&group.files[group.kept().unwrap_or_default()].file.name())?;
        for (place, planned) in group.files.iter().enumerate() {
            let (file, fate) = (&planned.file, clean_up::fate(&group.own_fate(place)));
            let facts = format!("{}, {} kbit/s", file.codec, file.kbit_s);
            print::line(&format!("    {} ({facts}) {fate}", print::path(planned.path())))?;
            let only = match planned.fate {
                Fate::Go { keeper, .. } => only_in(file, &group.files[keeper].file),
                _ => Vec::new(),
            };
            if !only.is_empty() {
                print::line(&format!("        only this file has: {}", only.join(", ")))?;
            }
            if let Some(hint) = clean_up::hint(file) {
                print::line(&format!("        {hint}"))?;
            }
        }
        print::line("")?;
    }
    print_playlists(library, plan)?;
    let summary = plan.summary();
    let undecided = match summary.undecided {
        0 => String::new(),
        n => format!("; {} need you (--choose FILE, --leave FILE)", count(n, "group")),
    };
    print::line(&format!(
        "{} of {} would go, {}{undecided}.",
        count(summary.files, "file"),
        count(summary.groups, "recording"),
        bytes(summary.bytes),
    ))
}

/// The playlists after a plan.
fn print_playlists(library: &Library, plan: &Plan) -> Result<(), Failure> {
    for playlist in library.playlists_after(plan)? {
        match playlist.written_to.as_deref() {
            Some(to) if to == playlist.file => print::line(&print::path(to))?,
            Some(to) => print::line(&format!("{} (from {})", print::path(to), print::path(&playlist.file)))?,
            None => print::line(&format!("{} (only read)", print::path(&playlist.file)))?,
        }
        for entry in &playlist.changed {
            let to = entry.to.as_deref().map(print::path).unwrap_or_default();
            let name = entry.playlist.join(" / ");
            print::line(&format!("    {name}, {}: - {}", entry.number, print::path(&entry.from)))?;
            print::line(&format!("    {name}, {}: + {to}", entry.number))?;
        }
        for (entry, reason) in &playlist.left {
            let name = entry.playlist.join(" / ");
            let from = print::path(&entry.from);
            print::line(&format!("    {name}, {}: still names {from}: {reason}", entry.number))?;
        }
        for mark in &playlist.marks {
            let what = if mark.is_loop { "loop" } else { "cue" };
            let at = mark.at_s.map(reprise_wording::clock).unwrap_or_default();
            let after = match &mark.after {
                Ok(at_s) => format!("is carried over to {}", reprise_wording::clock(*at_s)),
                Err(reason) => format!("is not carried over: {reason}"),
            };
            print::line(&format!("    the {what} {} at {at} {after}", mark.name))?;
        }
        if playlist.relocated > 0 {
            let n = count(playlist.relocated, "track");
            print::line(&format!(
                "    {n} with a new place, which rekordbox ignores for tracks that it knows"
            ))?;
        }
        print::line("")?;
    }
    Ok(())
}

#[derive(Serialize)]
struct CheckedJson {
    would_go: usize,
    left: Vec<clean_json::LeftJson>,
}

fn run(arguments: &Arguments, file: &Path, is_meant: bool, to_trash: bool) -> Result<(), Failure> {
    let plan = read_plan(file)?;
    if is_meant {
        let library = open_library(arguments)?;
        let (run, done): (Run, _) = match to_trash {
            true => (Library::run_clean_up_to_trash, "moved to the system's trash"),
            false => (Library::run_clean_up, "moved into the quarantine"),
        };
        let report = with_progress(|progress| Ok(run(&library, &plan, progress)?))?;
        return told(arguments, &report, done);
    }
    let library = open_existing(arguments)?;
    let left = with_progress(|progress| Ok(library.check_clean_up(&plan, progress)?))?;
    let would_go = plan.summary().files - left.len();
    if arguments.json {
        let left = left.iter().map(Into::into).collect();
        return print::json(&CheckedJson { would_go, left });
    }
    print_left(&left)?;
    print::line(&format!("{} would go. Nothing was changed; --yes does it.", count(would_go, "file")))
}

fn print_left(left: &[(std::path::PathBuf, String)]) -> Result<(), Failure> {
    for (file, why) in left {
        // Some reasons are sentences that name the file.
        let file = print::path(file);
        match why.contains(&file) {
            true => print::line(&format!("left alone: {why}"))?,
            false => print::line(&format!("left alone: {file} {why}"))?,
        }
    }
    Ok(())
}

/// Prints what a run, or its undo, has done.
fn told(arguments: &Arguments, report: &CleanUpReport, done: &str) -> Result<(), Failure> {
    if arguments.json {
        return clean_json::report(report);
    }
    print_left(&report.left)?;
    let playlists = match report.playlists.len() {
        0 => String::new(),
        n => format!(", {} corrected", count(n, "playlist")),
    };
    print::line(&format!("{} {done}{playlists}.", count(report.files.len(), "file")))?;
    if report.is_stopped {
        print::line("Stopped before the end: `reprise clean finish` or `reprise clean undo`.")?;
    }
    Ok(())
}

fn runs(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let runs = library.clean_ups()?;
    if arguments.json {
        return clean_json::runs(&runs);
    }
    if runs.is_empty() {
        return print::line("Nothing was cleaned up yet.");
    }
    for run in &runs {
        let (n, stage) = (count(run.steps.len(), "step"), clean_up::stage(run.stage));
        print::line(&format!("{}  {}  {n}: {stage}", run.run, print::day(run.begun_s)))?;
    }
    Ok(())
}

/// The run that is named, else the last one of which something is left to do.
fn named(library: &Library, of: &OfRun) -> Result<String, Failure> {
    if let Some(run) = &of.run {
        return Ok(run.clone());
    }
    let is_open = |run: &&RunState| !matches!(run.stage, Stage::Undone | Stage::Emptied);
    let runs = library.clean_ups()?;
    let last = runs.iter().rfind(is_open).map(|run| run.run.to_string());
    last.ok_or_else(|| Failure::Other("there is no clean-up of which anything is in the quarantine".into()))
}

type Run = fn(&Library, &Plan, &Progress) -> Result<CleanUpReport, reprise_library::Error>;

type Again = fn(&Library, &str, &Progress) -> Result<CleanUpReport, reprise_library::Error>;

fn again(arguments: &Arguments, of: &OfRun, act: Again, done: &str) -> Result<(), Failure> {
    let library = open_library(arguments)?;
    let run = named(&library, of)?;
    let report = with_progress(|progress| Ok(act(&library, &run, progress)?))?;
    told(arguments, &report, done)
}

fn empty(arguments: &Arguments, of: &OfRun, is_meant: bool) -> Result<(), Failure> {
    let library = open_library(arguments)?;
    let run = named(&library, of)?;
    if is_meant {
        let report = with_progress(|progress| Ok(library.empty_quarantine(&run, progress)?))?;
        return told(arguments, &report, "deleted for good");
    }
    let files = library.quarantined(&run)?;
    if arguments.json {
        return clean_json::quarantined(&run, &files);
    }
    for (file, _) in &files {
        print::line(&print::path(file))?;
    }
    let total = files.iter().map(|(_, bytes)| bytes).sum();
    let n = count(files.len(), "file");
    print::line(&format!(
        "{n}, {}, would be gone for good. Nothing was changed; --yes does it.",
        bytes(total)
    ))
}

/// Runs work that shows its progress and that Ctrl-C stops.
fn with_progress<T>(work: impl FnOnce(&Progress) -> Result<T, Failure>) -> Result<T, Failure> {
    let control: &'static Control = stop_on_interrupt();
    let bar = ProgressBar::new();
    let outcome = work(&Progress::new(&|event| bar.show(&event), control));
    bar.clear();
    outcome
}

/// A number of bytes for people.
fn bytes(n: u64) -> String {
    match n as f64 {
        n if n >= 1e9 => format!("{:.1} GB", n / 1e9),
        n => format!("{:.1} MB", n / 1e6),
    }
}
