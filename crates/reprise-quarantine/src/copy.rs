//! A move to another volume: a copy that is verified and synced before the original goes.

use std::path::Path;

use crate::hindrance::Hindrance;
use crate::seen::{Kind, Seen};
use crate::task::Task;

/// Copies `from` to the new file `to`, by way of the incomplete file `partial` on the volume of `to`. Returns the hash
/// of the bytes. When this returns, the copy is complete and on the drive under its name, and `from` is as it was.
///
/// # Errors
///
/// When the copy cannot be made, or is not equal to the source. No part of it stays.
pub(crate) fn copy_whole(
    task: &mut Task,
    from: &Path,
    before: &Seen,
    partial: &Path,
    to: &Path,
) -> Result<blake3::Hash, Hindrance> {
    check_room(before, to)?;
    task.create_folders_for(partial)?;
    let copied = copy_verified(task, from, before, partial).and_then(|hash| {
        task.disk.rename_new(partial, to).map_err(Hindrance::rename(partial, to))?;
        Ok(hash)
    });
    if copied.is_err() {
        // The first error says more than one of a removal would, and the next start removes it again.
        let _ = task.disk.remove_leftover(partial);
    }
    let hash = copied?;
    task.touched.gained(to);
    task.touched.lost(partial);
    let synced = task.sync();
    if synced.is_err() {
        let _ = task.disk.remove_leftover(to);
    }
    synced.map(|()| hash)
}

/// Copies `from` to the new file `to` and compares both. Returns the hash of the bytes.
pub(crate) fn copy_verified(
    task: &Task,
    from: &Path,
    before: &Seen,
    to: &Path,
) -> Result<blake3::Hash, Hindrance> {
    let (read, after) = task.disk.copy(from, to).map_err(Hindrance::io("copied", from))?;
    if !after.is_still(before) {
        return Err(Hindrance::Changed(from.into()));
    }
    let (written, copy) = task.disk.hash(to).map_err(Hindrance::io("read", to))?;
    if written != read {
        return Err(Hindrance::BadCopy(from.into()));
    }
    // Some volumes keep times to two seconds, or no modes.
    if (copy.mtime_ns, copy.mode) != (before.mtime_ns, before.mode) {
        return Err(Hindrance::NotKept(from.into()));
    }
    Ok(read)
}

fn check_room(file: &Seen, to: &Path) -> Result<(), Hindrance> {
    let folder = to.ancestors().skip(1).find(|folder| folder.is_dir());
    match folder.map(fs4::available_space) {
        Some(Ok(free_bytes)) if free_bytes < file.size_bytes => {
            Err(Hindrance::NoRoom { path: to.into(), needed_bytes: file.size_bytes, free_bytes })
        }
        _ => Ok(()),
    }
}

/// Whether two files are equal in everything: bytes, time, mode and attributes. Then either can be removed, and
/// nothing is lost.
pub(crate) fn are_equal(task: &Task, a: &Path, b: &Path) -> Result<bool, Hindrance> {
    let look = |path: &Path| task.disk.look(path).map_err(Hindrance::io("looked at", path));
    let (Some(seen_a), Some(seen_b)) = (look(a)?, look(b)?) else { return Ok(false) };
    let outside = |seen: &Seen| (seen.kind, seen.size_bytes, seen.mtime_ns, seen.mode);
    if outside(&seen_a) != outside(&seen_b) || seen_a.kind != Kind::File {
        return Ok(false);
    }
    let attributes =
        |path: &Path| crate::platform::attributes(path).map_err(Hindrance::io("looked at", path));
    if attributes(a)? != attributes(b)? {
        return Ok(false);
    }
    let hash = |path: &Path| task.disk.hash(path).map_err(Hindrance::io("read", path));
    Ok(hash(a)?.0 == hash(b)?.0)
}
