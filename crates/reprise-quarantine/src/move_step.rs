//! Moves one file into the quarantine, and back. Both look first where the file is, so that either can be called again
//! after a kill at any moment.

use std::io;

use crate::copy::{are_equal, copy_whole};
use crate::hindrance::Hindrance;
use crate::outcome::Outcome;
use crate::plan::PlannedMove;
use crate::ready;
use crate::restore::restore;
use crate::seen::{Kind, Seen};
use crate::task::Task;

/// The caller's own check of a step.
pub(crate) type Verify<'v> = &'v dyn Fn() -> Result<(), String>;

/// Moves the file into the quarantine, or completes a move that was interrupted.
pub(crate) fn carry_out(task: &mut Task, step: &PlannedMove, verify: Verify) -> Result<Outcome, Hindrance> {
    task.clear_leftovers()?;
    let (file, kept) = look_at_both(task, step)?;
    match (file, kept) {
        (_, None) => move_away(task, step, verify),
        (_, Some(kept)) if !kept.is_as(step.expected) => {
            Err(Hindrance::Tampered { kept: step.kept.clone(), file: step.file.clone() })
        }
        (Some(_), Some(kept)) => drop_source(task, step, &kept, verify),
        (None, Some(kept)) => settle(task, step, &kept),
    }
}

fn look_at_both(task: &Task, step: &PlannedMove) -> Result<(Option<Seen>, Option<Seen>), Hindrance> {
    let file = task.disk.look(&step.file).map_err(Hindrance::io("looked at", &step.file))?;
    let kept = task.disk.look(&step.kept).map_err(Hindrance::io("looked at", &step.kept))?;
    Ok((file, kept))
}

/// The usual case: the file is at its place, and nothing is in the quarantine.
fn move_away(task: &mut Task, step: &PlannedMove, verify: Verify) -> Result<Outcome, Hindrance> {
    check(task, step, verify)?;
    // The caller may have decoded two files, which takes seconds. So it is looked at again.
    let before = ready::unchanged_file(task.disk, &step.file, step.expected)?;
    let (hash, read) = task.disk.hash(&step.file).map_err(Hindrance::io("read", &step.file))?;
    if !read.is_still(&before) {
        return Err(Hindrance::Changed(step.file.clone()));
    }
    task.create_folders_for(&step.kept)?;
    match task.disk.rename_new(&step.file, &step.kept) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            return move_by_copy(task, step, &before);
        }
        Err(error) => return Err(Hindrance::rename(&step.file, &step.kept)(error)),
    }
    task.touched.gained(&step.kept);
    task.touched.lost(&step.file);
    confirm(task, step, &before).or_else(|hindrance| put_back(task, step, hindrance))?;
    Ok(Outcome::Moved { blake3: hash })
}

fn check(task: &Task, step: &PlannedMove, verify: Verify) -> Result<(), Hindrance> {
    let seen = ready::unchanged_file(task.disk, &step.file, step.expected)?;
    ready::keeper_of(task.disk, &step.file, &seen, &step.keeper)?;
    verify().map_err(Hindrance::NotVerified)
}

/// Looks once more after the rename. Between the last look and the rename another program can have replaced the file.
/// And where a file has two paths without having two names (mounts of one folder at two places, say), the keeper goes
/// with it. As this look comes after the rename, of two programs that move each other's keeper one notices.
fn confirm(task: &Task, step: &PlannedMove, before: &Seen) -> Result<(), Hindrance> {
    let now = task.disk.look(&step.kept).map_err(Hindrance::io("looked at", &step.kept))?;
    match now {
        Some(now) if now.is_still(before) => ready::keeper_of(task.disk, &step.file, &now, &step.keeper),
        _ => Err(Hindrance::Changed(step.file.clone())),
    }
}

/// Undoes a rename that should not have been. The hindrance says why.
fn put_back(task: &mut Task, step: &PlannedMove, first: Hindrance) -> Result<(), Hindrance> {
    match task.disk.rename_new(&step.kept, &step.file) {
        Ok(()) => {
            task.touched.gained(&step.file);
            task.touched.lost(&step.kept);
            Err(first)
        }
        Err(error) => {
            let second = Box::new(Hindrance::rename(&step.kept, &step.file)(error));
            Err(Hindrance::NotPutBack { first: Box::new(first), second, kept: step.kept.clone() })
        }
    }
}

