//! The steps of a scan: list folders, compare with the library, record moves and absences, analyse, link.

pub(crate) mod analyse_files;
pub(crate) mod job;
pub(crate) mod known_features;
pub(crate) mod moved;
pub(crate) mod plan;
pub(crate) mod portions;
pub(crate) mod problem;
mod voice_of_track;
pub(crate) mod voice_pass;
pub(crate) mod walk;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use reprise_store::{FileVersion, NewProblem, TrackId};

use crate::candidates::model::check_models;
use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::decisions::calibration::renew as renew_calibration;
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::recordings::owed::owed_paths;
use crate::scan::analyse_files::owed_files;
use crate::scan::job::{FileJob, folder_of, nfc, stamp};
use crate::scan::plan::{Job, Known, Plan, plan};
use crate::scan::portions::analyse_and_link;
use crate::scan::problem::Problem;
use crate::scan::walk::{Found, Walk, walk};
use crate::threads::Effort;
use crate::{ScanOptions, Summary};

pub(crate) fn scan(
    database: &Database,
    folders: &[PathBuf],
    options: &ScanOptions,
    progress: &Progress,
) -> Result<Summary, Error> {
    check_models(database)?;
    let (began, _at_work) = (Instant::now(), database.at_work());
    let roots = outermost(folders);
    let mut summary = Summary::default();
    let jobs = find_work(database, &roots, options, progress, &mut summary)?;
    if !progress.stopped() {
        analyse_and_link(database, jobs, options.effort, progress, &mut summary)?;
    }
    renew_calibration(database)?;
    // This comes last: an analysed file may turn out to be one that had vanished elsewhere.
    summary.missing = count_missing(database, &roots)?;
    summary.stopped = progress.stopped();
    summary.seconds = began.elapsed().as_secs_f64();
    summary.problems = problems(database)?;
    summary.problems.retain(|problem| roots.iter().any(|root| problem.path.starts_with(root)));
    Ok(summary)
}

pub(crate) fn analyse_owed(
    database: &Database,
    effort: &Effort,
    progress: &Progress,
) -> Result<Summary, Error> {
    check_models(database)?;
    let (began, _at_work) = (Instant::now(), database.at_work());
    let mut summary = Summary::default();
    let jobs = owed_files(database)?;
    analyse_and_link(database, jobs, *effort, progress, &mut summary)?;
    renew_calibration(database)?;
    summary.stopped = progress.stopped();
    summary.seconds = began.elapsed().as_secs_f64();
    summary.problems = problems(database)?;
    Ok(summary)
}

pub(crate) fn problems(database: &Database) -> Result<Vec<Problem>, Error> {
    let problems = database.reader()?.problems()?.into_iter();
    Ok(problems.map(|p| Problem { path: p.path, message: p.message, is_warning: p.is_warning }).collect())
}

/// Lists the folders, records which files moved, came back or are absent, and returns the files to analyse.
fn find_work(
    database: &Database,
    roots: &[PathBuf],
    options: &ScanOptions,
    progress: &Progress,
    summary: &mut Summary,
) -> Result<Vec<FileJob>, Error> {
    let listing = list(roots, progress);
    if progress.stopped() {
        return Ok(Vec::new());
    }
    for root in roots {
        database.change(Changed::Tracks, |store| store.add_folder(root, now_s()))?;
    }
    note_listing_problems(database, roots, &listing, options)?;
    let remembered = remembered_failures(database, roots)?;
    let found = listing.files.into_iter().filter(|file| remembered.get(&file.path) != Some(&version(file)));
    let listed = |path: &Path| is_below(path, roots) && !is_below(path, &listing.unlisted);
    let plan = plan(found.collect(), known_files(database)?, listed, Path::exists);
    take_down(database, &plan, roots, summary)?;
    plan.analyse.into_iter().map(|job| with_folder(database, job)).collect()
}

/// Replaces the problems of a folder's last listing by those of the new listing.
fn note_listing_problems(
    database: &Database,
    roots: &[PathBuf],
    listing: &Walk,
    options: &ScanOptions,
) -> Result<(), Error> {
    if options.retry_problems {
        for root in roots {
            database.change(Changed::Problems, |store| store.clear_failures_under(root))?;
        }
    }
    let present: HashSet<&Path> = listing.files.iter().map(|file| file.path.as_path()).collect();
    let old = database.reader()?.problems()?;
    let settled = old.iter().map(|problem| problem.path.as_path());
    let is_settled =
        |path: &&Path| is_below(path, roots) && !is_below(path, &listing.unlisted) && !present.contains(path);
    let settled: Vec<&Path> = settled.filter(is_settled).collect();
    database.change(Changed::Problems, |store| store.clear_problems(&settled))?;
    for problem in &listing.problems {
        let problem = NewProblem {
            path: &problem.path,
            kind: "listing",
            message: &problem.message,
            is_warning: false,
            at_s: now_s(),
            file: None,
        };
        database.change(Changed::Problems, |store| store.commit_failure(&problem))?;
    }
    Ok(())
}

