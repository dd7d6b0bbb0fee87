//! The lock file that a process holds while it writes to a library. The file stays afterwards, so that it distinguishes
//! the library from a copy.

use std::fs::File;
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};
use reprise_store::{Store, has_log};

use crate::error::Error;

/// Locks the library at `path` for this process; creates its folder if there is none.
pub(crate) fn lock_beside(path: &Path) -> Result<File, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    let lock_path = lock_path(path);
    let lock = File::options().create(true).append(true).open(&lock_path).map_err(Error::io(&lock_path))?;
    match FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(Error::Io { path: lock_path, source }),
    }
}

/// Refuses a copy of the database file alone that was made while a writer had the library open: the contents of the log
/// are missing. Where a writer was killed, its log or at least its lock file is still present.
pub(crate) fn refuse_part(path: &Path) -> Result<(), Error> {
    let is_made = std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if !is_made || has_log(path) || lock_path(path).exists() {
        return Ok(());
    }
    let outcome = match Store::open_read_only(path) {
        Ok(store) if store.is_marked_open()? => Err(Error::CopiedInPart(path.to_path_buf())),
        Err(error @ reprise_store::Error::Empty { .. }) => Err(error.into()),
        // Whoever opens the file next reports any other error.
        _ => Ok(()),
    };
    Store::leave(path);
    outcome
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
