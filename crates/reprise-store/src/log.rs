//! The write-ahead log that SQLite keeps beside the library, and how long it is waited for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::Error;

/// How long a writer waits for another one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Between two attempts at what SQLite does not wait for itself.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Turns the write-ahead log on. Of two connections that do so to a new file at once, SQLite refuses one without
/// waiting, whatever the busy timeout: it holds a read lock that the other waits for. Refused, it has let go.
pub(crate) fn write_ahead(connection: &Connection) -> Result<(), Error> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        // Answers with the mode in force: "wal", or "memory" for a library in memory.
        let outcome = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match outcome.map_err(Error::from) {
            Err(Error::Busy) if Instant::now() < deadline => std::thread::sleep(BUSY_PAUSE),
            outcome => return outcome,
        }
    }
}

/// Whether something lies in the log beside `path`.
pub fn has_log(path: &Path) -> bool {
    log_bytes(path) > 0
}

/// The file that SQLite keeps beside `path` with this ending: beside the file itself, where `path` is a link to it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.canonicalize().as_deref().unwrap_or(path));
    name.push(ending);
    name.into()
}

/// Bytes that lie in the log beside `path`.
pub(crate) fn log_bytes(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}
