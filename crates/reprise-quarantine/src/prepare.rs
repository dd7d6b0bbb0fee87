//! The folders of a run in the quarantines of its roots: made before the first file is moved, and removed when nothing
//! is left in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, is_absent};
use crate::error::{Error, Refusal};
use crate::layout;
use crate::outcome::Report;
use crate::plan::Plan;
use crate::record::History;
use crate::{manifest, marker};

/// Makes the folders and manifests of a run. This also shows whether they can be written.
///
/// # Errors
///
/// A refusal for each file whose root cannot have a quarantine.
pub(crate) fn make(disk: &Disk, plan: &Plan, history: &History) -> Result<(), Error> {
    let mut refusals = Vec::new();
    for root in plan.roots() {
        let Err(error) = make_one(disk, plan, history, root) else { continue };
        let why = format!("no quarantine can be made in {}: {error}", root.display());
        let of_root = plan.steps.iter().enumerate().filter(|(_, step)| step.root() == Some(root));
        refusals.extend(of_root.map(|(step, planned)| Refusal {
            step,
            file: planned.file().into(),
            why: why.clone(),
        }));
    }
    refusals.sort_by_key(|refusal| refusal.step);
    if refusals.is_empty() { Ok(()) } else { Err(Error::Refused(refusals)) }
}

fn make_one(disk: &Disk, plan: &Plan, history: &History, root: &Path) -> io::Result<()> {
    // Where a drive is not connected, its mount point must not get a quarantine.
    if !root.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the folder cannot be reached"));
    }
    marker::make(disk, root)?;
    let folder = plan.run_folder(root);
    for name in [layout::FILES, layout::PARTIAL] {
        for touched in disk.create_folders(&folder.join(name))? {
            disk.sync_folder(touched)?;
        }
    }
    manifest::write(disk, plan, history, root)
}

/// After an undo or an emptying: updates the manifests where files of the run are left, and clears the other folders.
/// Returns the files that no step put there.
pub(crate) fn close(
    disk: &Disk,
    plan: &Plan,
    history: &History,
    report: &Report,
) -> Result<Vec<PathBuf>, Error> {
    let mut strangers = Vec::new();
    for root in plan.roots() {
        let is_left = report.left().any(|told| plan.steps[told.step].root() == Some(root));
        let folder = plan.run_folder(root);
        if !is_left {
            strangers.extend(clear(disk, plan, root)?);
        } else if folder.is_dir() {
            let written = manifest::write(disk, plan, history, root);
            written.map_err(Error::io("written", &folder.join(layout::MANIFEST)))?;
        }
    }
    Ok(strangers)
}

/// Removes the folder of a run from the quarantine of a root if no file is left in it, and the quarantine if no run is
/// left in that. Returns the files that are left. A manifest stays as long as there are any.
pub(crate) fn clear(disk: &Disk, plan: &Plan, root: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = plan.run_folder(root);
    let cleared = clear_folder(disk, &folder);
    let left = cleared.map_err(Error::io("removed", &folder))?;
    if left.is_empty() {
        marker::remove_if_empty(disk, root).map_err(Error::io("removed", &layout::quarantine(root)))?;
    }
    Ok(left)
}

fn clear_folder(disk: &Disk, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let manifest = folder.join(layout::MANIFEST);
    let own = [layout::unfinished(&manifest), manifest];
    for entry in entries(&folder.join(layout::PARTIAL))? {
        // An incomplete copy has a number as its name.
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.parse::<usize>().is_ok() && fs::symlink_metadata(&entry)?.is_file() {
            disk.remove_file(&entry)?;
        }
    }
    let mut left = Vec::new();
    for entry in entries(folder)? {
        if !own.contains(&entry) {
            prune(disk, &entry, &mut left)?;
        }
    }
    if left.is_empty() && folder.is_dir() {
        for path in &own {
            disk.remove_leftover(path)?;
        }
        disk.remove_folder(folder)?;
        folder.parent().map_or(Ok(()), |quarantine| disk.sync_folder(quarantine))?;
    }
    Ok(left)
}

/// Removes a folder and those in it as far as they are empty. Collects everything else.
fn prune(disk: &Disk, path: &Path, left: &mut Vec<PathBuf>) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.is_dir() {
        left.push(path.into());
        return Ok(());
    }
    let before = left.len();
    for entry in entries(path)? {
        prune(disk, &entry, left)?;
    }
    if left.len() == before { disk.remove_folder(path) } else { Ok(()) }
}

/// What is in a folder, in the order of names; nothing if the folder is absent.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
