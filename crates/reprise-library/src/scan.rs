//! What a scan does: list, compare, take down moves and absences, hear, relate.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use reprise_store::{FileStamp, FileVersion, FolderId, NewProblem, TrackId};
use unicode_normalization::UnicodeNormalization;

use crate::clock::now_s;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::listen::Effort;
use crate::plan::{Job, Known, Plan, plan};
use crate::problem::Problem;
use crate::progress::{Event, Progress};
use crate::walk::{Found, Walk, walk};

/// How to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Try unchanged files again that were a problem before.
    pub retry_problems: bool,
    /// How many files at a time.
    pub effort: Effort,
}

/// What a scan did.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Files heard, those refused with a reason included.
    pub heard: usize,
    /// Files that were as the library knew them.
    pub unchanged: usize,
    /// Tracks found at another place.
    pub moved: usize,
    /// Tracks of the scanned folders that are absent now.
    pub missing: usize,
    /// Heard this time, but silent, noise or too short to be matched.
    pub not_matched: usize,
    /// Everything that is wrong with files below the scanned folders, old and new.
    pub problems: Vec<Problem>,
    /// Pairs of recordings aligned.
    pub pairs_aligned: usize,
    /// Wall time.
    pub seconds: f64,
    /// The part of it in which files were heard.
    pub hearing_seconds: f64,
    /// The caller asked to stop; the rest is still owed.
    pub stopped: bool,
}

/// A file that has to be heard, and the folder it belongs to.
pub(crate) struct FileJob {
    pub folder: FolderId,
    pub job: Job,
}

