//! Everything that can go wrong with a library file, distinguished by what the caller can do about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// The reason why the store could not do what was requested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A later version of Reprise wrote the library: update this one. Nothing was changed.
    #[error(
        "this library has schema {found}, and this version of Reprise knows schemas up to {known}: update Reprise to open it"
    )]
    Newer {
        /// `user_version` of the file.
        found: u32,
        /// The newest schema this build knows.
        known: u32,
    },
    /// An earlier version of Reprise wrote the library, and it was opened for reading only: open it for writing once,
    /// which upgrades it.
    #[error("this library has schema {found} and must be upgraded to {known} before it can be read")]
    Older {
        /// `user_version` of the file.
        found: u32,
        /// The schema this build reads.
        known: u32,
    },
    /// The file is not a library: name another file.
    #[error("{} is not a Reprise library", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
    },
    /// The library is empty and was opened for reading only.
    #[error(
        "{} holds no library: nothing was ever written to it, or it is a copy of the file alone, made while Reprise had the library open (`reprise backup` copies it whole at any time)",
        path.display()
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is shorter than its header says: copy it again, or restore a backup.
    #[error(
        "the library {} is cut short: it is probably a copy that did not end, or one made while Reprise had the library open (`reprise backup` copies it whole at any time)",
        path.display()
    )]
    CutShort {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be created or read: check the folder and its permissions.
    #[error("the library {} cannot be opened", path.display())]
    Unopenable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system or of SQLite.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The last changes are in the log beside the file, and the log can be read only in a writable folder.
    #[error(
        "the library {0} cannot be read where it is, for what was written to it last lies in {0}-wal and this folder cannot be written to: copy both files to another folder",
        path.display()
    )]
    LogOutOfReach {
        /// The file.
        path: PathBuf,
    },
    /// The copy that precedes an upgrade could not be made; the library is unchanged.
    #[error("the library was not upgraded, because its backup {} could not be written", path.display())]
    Backup {
        /// The backup.
        path: PathBuf,
        /// The error of the operating system or of SQLite.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A copy of the library could not be written; the library is unchanged.
    #[error("the backup could not be written: {source}")]
    Unwritten {
        /// The copy.
        path: PathBuf,
        /// The error of the operating system or of SQLite.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process is writing and did not finish within the busy timeout: try again later.
    #[error("the library is in use by another program")]
    Busy,
    /// The disk or the user's quota is full: make room and continue.
    #[error("there is no room left on the disk of the library")]
    DiskFull,
    /// The library was opened for reading only, or the file may not be written.
    #[error("the library is open for reading only")]
    ReadOnly,
    /// The file is damaged: restore a backup, or scan into a new library.
    #[error("the library is damaged: {0}")]
    Damaged(String),
    /// The call breaks a rule of the store; the message says which.
    #[error("{0}")]
    Rule(String),
    /// Any other error of SQLite.
    #[error("the library could not be read or written")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}
