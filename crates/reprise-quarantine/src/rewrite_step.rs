//! Gives a playlist its new bytes, and its old ones back.
//!
//! The old file is first kept in the quarantine, under a second name (hard link) where the volume has links and as a
//! copy elsewhere. Then the new file is renamed over it. At each moment the path names a whole file, old or new. With a
//! link the old file is still the very same one, and what another program writes into it at the last moment is in the
//! quarantine and not lost.

use std::io;
use std::path::Path;

use crate::copy::{are_equal, copy_verified, copy_whole};
use crate::hindrance::Hindrance;
use crate::move_step::Verify;
use crate::outcome::Outcome;
use crate::plan::PlannedRewrite;
use crate::ready;
use crate::restore::restore;
use crate::seen::{Kind, Seen};
use crate::task::Task;

/// Gives the file its new bytes, or completes an interrupted rewrite.
pub(crate) fn carry_out(
    task: &mut Task,
    step: &PlannedRewrite,
    new_bytes: &[u8],
    verify: Verify,
) -> Result<Outcome, Hindrance> {
    task.clear_leftovers()?;
    let kept = task.disk.look(&step.kept).map_err(Hindrance::io("looked at", &step.kept))?;
    if kept.is_some() && hash(task, &step.kept)? != step.old {
        return Err(Hindrance::Tampered { kept: step.kept.clone(), file: step.file.clone() });
    }
    if kept.is_some() && is_regular(task, &step.file)? && hash(task, &step.file)? == step.new.blake3 {
        return written(task, step);
    }
    let before = unchanged(task, step, kept.as_ref())?;
    verify().map_err(Hindrance::NotVerified)?;
    let disk = task.disk;
    disk.write_new(&task.beside, new_bytes, Some(&step.file))
        .map_err(Hindrance::io("written", &task.beside))?;
    let held = hold(task, step, &before, kept.as_ref());
    if held.is_err() {
        // The first error says more than one of a removal would, and the next start removes it again.
        let _ = disk.remove_leftover(&task.beside);
    }
    held?;
    replace(task, step, &before)
}

/// Makes sure that the old file is in the quarantine and still the one that was planned. If it is not, nothing of it
/// stays there.
fn hold(task: &mut Task, step: &PlannedRewrite, before: &Seen, kept: Option<&Seen>) -> Result<(), Hindrance> {
    if kept.is_none() {
        keep(task, step, before)?;
    }
    task.touched.gained(&step.kept);
    let held = task.sync().and_then(|()| {
        let is_still = unchanged(task, step, Some(before))?.is_still(before);
        if is_still { Ok(()) } else { Err(Hindrance::Changed(step.file.clone())) }
    });
    if held.is_err() {
        task.disk.remove_leftover(&step.kept).map_err(Hindrance::io("removed", &step.kept))?;
        task.touched.lost(&step.kept);
    }
    held
}

/// Renames the new file over the old one. If this fails, nothing of the old one stays in the quarantine, unless it is
/// not sure that it is still at its place.
fn replace(task: &mut Task, step: &PlannedRewrite, before: &Seen) -> Result<Outcome, Hindrance> {
    if let Err(error) = task.disk.replace(&task.beside, &step.file) {
        // The first error says more than one of a removal would, and the next start removes it again.
        let _ = task.disk.remove_leftover(&task.beside);
        if unchanged(task, step, Some(before)).is_ok() {
            let _ = task.disk.remove_leftover(&step.kept);
            task.touched.lost(&step.kept);
        }
        return Err(Hindrance::io("replaced", &step.file)(error));
    }
    if hash(task, &step.kept).is_ok_and(|hash| hash != step.old) {
        // Another program wrote into the old file at the last moment: its bytes go before ours.
        task.disk.replace(&step.kept, &step.file).map_err(Hindrance::io("restored", &step.file))?;
        task.touched.gained(&step.file);
        task.touched.lost(&step.kept);
        return Err(Hindrance::Changed(step.file.clone()));
    }
    written(task, step)
}

/// Notes the folders that are to be synced after a rewrite.
fn written(task: &mut Task, step: &PlannedRewrite) -> Result<Outcome, Hindrance> {
    task.touched.gained(&step.kept);
    task.touched.gained(&step.file);
    Ok(Outcome::Rewritten)
}

