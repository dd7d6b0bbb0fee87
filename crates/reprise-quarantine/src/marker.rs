//! The folder of a quarantine: how it is made, known and taken away.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;

use crate::disk::{Disk, is_absent};
use crate::layout::{MARKER, QUARANTINE, README, quarantine};

/// For whoever finds the folder.
const README_TEXT: &str = "\
Reprise moved these files here because they are copies of others that stayed in your library.

Nothing here is deleted before you say so. To put everything back, open Reprise, choose \"Clean up\" and undo the run, or
use the command `reprise clean undo`. To delete for good, empty the quarantine there.

You can also put files back by hand. Each folder beside this text is one run. Its name begins with the date and the time
in UTC. manifest.json in it says for each file where it came from, where it is now and which file stayed in its place.

Reprise reads no music from this folder. Please do not put files of your own into it.
";

/// The marker for programs.
#[derive(Serialize)]
struct Marker {
    program: &'static str,
    purpose: &'static str,
    version: u32,
}

/// Whether a folder is a quarantine of Reprise, by its name and by the marker in it. Nothing in it belongs to any
/// library, so that a scan passes it over. A symbolic link to a quarantine counts as one.
pub fn is_quarantine(folder: &Path) -> bool {
    fs::metadata(folder.join(MARKER)).is_ok_and(|found| found.is_file())
        && fs::canonicalize(folder).is_ok_and(|path| path.file_name().is_some_and(|name| name == QUARANTINE))
}

/// Makes the quarantine of a root if there is none.
///
/// # Errors
///
/// When it cannot be created, or when there is a folder of this name with other files and without the marker.
pub(crate) fn make(disk: &Disk, root: &Path) -> io::Result<()> {
    let folder = quarantine(root);
    match fs::symlink_metadata(&folder) {
        Ok(found) if !found.is_dir() => return Err(io::Error::other("a file of this name is in the way")),
        Ok(_) if !is_quarantine(&folder) && !holds_only_markers(&folder)? => {
            return Err(io::Error::other("a folder of this name is there, and Reprise did not make it"));
        }
        Ok(_) => {}
        Err(error) if is_absent(&error) => {
            disk.create_folders(&folder)?;
            disk.sync_folder(root)?;
        }
        Err(error) => return Err(error),
    }
    mark(disk, &folder)
}

/// Writes the markers that are missing.
fn mark(disk: &Disk, folder: &Path) -> io::Result<()> {
    let marker = Marker { program: "Reprise", purpose: "quarantine", version: 1 };
    let marker = serde_json::to_vec_pretty(&marker)?;
    let mut is_new = false;
    for (name, bytes) in [(MARKER, marker.as_slice()), (README, README_TEXT.as_bytes())] {
        if disk.look(&folder.join(name))?.is_none() {
            match disk.write_new(&folder.join(name), bytes, None) {
                // Another program that begins at this moment has written it.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => is_new = true,
            }
        }
    }
    if is_new { disk.sync_folder(folder) } else { Ok(()) }
}

/// Removes the quarantine of a root if no run has a folder in it.
pub(crate) fn remove_if_empty(disk: &Disk, root: &Path) -> io::Result<()> {
    let folder = quarantine(root);
    match holds_only_markers(&folder) {
        Ok(true) => {}
        Ok(false) => return Ok(()),
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(error),
    }
    for name in [README, MARKER] {
        disk.remove_leftover(&folder.join(name))?;
    }
    if disk.remove_folder(&folder).is_err() {
        // A run of another library has made its folder in the meantime. Scans must know what it is.
        return mark(disk, &folder);
    }
    disk.sync_folder(root)
}

fn holds_only_markers(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if name != MARKER && name != README {
            return Ok(false);
        }
    }
    Ok(true)
}
