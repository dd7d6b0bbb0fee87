//! The write-ahead log that SQLite keeps beside the library, and how long to wait for it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::Error;

/// How long a writer waits for another one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause between two attempts at an operation for which SQLite does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Turns the write-ahead log on. If two connections do this to a new file at once, SQLite rejects one without waiting,
/// whatever the busy timeout, because it holds a read lock for which the other one waits. The rejected connection has
/// released its lock, so it can try again.
pub(crate) fn write_ahead(connection: &Connection) -> Result<(), Error> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        // Returns the mode in force: "wal", or "memory" for a library in memory.
        let outcome = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match outcome.map_err(Error::from) {
            Err(Error::Busy) if Instant::now() < deadline => std::thread::sleep(BUSY_PAUSE),
            outcome => return outcome,
        }
    }
}

/// Whether the log beside `path` contains anything.
pub fn has_log(path: &Path) -> bool {
    log_bytes(path) > 0
}

/// Returns the path of the file with this ending that SQLite keeps beside `path`. If `path` is a link, that file is
/// beside the link's target.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.canonicalize().as_deref().unwrap_or(path));
    name.push(ending);
    name.into()
}

/// Returns the number of bytes in the log beside `path`.
pub(crate) fn log_bytes(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}
