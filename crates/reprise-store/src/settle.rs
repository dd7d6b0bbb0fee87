//! Leaves the library whole in its one file. What is written goes to a log beside it first (`library.db-wal`); SQLite
//! moves it into the file when the last connection closes, but only one that may write can.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::log::{BUSY_TIMEOUT, beside};
use crate::{Error, Store};

/// Says in the file itself whether a writer has it open: what is copied of it alone at that time lacks what the log
/// holds.
const CLOSED: &str = "closed";

impl Store {
    /// Takes down in the file that it is being written from now on, until it is settled.
    pub fn mark_open(&mut self) -> Result<(), Error> {
        self.set_meta(CLOSED, "no")?;
        self.empty_log()
    }

    /// Moves what the log holds into the file and takes down that this is all. Waits for nobody: what somebody is
    /// reading at this moment stays in the log, for whoever closes last.
    pub fn settle(&mut self) -> Result<(), Error> {
        self.set_meta(CLOSED, "yes")?;
        self.empty_log()
    }

    /// Whether a writer has it open, or had until it was killed or the file was copied.
    pub fn is_marked_open(&self) -> Result<bool, Error> {
        Ok(self.meta(CLOSED)?.as_deref() == Some("no"))
    }

    /// To be called when a reader of `path` is closed, which could not move the log itself: moves what a writer left in
    /// it, unless anybody has the library open. Where that cannot be done everything stays as it is, and readable.
    pub fn settle_closed(path: &Path) {
        let Some(last) = Self::last_beside(path) else { return };
        // Refused where somebody else has it open.
        if last.is_marked_open().unwrap_or(false)
            && last.connection.pragma_update(None, "locking_mode", "EXCLUSIVE").is_ok()
        {
            let _ = mark_closed(&last.connection);
        }
    }

    /// The same for a file that was looked at and is not to be changed: takes away what SQLite put beside it.
    pub fn leave(path: &Path) {
        if let Some(last) = Self::last_beside(path) {
            // Whoever has looked at the file takes part in its log, and whoever closes it last removes that.
            let _ = last.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        }
    }

    /// A connection that may write, where there is something beside the file.
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
        // Answers with whether somebody was in the way, which is no error.
        let outcome = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        match outcome.map_err(Error::from) {
            Err(Error::Busy) => Ok(()),
            outcome => outcome,
        }
    }
}

/// Takes down in a copy that it is all there is.
pub(crate) fn mark_closed(connection: &Connection) -> Result<(), Error> {
    connection.execute("UPDATE meta SET value = 'yes' WHERE key = ?1", [CLOSED])?;
    Ok(())
}
