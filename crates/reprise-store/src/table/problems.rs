//! `problems`: files that could not be analysed, or only in part. A file that failed is not tried again while it is
//! unchanged, until its problem is cleared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::table::tracks::TrackId;
use crate::{Error, Store, path_bytes};

/// The track of a problem is found by its path, so that either can be written first.
pub(crate) const V1: &str = "
CREATE TABLE problems (
    id         INTEGER PRIMARY KEY,
    path       BLOB NOT NULL,
    kind       TEXT NOT NULL,
    message    TEXT NOT NULL,
    is_warning INTEGER NOT NULL,
    at_s       INTEGER NOT NULL,
    size_bytes INTEGER,
    mtime_ns   INTEGER
) STRICT;
CREATE INDEX problems_by_path ON problems (path);
";

/// Distinguishes one state of a file from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileVersion {
    /// Length of the file.
    pub size_bytes: u64,
    /// Time of its last change, in Unix nanoseconds.
    pub mtime_ns: i64,
}

/// A problem to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProblem<'a> {
    /// The file or folder.
    pub path: &'a Path,
    /// A stable word for the type of problem.
    pub kind: &'a str,
    /// One sentence, without the path.
    pub message: &'a str,
    /// Whether the track is in the library nevertheless.
    pub is_warning: bool,
    /// When it was found, in Unix seconds.
    pub at_s: i64,
    /// The state of the file with the problem; `None` for a folder.
    pub file: Option<FileVersion>,
}

/// A stored problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// The track at that path, if there is one.
    pub track: Option<TrackId>,
    /// A stable word for the type of problem.
    pub kind: String,
    /// One sentence, without the path.
    pub message: String,
    /// Whether the track is in the library nevertheless.
    pub is_warning: bool,
    /// When it was found, in Unix seconds.
    pub at_s: i64,
    /// The state of the file with the problem; `None` for a folder.
    pub file: Option<FileVersion>,
}

/// Adds one problem to those of its path.
pub(crate) fn add(connection: &Connection, problem: &NewProblem<'_>) -> Result<(), Error> {
    let sql = "INSERT INTO problems (path, kind, message, is_warning, at_s, size_bytes, mtime_ns)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute((
        path_bytes::encode(problem.path),
        problem.kind,
        problem.message,
        problem.is_warning,
        problem.at_s,
        problem.file.map(|file| file.size_bytes as i64),
        problem.file.map(|file| file.mtime_ns),
    ))?;
    Ok(())
}

/// Removes the problems of one path: all of them if `warnings_too`, otherwise only failures.
pub(crate) fn clear(connection: &Connection, path: &[u8], warnings_too: bool) -> Result<(), Error> {
    let sql = "DELETE FROM problems WHERE path = ?1 AND (?2 OR NOT is_warning)";
    connection.prepare_cached(sql)?.execute((path, warnings_too))?;
    Ok(())
}

impl Store {
    /// Stores that a file or folder could not be used, and replaces earlier problems of its path. If a track was
    /// analysed at this path when the file was different, it loses its recording, because the file no longer contains
    /// it.
    pub fn commit_failure(&mut self, problem: &NewProblem<'_>) -> Result<(), Error> {
        let path = path_bytes::encode(problem.path);
        let transaction = self.connection.transaction()?;
        clear(&transaction, &path, true)?;
        add(&transaction, problem)?;
        if let (Some(file), false) = (problem.file, problem.is_warning) {
            let sql = "UPDATE tracks SET payload = NULL
                       WHERE path = ?1 AND (size_bytes <> ?2 OR mtime_ns <> ?3)";
            transaction.prepare_cached(sql)?.execute((path, file.size_bytes as i64, file.mtime_ns))?;
        }
        Ok(transaction.commit()?)
    }

    /// Returns all problems, in the order of paths.
    pub fn problems(&self) -> Result<Vec<Problem>, Error> {
        let sql = "SELECT p.path, t.id, p.kind, p.message, p.is_warning, p.at_s, p.size_bytes, p.mtime_ns
                   FROM problems AS p LEFT JOIN tracks AS t ON t.path = p.path ORDER BY p.path, p.id";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map([], |row| {
            let size_bytes = row.get::<_, Option<i64>>(6)?.map(|size| size as u64);
            let version = size_bytes.zip(row.get(7)?);
            Ok(Problem {
                path: path_bytes::decode(row.get(0)?),
                track: row.get::<_, Option<i64>>(1)?.map(TrackId),
                kind: row.get(2)?,
                message: row.get(3)?,
                is_warning: row.get(4)?,
                at_s: row.get(5)?,
                file: version.map(|(size_bytes, mtime_ns)| FileVersion { size_bytes, mtime_ns }),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns how many problems keep something out of the library; warnings do not.
    pub fn failure_count(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM problems WHERE NOT is_warning";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns the files below `root` that failed, and the state in which they failed. A file still in that state need
    /// not be tried again.
    pub fn failures_under(&self, root: &Path) -> Result<HashMap<PathBuf, FileVersion>, Error> {
        let sql = "SELECT path, size_bytes, mtime_ns FROM problems
                   WHERE path >= ?1 AND path < ?2 AND NOT is_warning AND size_bytes IS NOT NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(path_bytes::range_below(root), |row| {
            let size_bytes = row.get::<_, i64>(1)? as u64;
            Ok((path_bytes::decode(row.get(0)?), FileVersion { size_bytes, mtime_ns: row.get(2)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes the problems of these paths. A file that is gone has no problem, and a file that failed is tried again.
    pub fn clear_problems(&mut self, paths: &[&Path]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for path in paths {
            clear(&transaction, &path_bytes::encode(path), true)?;
        }
        Ok(transaction.commit()?)
    }

    /// Removes all failures at or below `root`, so that the next scan tries those files again, and returns how many.
    /// Warnings stay.
    pub fn clear_failures_under(&mut self, root: &Path) -> Result<usize, Error> {
        let (first, end) = path_bytes::range_below(root);
        let sql = "DELETE FROM problems WHERE ((path >= ?1 AND path < ?2) OR path = ?3) AND NOT is_warning";
        Ok(self.connection.prepare_cached(sql)?.execute((first, end, path_bytes::encode(root)))?)
    }
}
