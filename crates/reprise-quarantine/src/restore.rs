//! Puts a file of the quarantine back to a place where nothing is.

use std::io;
use std::path::Path;

use crate::copy::copy_whole;
use crate::hindrance::Hindrance;
use crate::seen::Seen;
use crate::task::Task;

/// Moves `kept` to `file`, by rename or, on another volume, by a verified copy. Missing folders are created.
pub(crate) fn restore(task: &mut Task, kept: &Path, seen: &Seen, file: &Path) -> Result<(), Hindrance> {
    task.create_folders_for(file)?;
    match task.disk.rename_new(kept, file) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let partial = task.beside.clone();
            copy_whole(task, kept, seen, &partial, file)?;
            task.disk.remove_file(kept).map_err(Hindrance::io("removed", kept))?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Hindrance::Occupied { file: file.into(), kept: kept.into() });
        }
        Err(error) => return Err(Hindrance::io("moved", kept)(error)),
    }
    task.touched.gained(file);
    task.touched.lost(kept);
    Ok(())
}