impl Library {
    /// Adds `folders` (absolute paths), hears what is new or changed in them, and relates it to the rest.
    ///
    /// A file that cannot be used is a [`Problem`]. Nothing is deleted: what is not found is marked absent, and not
    /// even that where the folder itself cannot be listed.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &Progress,
    ) -> Result<Summary, Error> {
        let (began, _at_work) = (Instant::now(), self.at_work());
        let roots = outermost(folders);
        let mut summary = Summary::default();
        let jobs = self.find_work(&roots, options, progress, &mut summary)?;
        if !progress.stopped() {
            self.hear_and_relate(jobs, options.effort, progress, &mut summary)?;
        }
        // Not before: files that were heard may be such as had vanished elsewhere.
        summary.missing = self.count_missing(&roots)?;
        summary.stopped = progress.stopped();
        summary.seconds = began.elapsed().as_secs_f64();
        summary.problems = self.problems()?;
        summary.problems.retain(|problem| roots.iter().any(|root| problem.path.starts_with(root)));
        Ok(summary)
    }

    /// Does the analysis that is still owed anywhere in the library, without listing folders.
    pub fn listen(&self, effort: &Effort, progress: &Progress) -> Result<Summary, Error> {
        let (began, _at_work) = (Instant::now(), self.at_work());
        let mut summary = Summary::default();
        let jobs = self.owed_files()?;
        self.hear_and_relate(jobs, *effort, progress, &mut summary)?;
        summary.stopped = progress.stopped();
        summary.seconds = began.elapsed().as_secs_f64();
        summary.problems = self.problems()?;
        Ok(summary)
    }

    /// Everything that is wrong with files, as last seen.
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        let problems = self.asking()?.problems()?.into_iter();
        Ok(problems.map(|p| Problem { path: p.path, message: p.message, is_warning: p.is_warning }).collect())
    }

    /// Lists the folders, takes down what moved, came back or is absent, and gives the files to hear.
    fn find_work(
        &self,
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
            self.change(Changed::Tracks, |store| store.add_folder(root, now_s()))?;
        }
        self.note_listing_problems(roots, &listing, options)?;
        let remembered = self.remembered_failures(roots)?;
        let found =
            listing.files.into_iter().filter(|file| remembered.get(&file.path) != Some(&version(file)));
        let listed = |path: &Path| is_below(path, roots) && !is_below(path, &listing.unlisted);
        let plan = plan(found.collect(), self.known_files()?, listed, Path::exists);
        self.take_down(&plan, roots, summary)?;
        plan.hear.into_iter().map(|job| self.with_folder(job)).collect()
    }

    /// Replaces the problems of a root's listing by those of the one just made.
    fn note_listing_problems(
        &self,
        roots: &[PathBuf],
        listing: &Walk,
        options: &ScanOptions,
    ) -> Result<(), Error> {
        if options.retry_problems {
            for root in roots {
                self.change(Changed::Problems, |store| store.clear_failures_under(root))?;
            }
        }
        let present: HashSet<&Path> = listing.files.iter().map(|file| file.path.as_path()).collect();
        let old = self.asking()?.problems()?;
        let settled = old.iter().map(|problem| problem.path.as_path());
        let is_settled = |path: &&Path| {
            is_below(path, roots) && !is_below(path, &listing.unlisted) && !present.contains(path)
        };
        let settled: Vec<&Path> = settled.filter(is_settled).collect();
        self.change(Changed::Problems, |store| store.clear_problems(&settled))?;
        for problem in &listing.problems {
            let problem = NewProblem {
                path: &problem.path,
                kind: "listing",
                message: &problem.message,
                is_warning: false,
                at_s: now_s(),
                file: None,
            };
            self.change(Changed::Problems, |store| store.commit_failure(&problem))?;
        }
        Ok(())
    }

    fn remembered_failures(&self, roots: &[PathBuf]) -> Result<HashMap<PathBuf, FileVersion>, Error> {
        let mut failures = HashMap::new();
        for root in roots {
            failures.extend(self.asking()?.failures_under(root)?);
        }
        Ok(failures)
    }

    fn known_files(&self) -> Result<Vec<Known>, Error> {
        let owed: HashSet<PathBuf> = self.owed_paths()?.into_iter().collect();
        let store = self.asking()?;
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

    fn take_down(&self, plan: &Plan, roots: &[PathBuf], summary: &mut Summary) -> Result<(), Error> {
        for (track, file) in &plan.moved {
            let folder = self.folder_of(&file.path)?;
            let nfc = nfc(&file.path);
            self.change(Changed::Tracks, |store| {
                store.relocate(TrackId(*track), folder, &stamp(file, &nfc), now_s())
            })?;
        }
        let ids = |of: &[i64]| of.iter().copied().map(TrackId).collect::<Vec<_>>();
        self.change(Changed::Tracks, |store| store.touch(&ids(&plan.back), now_s()))?;
        for root in roots {
            self.change(Changed::Tracks, |store| store.mark_missing(root, &ids(&plan.missing), now_s()))?;
        }
        summary.moved = plan.moved.len();
        summary.unchanged = plan.unchanged;
        Ok(())
    }

    fn count_missing(&self, roots: &[PathBuf]) -> Result<usize, Error> {
        let store = self.asking()?;
        let mut n_missing = 0;
        for root in roots {
            let files = store.files_under(root)?;
            n_missing += files.values().filter(|file| file.missing_since_s.is_some()).count();
        }
        Ok(n_missing)
    }

    fn with_folder(&self, job: Job) -> Result<FileJob, Error> {
        Ok(FileJob { folder: self.folder_of(&job.found.path)?, job })
    }

    /// The innermost folder of the library that holds `path`.
    pub(crate) fn folder_of(&self, path: &Path) -> Result<FolderId, Error> {
        let folders = self.asking()?.folders()?.into_iter();
        let holding = folders.filter(|folder| path.starts_with(&folder.path));
        let innermost = holding.max_by_key(|folder| folder.path.as_os_str().len());
        innermost.map(|folder| folder.id).ok_or_else(|| Error::Io {
            path: path.to_path_buf(),
            source: std::io::Error::other("lies in no folder of the library"),
        })
    }
}

/// Lists every root; a root below another was listed with it.
fn list(roots: &[PathBuf], progress: &Progress) -> Walk {
    let mut listing = Walk::default();
    for root in roots {
        let before = listing.files.len();
        let mut one = walk(root, |found| {
            progress.report(Event::Walking { found: before + found });
            progress.may_go_on()
        });
        // An unmounted drive leaves an empty folder behind; that says nothing of its tracks.
        if one.files.is_empty() {
            one.unlisted.push(root.clone());
        }
        listing.files.append(&mut one.files);
        listing.unlisted.append(&mut one.unlisted);
        listing.problems.append(&mut one.problems);
    }
    listing
}

/// Drops folders that lie below another one.
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

/// The path as people compare it: composed characters, whatever the file system stores.
pub(crate) fn nfc(path: &Path) -> String {
    path.to_string_lossy().nfc().collect()
}

/// What the store keeps of a file's appearance.
pub(crate) fn stamp<'a>(file: &'a Found, nfc: &'a str) -> FileStamp<'a> {
    FileStamp {
        path: &file.path,
        nfc,
        size_bytes: file.size_bytes,
        mtime_ns: file.mtime_ns,
        file_id: file.file_id.as_deref(),
    }
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
