//! Copies a library as SQLite sees it, what lies in the log included, while others read and write it.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::settle::mark_closed;
use crate::{Error, Store};

impl Store {
    /// Writes the library, as it is at this moment, to `path`, where there is no file or an empty one: a library that
    /// needs nothing beside it. Gives its tracks.
    pub fn back_up(&self, path: &Path) -> Result<u64, Error> {
        let failed = |source| Error::Unwritten { path: path.into(), source };
        let mut target = Connection::open(path).map_err(|error| failed(Box::new(error)))?;
        copy(&self.connection, &mut target).map_err(|error| failed(Box::new(error)))?;
        // Of the library this was true, but not of what was made of it.
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

/// Copies everything in one read: in several, each change by somebody else would begin it anew.
pub(crate) fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        // Neither end is anybody else's.
        _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
    }
}
