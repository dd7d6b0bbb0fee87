//! Leaves the library whole in its one file. What is written goes to a log beside it first (`library.db-wal`); SQLite
//! moves it into the file when the last connection closes, but only one that may write can.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::open::BUSY_TIMEOUT;
use crate::{Error, Store};

impl Store {
    /// Moves what the log holds into the file. Waits for nobody: what somebody is reading at this moment stays in the log,
    /// for whoever closes last.
    pub fn settle(&self) -> Result<(), Error> {
        self.connection.busy_timeout(Duration::ZERO)?;
        // Answers with whether somebody was in the way, which is no error.
        let outcome = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        match outcome.map_err(Error::from) {
            Err(Error::Busy) => Ok(()),
            outcome => outcome,
        }
    }

    /// To be called when a reader of `path` is closed, which could not move the log itself: moves what a writer left in it,
    /// unless anybody has the library open. Where that cannot be done everything stays as it is, and readable.
    pub fn settle_closed(path: &Path) {
        if !beside(path, "-wal").exists() && !beside(path, "-shm").exists() {
            return;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(connection) = Connection::open_with_flags(path, flags) else { return };
        // Whoever looks at the file takes part in its log, and whoever closes it last moves the log.
        let _ = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    }
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
