//! The lock that a process holds while it moves files.
//!
//! There is one for a folder of journals and not one for a run. Two runs at once could each take the file that the
//! other one keeps.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs4::{FileExt, TryLockError};

use crate::error::Error;

/// The file that is locked. It stays, as its removal could leave two processes with a lock each.
const NAME: &str = "moving.lock";

/// The lock may be held for a moment by a process that asks whether it is taken.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// The lock, until it is dropped or the process ends.
pub(crate) struct Lock(File);

impl Drop for Lock {
    /// The system releases the lock with the last copy of the file. A program that is being started by another thread
    /// has one for a moment, so it is released by name.
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.0);
    }
}

/// Takes the lock.
///
/// # Errors
///
/// [`Error::InUse`] if another process, or another part of this one, holds it.
pub(crate) fn take(journals: &Path) -> Result<Lock, Error> {
    std::fs::create_dir_all(journals).map_err(Error::io("created", journals))?;
    let path = journals.join(NAME);
    let file = open(&path)?;
    for n in 0..TRIES {
        match FileExt::try_lock(&file) {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::Error(source)) => {
                return Err(Error::Io { action: "locked", path, source });
            }
            Err(TryLockError::WouldBlock) if n + 1 < TRIES => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    Err(Error::InUse(path))
}

/// Whether a process holds the lock.
pub(crate) fn is_taken(journals: &Path) -> bool {
    let Ok(file) = File::open(journals.join(NAME)) else { return false };
    match FileExt::try_lock_shared(&file) {
        Ok(()) => {
            drop(Lock(file));
            false
        }
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(_)) => false,
    }
}

fn open(path: &PathBuf) -> Result<File, Error> {
    File::options().create(true).append(true).open(path).map_err(Error::io("opened", path))
}
