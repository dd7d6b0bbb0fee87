//! Opens a library: pragmas, recognition, upgrade. Makes the file, and the folder it lies in, when there is none.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::{Error, SCHEMA_VERSION, Store, migrate};

/// `PRAGMA application_id` of a library: "Rpri" in ASCII. Tells a library from any other SQLite file.
const APPLICATION_ID: i32 = 0x5270_7269;

/// How long a writer waits for another one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Between two attempts at what SQLite does not wait for itself.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Pages kept in memory. SQLite's own 2 MiB make a bulk insert of alignments go to the disk for its index.
const CACHE_KIB: i32 = 32 * 1024;

/// The same of a reader, of which a program may have several.
const READER_CACHE_KIB: i32 = 8 * 1024;

/// Queries of the store that stay prepared; there are about seventy.
const PREPARED_STATEMENTS: usize = 96;

impl Store {
    /// Opens the library at `path` for reading and writing, making or upgrading it where needed. An upgrade leaves a
    /// copy of the older file beside it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| unopenable(path, source))?;
        }
        let connection = Connection::open(path).map_err(|source| unopenable(path, source))?;
        Self::prepare(connection, Some(path)).map_err(|error| recognise(error, path))
    }

    /// Opens an existing library for reading only, beside the writer; sees what was committed.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|source| unopenable(path, source))?;
        let store = Self { connection };
        store.check_readable(path).map_err(|error| recognise(error, path))?;
        Ok(store)
    }

    /// A library in memory, gone when dropped.
    pub fn in_memory() -> Result<Self, Error> {
        Self::prepare(Connection::open_in_memory()?, None)
    }

    fn prepare(mut connection: Connection, path: Option<&Path>) -> Result<Self, Error> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        if let Some(path) = path {
            refuse_foreign(&connection, path)?;
        }
        // Before anything is written: a library too new for this build must stay as it is, pragmas included.
        let found = migrate::version(&connection)?;
        if found > SCHEMA_VERSION {
            return Err(Error::Newer { found, known: SCHEMA_VERSION });
        }
        write_ahead(&connection)?;
        // With WAL, NORMAL loses at most the last commits in a power cut and never tears the file.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        migrate::run(&mut connection, path, &migrate::STEPS)?;
        Ok(Self { connection })
    }

    fn check_readable(&self, path: &Path) -> Result<(), Error> {
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        self.connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        refuse_foreign(&self.connection, path)?;
        // It looks at the file, so it comes after.
        self.connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        let (found, known) = (migrate::version(&self.connection)?, SCHEMA_VERSION);
        match found.cmp(&known) {
            std::cmp::Ordering::Greater => Err(Error::Newer { found, known }),
            std::cmp::Ordering::Less => Err(Error::Older { found, known }),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }
}

/// Turns the write-ahead log on. Of two connections that do so to a new file at once, SQLite refuses one without
/// waiting, whatever the busy timeout: it holds a read lock that the other waits for. Refused, it has let go.
fn write_ahead(connection: &Connection) -> Result<(), Error> {
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

/// Another program's database stays untouched; an empty file may become a library.
fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), Error> {
    // One statement, one snapshot: another process may be making the library at this moment.
    let sql =
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)";
    let (id, n_tables): (i32, i64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if id == APPLICATION_ID || (id == 0 && n_tables == 0) {
        return Ok(());
    }
    Err(Error::NotALibrary { path: path.into() })
}

/// A file that is no database at all is somebody's document, not a damaged library.
fn recognise(error: Error, path: &Path) -> Error {
    match error {
        Error::Damaged(message) if message.contains("not a database") => {
            Error::NotALibrary { path: path.into() }
        }
        other => other,
    }
}

fn unopenable(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unopenable { path: path.into(), source: Box::new(source) }
}
