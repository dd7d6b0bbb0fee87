//! The trash of the operating system, as a second choice.

use std::path::Path;

use crate::disk::Disk;
use crate::error::Error;
use crate::ready;
use crate::step::Expected;

/// Moves a file to the trash of the operating system, after the same checks as a move into the quarantine: the file is
/// regular and unchanged, its keeper is another file and can be read, and `verify` has no objection.
///
/// The trash gives less than the quarantine does:
///
/// - Nothing is journalled, and Reprise cannot undo it. The user puts the file back with the system's file manager. On
///   macOS no program can ask for that.
/// - On Linux the trash is on the volume of the file if the user may create it there. Otherwise the file is copied to
///   the trash in the home folder, and that copy is neither verified nor synced before the original goes.
/// - Some volumes have no trash at all, such as network drives on Windows and macOS. Windows may then delete the file for
///   good.
/// - The system may empty its trash by itself.
///
/// # Errors
///
/// When a check fails or the system refuses. The file is where it was.
pub fn to_trash(
    file: &Path,
    expected: Expected,
    keeper: &Path,
    verify: &dyn Fn() -> Result<(), String>,
) -> Result<(), Error> {
    let disk = Disk::new();
    let not = |why: String| Error::NotTrashed { file: file.into(), why };
    let seen = ready::unchanged_file(&disk, file, expected).map_err(|why| not(why.to_string()))?;
    ready::keeper_of(&disk, file, &seen, keeper).map_err(|why| not(why.to_string()))?;
    verify().map_err(not)?;
    ready::unchanged_file(&disk, file, expected).map_err(|why| not(why.to_string()))?;
    trash::delete(file).map_err(|error| not(error.to_string()))
}
