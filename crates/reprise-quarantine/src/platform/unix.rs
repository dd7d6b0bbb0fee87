//! Linux, macOS and other Unix systems.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

/// The longest path that a system call takes, in bytes, without the final zero.
pub(crate) const LONGEST_PATH_BYTES: usize = if cfg!(target_vendor = "apple") { 1023 } else { 4095 };

/// A volume: its device number.
pub(crate) type Volume = u64;

/// One file under whatever names: its device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Identity(u64, u64);

/// Which file an entry of a folder is.
pub(crate) fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    Ok(Identity(metadata.dev(), metadata.ino()))
}

/// The volume that a file or folder is on.
pub(crate) fn volume(_: &Path, metadata: &Metadata) -> Volume {
    metadata.dev()
}

/// The permission bits of a file.
pub(crate) fn mode(metadata: &Metadata) -> Option<u32> {
    Some(metadata.mode() & 0o7777)
}

/// How many names (hard links) a file has.
pub(crate) fn name_count(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// Renames a file, and fails with `AlreadyExists` where the new name is taken.
///
/// The kernel does both in one act where it can. Some file systems (NFS, some FUSE ones) cannot; there the name is
/// looked up first. Within the quarantine nothing comes between, as nobody else writes to the folder of a run. At the
/// original place of a file another program could create the name in the microseconds between both calls.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rename_exclusively(from, to) {
        Err(error) if lacks(&error) => {}
        outcome => return outcome,
    }
    match std::fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::fs::rename(from, to),
        Err(error) => Err(error),
    }
}

/// Whether an error says that the file system or the kernel knows no such call.
fn lacks(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let unknown = [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP];
    unknown.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_exclusively(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_exclusively(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives `to` the owner and group of `from` where this is permitted. Only root may give files away, so that a refusal
/// is no error: the file then belongs to the user who moves it.
pub(crate) fn copy_owner(from: &Metadata, to: &File) -> io::Result<()> {
    match fchown(to, Some(from.uid()), Some(from.gid())) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied || lacks(&error) => Ok(()),
        outcome => outcome,
    }
}

/// Gives `to` the mode of `from`.
pub(crate) fn copy_mode(from: &Metadata, to: &File) -> io::Result<()> {
    to.set_permissions(Permissions::from_mode(from.mode() & 0o7777))
}

/// Attributes that the system gives by its own rules: labels of security modules, macOS's provenance.
const GIVEN_BY_THE_SYSTEM: [&str; 3] = ["security.", "trusted.", "com.apple.provenance"];

/// The extended attributes of a file, POSIX access lists among them, without those that the system gives.
pub(crate) type Attributes = BTreeMap<OsString, Vec<u8>>;

/// Reads the extended attributes of a file. A volume that has none gives an empty list.
pub(crate) fn attributes(path: &Path) -> io::Result<Attributes> {
    let names = match xattr::list(path) {
        Ok(names) => names,
        Err(error) if lacks(&error) || error.kind() == io::ErrorKind::Unsupported => return Ok([].into()),
        Err(error) => return Err(error),
    };
    let is_given = |name: &OsString| {
        let name = name.as_encoded_bytes();
        GIVEN_BY_THE_SYSTEM.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
    };
    let own = names.filter(|name| !is_given(name));
    own.map(|name| Ok((name.clone(), xattr::get(path, &name)?.unwrap_or_default()))).collect()
}

/// Gives a file the extended attributes of another.
///
/// # Errors
///
/// When one cannot be set, for instance because the volume has none: a copy without them would lose something.
pub(crate) fn set_attributes(path: &Path, attributes: &Attributes) -> io::Result<()> {
    attributes.iter().try_for_each(|(name, value)| xattr::set(path, name, value))
}

/// Waits until the entries of a folder are on the drive. Some network file systems cannot sync a folder; they keep
/// their entries on a server, and there is nothing to wait for.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        Err(error) if lacks(&error) => Ok(()),
        outcome => outcome,
    }
}