/// Keeps the old file in the quarantine; it stays at its place, too.
fn keep(task: &mut Task, step: &PlannedRewrite, before: &Seen) -> Result<(), Hindrance> {
    task.create_folders_for(&step.kept)?;
    match task.disk.link(&step.file, &step.kept) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Hindrance::Taken(step.kept.clone()))
        }
        // Another volume, or one without links.
        Err(_) => {
            let partial = task.partial.clone();
            copy_whole(task, &step.file, before, &partial, &step.kept).map(drop)
        }
    }
}

/// The file must have the bytes from which the new ones were made, and one name: the rename would separate it from its
/// other names. The name in the quarantine does not count.
fn unchanged(task: &Task, step: &PlannedRewrite, kept: Option<&Seen>) -> Result<Seen, Hindrance> {
    let seen = ready::unchanged_file(task.disk, &step.file, step.expected)?;
    let own = kept.is_some_and(|kept| kept.identity == seen.identity);
    if seen.n_names > 1 + u64::from(own) {
        return Err(Hindrance::OtherNames(step.file.clone()));
    }
    if hash(task, &step.file)? == step.old { Ok(seen) } else { Err(Hindrance::Changed(step.file.clone())) }
}

/// Gives the file its old bytes back, or completes an undo that was interrupted.
pub(crate) fn undo(task: &mut Task, step: &PlannedRewrite) -> Result<Outcome, Hindrance> {
    let look = |path: &Path| task.disk.look(path).map_err(Hindrance::io("looked at", path));
    let (file, kept) = (look(&step.file)?, look(&step.kept)?);
    let (file, kept) = match (file, kept) {
        (Some(_), None) => return Ok(Outcome::InPlace),
        (None, None) => {
            return Err(Hindrance::Nowhere { file: step.file.clone(), kept: step.kept.clone() });
        }
        (_, Some(kept)) if kept.kind != Kind::File => return Err(Hindrance::NotAFile(step.kept.clone())),
        (None, Some(kept)) => {
            restore(task, &step.kept, &kept, &step.file)?;
            return Ok(Outcome::Restored);
        }
        (Some(file), Some(kept)) => (file, kept),
    };
    if file.kind != Kind::File {
        return Err(Hindrance::ChangedSince(step.file.clone()));
    }
    if are_equal(task, &step.file, &step.kept)? {
        // It was kept and not yet replaced.
        task.disk.remove_file(&step.kept).map_err(Hindrance::io("removed", &step.kept))?;
        task.touched.lost(&step.kept);
        return Ok(Outcome::InPlace);
    }
    if hash(task, &step.file)? != step.new.blake3 {
        return Err(Hindrance::ChangedSince(step.file.clone()));
    }
    replace_by_old(task, step, &kept)?;
    Ok(Outcome::Restored)
}

fn replace_by_old(task: &mut Task, step: &PlannedRewrite, kept: &Seen) -> Result<(), Hindrance> {
    match task.disk.replace(&step.kept, &step.file) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let (disk, beside) = (task.disk, task.beside.clone());
            copy_verified(task, &step.kept, kept, &beside)?;
            disk.replace(&beside, &step.file).map_err(Hindrance::io("replaced", &step.file))?;
            task.touched.gained(&step.file);
            task.sync()?;
            disk.remove_file(&step.kept).map_err(Hindrance::io("removed", &step.kept))?;
        }
        outcome => outcome.map_err(Hindrance::io("restored", &step.file))?,
    }
    task.touched.gained(&step.file);
    task.touched.lost(&step.kept);
    Ok(())
}

fn hash(task: &Task, path: &Path) -> Result<blake3::Hash, Hindrance> {
    task.disk.hash(path).map(|(hash, _)| hash).map_err(Hindrance::io("read", path))
}

fn is_regular(task: &Task, path: &Path) -> Result<bool, Hindrance> {
    let seen = task.disk.look(path).map_err(Hindrance::io("looked at", path))?;
    Ok(seen.is_some_and(|seen| seen.kind == Kind::File))
}
