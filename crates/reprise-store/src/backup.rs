//! Copies a library as SQLite sees it, including its write-ahead log, while others read and write it.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::settle::mark_closed;
use crate::{Error, Store};

impl Store {
    /// Writes the library in its present state to `path`, where there must be no file or an empty one. The copy needs
    /// no other file beside it. Returns its number of tracks.
    pub fn back_up(&self, path: &Path) -> Result<u64, Error> {
        let failed = |source| Error::Unwritten { path: path.into(), source };
        let mut target = Connection::open(path).map_err(|error| failed(Box::new(error)))?;
        copy(&self.connection, &mut target).map_err(|error| failed(Box::new(error)))?;
        // The original may be marked as open; the copy is not open.
        mark_closed(&target)?;
        let verdict: String = target.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(Error::Damaged(verdict));
        }
        let copy = Self { connection: target };
        let n_tracks = copy.track_count()?;
        drop(copy);
        File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed(Box::new(error)))?;
        Ok(n_tracks)
    }
}

/// Copies everything in one read. With several reads, each change by another process would restart the copy.
pub(crate) fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        // Unexpected: nobody else uses either connection.
        _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
}
