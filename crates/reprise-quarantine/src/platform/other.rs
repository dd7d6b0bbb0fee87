//! Windows, and any system that is not a Unix. Modes, owners and extended attributes are Unix's; a file that is renamed
//! keeps its access list and streams by itself, one that is copied to another volume has those of its new folder.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Component, Path};

/// The longest path that a system call takes. The standard library uses long paths where it must.
pub(crate) const LONGEST_PATH_BYTES: usize = 32_000;

/// A volume: the prefix of the path, such as `C:`.
pub(crate) type Volume = Option<std::ffi::OsString>;

/// One file under whatever names.
pub(crate) type Identity = file_id::FileId;

/// Which file an entry of a folder is.
pub(crate) fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    file_id::get_file_id(path)
}

/// The volume that a file or folder is on.
pub(crate) fn volume(path: &Path, _: &Metadata) -> Volume {
    match path.components().next() {
        Some(Component::Prefix(prefix)) => Some(prefix.as_os_str().to_ascii_uppercase()),
        _ => None,
    }
}

/// There are no permission bits.
pub(crate) fn mode(_: &Metadata) -> Option<u32> {
    None
}

/// How many names a file has is not known without a call that the standard library lacks.
pub(crate) fn name_count(_: &Metadata) -> u64 {
    1
}

/// Renames a file, and fails with `AlreadyExists` where the new name is taken. The standard library replaces on
/// Windows too, so the name is looked up first. Within the quarantine nothing comes between, as nobody else writes to
/// the folder of a run.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::rename(from, to),
        Err(error) => Err(error),
    }
}

/// Owners stay as they are.
pub(crate) fn copy_owner(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// Gives `to` the read-only flag of `from`.
pub(crate) fn copy_mode(from: &Metadata, to: &File) -> io::Result<()> {
    to.set_permissions(from.permissions())
}

/// Extended attributes: none.
pub(crate) type Attributes = BTreeMap<(), ()>;

/// There are no extended attributes.
pub(crate) fn attributes(_: &Path) -> io::Result<Attributes> {
    Ok(Attributes::new())
}

/// There are no extended attributes.
pub(crate) fn set_attributes(_: &Path, _: &Attributes) -> io::Result<()> {
    Ok(())
}

/// Folders cannot be synced: the file system writes their entries to its log by itself.
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
