//! The names of everything that a run writes.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::platform::LONGEST_PATH_BYTES;
use crate::run_id::RunId;
use crate::utc;

/// The folder of the quarantine, in the root that a caller names.
pub(crate) const QUARANTINE: &str = ".reprise-quarantine";
/// In the quarantine, for people.
pub(crate) const README: &str = "README.txt";
/// In the quarantine, for programs: a folder without it is not a quarantine.
pub(crate) const MARKER: &str = "reprise-quarantine.json";
/// In the folder of a run: what is in it and where it came from.
pub(crate) const MANIFEST: &str = "manifest.json";
/// In the folder of a run: files with their folders below the root.
pub(crate) const FILES: &str = "files";
/// In the folder of a run: files whose path would be too long in `files`, or that are not below the root. Each is in a
/// folder that has the step's number as its name.
pub(crate) const NUMBERED: &str = "numbered";
/// In the folder of a run: copies that are not complete. They have short names, as a name of 255 bytes has no room for
/// a suffix.
pub(crate) const PARTIAL: &str = "partial";

/// The quarantine of a root.
pub(crate) fn quarantine(root: &Path) -> PathBuf {
    root.join(QUARANTINE)
}

/// The folder of a run in the quarantine of a root.
pub(crate) fn run_folder(root: &Path, run: &RunId, begun_s: i64) -> PathBuf {
    quarantine(root).join(format!("{}-{run}", utc::stamp(begun_s)))
}

/// Where a file is put in the folder of a run. `None` if any such path would be longer than the system allows.
pub(crate) fn kept(run_folder: &Path, root: &Path, file: &Path, step: usize) -> Option<PathBuf> {
    let fits = |path: &PathBuf| path.as_os_str().len() <= LONGEST_PATH_BYTES;
    let numbered = run_folder.join(NUMBERED).join(step.to_string()).join(file.file_name()?);
    let named = file.strip_prefix(root).ok().filter(|below| {
        below.components().all(|part| matches!(part, Component::Normal(_))) && below.file_name().is_some()
    });
    named.map(|below| run_folder.join(FILES).join(below)).filter(fits).or(Some(numbered).filter(fits))
}

/// An incomplete copy in the folder of a run.
pub(crate) fn partial(run_folder: &Path, step: usize) -> PathBuf {
    run_folder.join(PARTIAL).join(step.to_string())
}

/// An incomplete file in the folder of `file`, from which it is renamed to its place.
pub(crate) fn beside(file: &Path, run: &RunId, step: usize) -> PathBuf {
    file.with_file_name(format!(".reprise-{run}-{step}.part"))
}

/// The journal of a run.
pub(crate) fn journal(journals: &Path, run: &RunId) -> PathBuf {
    journals.join(format!("{run}.journal"))
}

/// The new bytes of all files that a run writes, one after another.
pub(crate) fn new_bytes(journals: &Path, run: &RunId) -> PathBuf {
    journals.join(format!("{run}.bytes"))
}

/// A file that becomes `path` when it is complete.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".part");
    path.with_file_name(name)
}
