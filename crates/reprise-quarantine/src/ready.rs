//! Checks of one step, right before it is done.

use std::path::Path;

use crate::disk::Disk;
use crate::hindrance::Hindrance;
use crate::seen::{Kind, Seen};
use crate::step::Expected;

/// Looks at a file that is to be moved or rewritten: it must be a regular file, and as it was planned.
pub(crate) fn unchanged_file(disk: &Disk, file: &Path, expected: Expected) -> Result<Seen, Hindrance> {
    let seen = disk.look(file).map_err(Hindrance::io("looked at", file))?;
    let seen = seen.ok_or_else(|| Hindrance::Missing(file.into()))?;
    match seen.kind {
        Kind::Link => Err(Hindrance::Link(file.into())),
        Kind::Other => Err(Hindrance::NotAFile(file.into())),
        Kind::File if !seen.is_as(expected) => Err(Hindrance::Changed(file.into())),
        Kind::File => Ok(seen),
    }
}

/// Looks at the keeper of a file: it must be a regular file that can be read, and not the same file under another
/// name.
pub(crate) fn keeper_of(disk: &Disk, file: &Path, seen: &Seen, keeper: &Path) -> Result<(), Hindrance> {
    let kept = disk.look(keeper).map_err(Hindrance::io("looked at", keeper))?;
    let kept = kept.ok_or_else(|| Hindrance::NoKeeper(keeper.into()))?;
    if kept.identity == seen.identity {
        return Err(Hindrance::OneFile { file: file.into(), keeper: keeper.into() });
    }
    // A symbolic link does not do: it may lead to the file that goes.
    if kept.kind != Kind::File {
        return Err(Hindrance::KeeperNotAFile(keeper.into()));
    }
    let readable = disk.try_read(keeper);
    readable.map_err(|source| Hindrance::KeeperUnreadable { keeper: keeper.into(), source })
}
