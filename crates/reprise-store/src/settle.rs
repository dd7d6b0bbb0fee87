//! Leaves the library complete in its one file. Changes are first written to a log beside it (`library.db-wal`). SQLite
//! moves them into the file when the last connection closes, but only if that connection may write.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::log::{BUSY_TIMEOUT, beside};
use crate::{Error, Store};

/// Key in `meta` that says whether a writer has the library open. At that time, a copy of the file alone lacks the
/// content of the log.
const CLOSED: &str = "closed";

impl Store {
    /// Marks the file as open for writing, until [`Store::settle`] is called.
    pub fn mark_open(&mut self) -> Result<(), Error> {
        self.set_meta(CLOSED, "no")?;
        self.empty_log()
    }

    /// Moves the content of the log into the file and marks the file as closed. It does not wait: content that another
    /// connection is reading stays in the log, for the connection that closes last.
    pub fn settle(&mut self) -> Result<(), Error> {
        self.set_meta(CLOSED, "yes")?;
        self.empty_log()
    }

    /// Whether a writer has the library open, or had it open when it was killed or when the file was copied.
    pub fn is_marked_open(&self) -> Result<bool, Error> {
        Ok(self.meta(CLOSED)?.as_deref() == Some("no"))
    }

    /// To be called when a reader of `path` is closed, because a reader cannot move the log itself. Moves the content
    /// that a writer left in the log, unless another process has the library open. If that fails, everything stays as
    /// it is, and readable.
    pub fn settle_closed(path: &Path) {
        let Some(last) = Self::last_beside(path) else { return };
        // Fails if another process has the library open.
        if last.is_marked_open().unwrap_or(false)
            && last.connection.pragma_update(None, "locking_mode", "EXCLUSIVE").is_ok()
        {
            let _ = mark_closed(&last.connection);
        }
    }

    /// Does the same for a file that was read and must not be changed: removes the files that SQLite put beside it.
    pub fn leave(path: &Path) {
        if let Some(last) = Self::last_beside(path) {
            // A connection that has read the file takes part in its log, and the last one to close removes the log.
            let _ = last.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        }
    }

    /// Opens a connection that may write, if SQLite left files beside the library.
    fn last_beside(path: &Path) -> Option<Self> {
        if !beside(path, "-wal").exists() && !beside(path, "-shm").exists() {
            return None;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).ok()?;
        connection.busy_timeout(Duration::ZERO).ok()?;
        Some(Self { connection })
    }

    fn empty_log(&self) -> Result<(), Error> {
        self.connection.busy_timeout(Duration::ZERO)?;
        // Returns whether another connection was in the way, which is no error.
        let outcome = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        match outcome.map_err(Error::from) {
            Err(Error::Busy) => Ok(()),
            outcome => outcome,
        }
    }
}

/// Marks a copy as closed: it is complete without a log.
pub(crate) fn mark_closed(connection: &Connection) -> Result<(), Error> {
    connection.execute("UPDATE meta SET value = 'yes' WHERE key = ?1", [CLOSED])?;
    Ok(())
}