fn remembered_failures(
    database: &Database,
    roots: &[PathBuf],
) -> Result<HashMap<PathBuf, FileVersion>, Error> {
    let mut failures = HashMap::new();
    for root in roots {
        failures.extend(database.reader()?.failures_under(root)?);
    }
    Ok(failures)
}

fn known_files(database: &Database) -> Result<Vec<Known>, Error> {
    let owed: HashSet<PathBuf> = owed_paths(database)?.into_iter().collect();
    let store = database.reader()?;
    let mut known = HashMap::new();
    for folder in store.folders()? {
        known.extend(store.files_under(&folder.path)?);
    }
    let known = known.into_values().map(|file| Known {
        id: file.id.0,
        owed: owed.contains(&file.path),
        path: file.path,
        size_bytes: file.size_bytes,
        mtime_ns: file.mtime_ns,
        file_id: file.file_id,
        missing: file.missing_since_s.is_some(),
    });
    Ok(known.collect())
}

fn take_down(
    database: &Database,
    plan: &Plan,
    roots: &[PathBuf],
    summary: &mut Summary,
) -> Result<(), Error> {
    for (track, file) in &plan.moved {
        let folder = folder_of(database, &file.path)?;
        let nfc = nfc(&file.path);
        database.change(Changed::Tracks, |store| {
            store.relocate(TrackId(*track), folder, &stamp(file, &nfc), now_s())
        })?;
    }
    let ids = |of: &[i64]| of.iter().copied().map(TrackId).collect::<Vec<_>>();
    database.change(Changed::Tracks, |store| store.touch(&ids(&plan.back), now_s()))?;
    for root in roots {
        database.change(Changed::Tracks, |store| store.mark_missing(root, &ids(&plan.missing), now_s()))?;
    }
    summary.moved = plan.moved.len();
    summary.unchanged = plan.unchanged;
    Ok(())
}

fn count_missing(database: &Database, roots: &[PathBuf]) -> Result<usize, Error> {
    let store = database.reader()?;
    let mut n_missing = 0;
    for root in roots {
        let files = store.files_under(root)?;
        n_missing += files.values().filter(|file| file.missing_since_s.is_some()).count();
    }
    Ok(n_missing)
}

fn with_folder(database: &Database, job: Job) -> Result<FileJob, Error> {
    Ok(FileJob { folder: folder_of(database, &job.found.path)?, job })
}

/// Lists every root. A root inside another root was already listed with it.
fn list(roots: &[PathBuf], progress: &Progress) -> Walk {
    let mut listing = Walk::default();
    for root in roots {
        let before = listing.files.len();
        let mut one = walk(root, |found| {
            progress.report(Event::Walking { found: before + found });
            progress.may_go_on()
        });
        // An unmounted drive leaves an empty folder behind. Its tracks are not absent for that reason.
        if one.files.is_empty() {
            one.unlisted.push(root.clone());
        }
        listing.files.append(&mut one.files);
        listing.unlisted.append(&mut one.unlisted);
        listing.problems.append(&mut one.problems);
    }
    listing
}

/// Removes folders that are inside another one.
fn outermost(folders: &[PathBuf]) -> Vec<PathBuf> {
    let below_another =
        |folder: &PathBuf| folders.iter().any(|other| other != folder && folder.starts_with(other));
    let mut roots: Vec<PathBuf> = folders.iter().filter(|folder| !below_another(folder)).cloned().collect();
    roots.sort();
    roots.dedup();
    roots
}

fn is_below(path: &Path, folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

fn version(file: &Found) -> FileVersion {
    FileVersion { size_bytes: file.size_bytes, mtime_ns: file.mtime_ns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_inside_another_is_scanned_once() {
        let folders = ["/m/live", "/m", "/n", "/m", "/moon"].map(PathBuf::from);
        assert_eq!(outermost(&folders), ["/m", "/moon", "/n"].map(PathBuf::from));
    }
}