/// Completes a rename after which the process was killed.
fn settle(task: &mut Task, step: &PlannedMove, kept: &Seen) -> Result<Outcome, Hindrance> {
    task.touched.gained(&step.kept);
    task.touched.lost(&step.file);
    confirm(task, step, kept).or_else(|hindrance| put_back(task, step, hindrance))?;
    let (blake3, _) = task.disk.hash(&step.kept).map_err(Hindrance::io("read", &step.kept))?;
    Ok(Outcome::Moved { blake3 })
}

/// Moves the file to another volume.
fn move_by_copy(task: &mut Task, step: &PlannedMove, before: &Seen) -> Result<Outcome, Hindrance> {
    if before.n_names > 1 {
        return Err(Hindrance::OtherNames(step.file.clone()));
    }
    let partial = task.partial.clone();
    let blake3 = copy_whole(task, &step.file, before, &partial, &step.kept)?;
    // The copy took its time, so both files are looked at again before the source goes.
    let still = ready::unchanged_file(task.disk, &step.file, step.expected).and_then(|now| {
        let is_still = now.is_still(before);
        ready::keeper_of(task.disk, &step.file, &now, &step.keeper)?;
        if is_still { Ok(()) } else { Err(Hindrance::Changed(step.file.clone())) }
    });
    still.or_else(|hindrance| drop_copy(task, step, hindrance))?;
    remove_source(task, step)?;
    Ok(Outcome::Moved { blake3 })
}

fn remove_source(task: &mut Task, step: &PlannedMove) -> Result<(), Hindrance> {
    match task.disk.remove_file(&step.file) {
        Ok(()) => task.touched.lost(&step.file),
        // The folder may not be written to: the file stays, so its copy goes.
        Err(source) => drop_copy(task, step, Hindrance::io("removed", &step.file)(source))?,
    }
    Ok(())
}

/// Removes a copy whose source stays, for the reason that is given.
fn drop_copy(task: &mut Task, step: &PlannedMove, why: Hindrance) -> Result<(), Hindrance> {
    task.disk.remove_file(&step.kept).map_err(Hindrance::io("removed", &step.kept))?;
    task.touched.lost(&step.kept);
    Err(why)
}

/// Completes a move to another volume after whose copy the process was killed.
fn drop_source(
    task: &mut Task,
    step: &PlannedMove,
    kept: &Seen,
    verify: Verify,
) -> Result<Outcome, Hindrance> {
    if !are_equal(task, &step.file, &step.kept)? {
        // The file was moved, and another one has come to its place since.
        return settle(task, step, kept);
    }
    task.touched.gained(&step.kept);
    task.sync()?;
    check(task, step, verify).or_else(|hindrance| drop_copy(task, step, hindrance))?;
    let (blake3, _) = task.disk.hash(&step.kept).map_err(Hindrance::io("read", &step.kept))?;
    remove_source(task, step)?;
    Ok(Outcome::Moved { blake3 })
}

/// Puts the file back, or completes an undo that was interrupted.
pub(crate) fn undo(task: &mut Task, step: &PlannedMove) -> Result<Outcome, Hindrance> {
    let (file, kept) = look_at_both(task, step)?;
    match (file, kept) {
        (Some(_), None) => Ok(Outcome::InPlace),
        (None, None) => Err(Hindrance::Nowhere { file: step.file.clone(), kept: step.kept.clone() }),
        (_, Some(kept)) if kept.kind != Kind::File => Err(Hindrance::NotAFile(step.kept.clone())),
        (None, Some(kept)) => {
            restore(task, &step.kept, &kept, &step.file)?;
            Ok(Outcome::Restored)
        }
        (Some(_), Some(_)) if are_equal(task, &step.file, &step.kept)? => {
            task.touched.gained(&step.file);
            task.sync()?;
            task.disk.remove_file(&step.kept).map_err(Hindrance::io("removed", &step.kept))?;
            task.touched.lost(&step.kept);
            Ok(Outcome::Restored)
        }
        (Some(_), Some(_)) => Err(Hindrance::Occupied { file: step.file.clone(), kept: step.kept.clone() }),
    }
}
