//! Opens a library: sets pragmas, recognises the file and upgrades it. Creates the file and its folder if there is
//! none.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::log::{BUSY_TIMEOUT, log_bytes, write_ahead};
use crate::{Error, SCHEMA_VERSION, Store, migrate, path_bytes};

/// `PRAGMA application_id` of a library: "Rpri" in ASCII. It distinguishes a library from any other SQLite file.
const APPLICATION_ID: i32 = 0x5270_7269;

/// Cache of the writer. With SQLite's default of 2 MiB, a bulk insert of alignments reads its index from the disk.
const CACHE_KIB: i32 = 32 * 1024;

/// Cache of a reader. A program may have several readers.
const READER_CACHE_KIB: i32 = 8 * 1024;

/// Number of the store's queries that stay prepared; there are about seventy.
const PREPARED_STATEMENTS: usize = 96;

impl Store {
    /// Opens the library at `path` for reading and writing, and creates or upgrades it if necessary. An upgrade leaves
    /// a copy of the older file beside it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| unopenable(path, source))?;
        }
        let connection = Connection::open(path).map_err(|source| unopenable(path, source))?;
        Self::prepare(connection, Some(path)).map_err(|error| recognise(error, path))
    }

    /// Opens an existing library for reading only, beside the writer; it sees committed changes. If neither the file
    /// nor its folder can be written, there can be no shared log; the file is then read as one that does not change.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        match Self::read(path, path, OpenFlags::empty()) {
            Err(error) if wants_a_log(&error) => {
                let uri = unchanging(path, log_bytes(path))?;
                Self::read(path, Path::new(&uri), OpenFlags::SQLITE_OPEN_URI)
            }
            outcome => outcome,
        }
    }

    fn read(path: &Path, name: &Path, further: OpenFlags) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | further;
        let connection =
            Connection::open_with_flags(name, flags).map_err(|source| unopenable(path, source))?;
        let store = Self { connection };
        store.check_readable(path).map_err(|error| recognise(error, path))?;
        Ok(store)
    }

    /// Creates a library in memory. It is lost when the store is dropped.
    pub fn in_memory() -> Result<Self, Error> {
        Self::prepare(Connection::open_in_memory()?, None)
    }

    fn prepare(mut connection: Connection, path: Option<&Path>) -> Result<Self, Error> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
        if let Some(path) = path {
            refuse_foreign(&connection, path)?;
            refuse_cut_short(&connection, path)?;
        }
        // Before anything is written: a library that is too new for this build must stay unchanged, including its
        // pragmas.
        let found = migrate::version(&connection)?;
        if found > SCHEMA_VERSION {
            return Err(Error::Newer { found, known: SCHEMA_VERSION });
        }
        write_ahead(&connection)?;
        // With WAL, NORMAL loses at most the last commits in a power cut and never corrupts the file.
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
        refuse_cut_short(&self.connection, path)?;
        // This pragma reads the file, so it comes after the checks.
        self.connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        let (found, known) = (migrate::version(&self.connection)?, SCHEMA_VERSION);
        if found == 0 {
            return Err(Error::Empty { path: path.into() });
        }
        match found.cmp(&known) {
            std::cmp::Ordering::Greater => Err(Error::Newer { found, known }),
            std::cmp::Ordering::Less => Err(Error::Older { found, known }),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }
}

/// Whether the error means that a log, or its shared-memory file, can be neither found nor created.
fn wants_a_log(error: &Error) -> bool {
    match error {
        Error::ReadOnly => true,
        Error::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::CannotOpen),
        _ => false,
    }
}

/// Returns the name under which SQLite reads a file without a log and without locks. If the log contains anything, this
/// is an error, because the last changes would be left out.
fn unchanging(path: &Path, log_bytes: u64) -> Result<String, Error> {
    if log_bytes > 0 {
        return Err(Error::LogOutOfReach { path: path.into() });
    }
    let mut uri = String::from(match (path.is_absolute(), cfg!(windows)) {
        (true, true) => "file:///",
        (true, false) => "file://",
        (false, _) => "file:",
    });
    let mut name = path_bytes::encode(path);
    if cfg!(windows) {
        name.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
    }
    for byte in name {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(uri + "?immutable=1")
}

/// Rejects another program's database, which stays unchanged. An empty file may become a library.
fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), Error> {
    // One statement sees one snapshot: another process may be creating the library at this moment.
    let sql =
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)";
    let (id, n_tables): (i32, i64) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if id == APPLICATION_ID || (id == 0 && n_tables == 0) {
        return Ok(());
    }
    Err(Error::NotALibrary { path: path.into() })
}

/// Rejects a file that lacks a part of its last page. SQLite takes such a file for complete.
fn refuse_cut_short(connection: &Connection, path: &Path) -> Result<(), Error> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let whole: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    // Content of the log may not be in the file yet. The log is checked first: another process may be moving it into
    // the file at this moment.
    let is_short =
        log_bytes(path) == 0 && std::fs::metadata(path).is_ok_and(|file| file.len() < whole as u64);
    if is_short { Err(Error::CutShort { path: path.into() }) } else { Ok(()) }
}

/// Makes an error more precise: a file that is no database is another document, not a damaged library; a truncated file
/// was not copied completely.
fn recognise(error: Error, path: &Path) -> Error {
    match error {
        Error::Damaged(_) if breaks_off(path) => Error::CutShort { path: path.into() },
        Error::Damaged(message) if message.contains("not a database") => {
            Error::NotALibrary { path: path.into() }
        }
        other => other,
    }
}

/// Whether a file begins like a library but is shorter than its header says. Closing a file releases SQLite's locks on
/// it, so this is used only for a file that cannot be read anyway.
fn breaks_off(path: &Path) -> bool {
    let mut head = Vec::new();
    let Ok(file) = File::open(path) else { return false };
    let Ok(size) = file.metadata().map(|metadata| metadata.len()) else { return false };
    if file.take(HEADER_BYTES as u64).read_to_end(&mut head).is_err() {
        return false;
    }
    let Ok(head) = <[u8; HEADER_BYTES]>::try_from(head.as_slice()) else {
        return !head.is_empty() && (MAGIC.starts_with(&head) || head.starts_with(MAGIC));
    };
    let number = |at: usize| u32::from_be_bytes(std::array::from_fn(|i| head[at + i]));
    let page_bytes = match number(14) & 0xFFFF {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let is_library = head.starts_with(MAGIC) && number(68) == APPLICATION_ID as u32;
    is_library && size < page_bytes * u64::from(number(28))
}

/// The first bytes of every SQLite file, and the length of its header (<https://www.sqlite.org/fileformat.html>): the
/// size of a page is at offset 16, the number of pages at 28, the application id at 68.
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_BYTES: usize = 100;

fn unopenable(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unopenable { path: path.into(), source: Box::new(source) }
}
