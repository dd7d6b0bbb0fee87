//! Writes a file that does not exist yet, and removes it again.

use std::path::Path;

use crate::hindrance::Hindrance;
use crate::move_step::Verify;
use crate::outcome::Outcome;
use crate::plan::PlannedCreate;
use crate::seen::Kind;
use crate::task::Task;

/// Writes the file, or completes that after a kill.
pub(crate) fn carry_out(
    task: &mut Task,
    step: &PlannedCreate,
    new_bytes: &[u8],
    verify: Verify,
) -> Result<Outcome, Hindrance> {
    task.clear_leftovers()?;
    // An equal file is ours only if the step was begun: otherwise an undo would remove somebody else's.
    let is_written = task.is_begun && has_bytes(task, &step.file, step.new.blake3)?;
    if !is_written {
        verify().map_err(Hindrance::NotVerified)?;
        let disk = task.disk;
        disk.write_new(&task.beside, new_bytes, None).map_err(Hindrance::io("written", &task.beside))?;
        if let Err(error) = disk.rename_new(&task.beside, &step.file) {
            // The first error says more than one of a removal would, and the next start removes it again.
            let _ = disk.remove_leftover(&task.beside);
            return Err(Hindrance::rename(&step.file, &step.file)(error));
        }
    }
    task.touched.gained(&step.file);
    Ok(Outcome::Created)
}

/// Removes the file if it still has the bytes that were written.
pub(crate) fn undo(task: &mut Task, step: &PlannedCreate) -> Result<Outcome, Hindrance> {
    let seen = task.disk.look(&step.file).map_err(Hindrance::io("looked at", &step.file))?;
    if seen.is_none() {
        return Ok(Outcome::InPlace);
    }
    if !has_bytes(task, &step.file, step.new.blake3)? {
        return Err(Hindrance::ChangedSince(step.file.clone()));
    }
    task.disk.remove_file(&step.file).map_err(Hindrance::io("removed", &step.file))?;
    task.touched.lost(&step.file);
    Ok(Outcome::Removed)
}

fn has_bytes(task: &Task, path: &Path, expected: blake3::Hash) -> Result<bool, Hindrance> {
    let seen = task.disk.look(path).map_err(Hindrance::io("looked at", path))?;
    if seen.is_none_or(|seen| seen.kind != Kind::File) {
        return Ok(false);
    }
    Ok(task.disk.hash(path).map_err(Hindrance::io("read", path))?.0 == expected)
}
