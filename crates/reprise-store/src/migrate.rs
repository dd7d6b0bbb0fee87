//! Upgrades a library to the schema of this build, by fixed steps of SQL that are counted in `PRAGMA user_version`.
//!
//! A published step is never edited: a change of the schema is a new step. The steps of a table are next to its queries
//! (`V1`, `V2`, ... in the files of `table`); this file only puts them in order and runs them. An existing library is
//! copied first.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;
use crate::backup::copy;
use crate::table::{
    alignments, cohort_scores, cohort_statistics, decisions, embeddings, features, fingerprints, folders,
    links, meta, passages, problems, provisional_matches, recordings, search, tracks, tracks_tagged,
    waveforms, word_pairs, words,
};

/// The schema this build reads and writes.
pub const SCHEMA_VERSION: u32 = STEPS.len() as u32;

/// Step `n` (from 0) leads from schema `n` to schema `n + 1`.
pub(crate) const STEPS: [&[&str]; 12] = [
    &[
        meta::V1,
        folders::V1,
        recordings::V1,
        tracks::V1,
        features::V1,
        problems::V1,
        decisions::V1,
        alignments::V1,
        cohort_statistics::V1,
    ],
    &[waveforms::V2, search::V2, links::V2, cohort_scores::V2],
    &[recordings::V3, alignments::V3, cohort_statistics::V3, cohort_scores::V3],
    &[embeddings::V4],
    &[fingerprints::V5],
    &[decisions::V6, tracks_tagged::V6, passages::V6],
    &[provisional_matches::V7, embeddings::V7],
    &[recordings::V8, alignments::V8, cohort_statistics::V8, cohort_scores::V8],
    &[links::V9],
    &[fingerprints::V10],
    &[
        decisions::V11,
        embeddings::V11,
        cohort_scores::V11,
        cohort_statistics::V11,
        provisional_matches::V11,
        links::V11,
        passages::V11,
    ],
    &[words::V12, word_pairs::V12],
];

/// Returns `PRAGMA user_version`: 0 in a new file.
pub(crate) fn version(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Runs the steps that a library lacks, all in one transaction. `path` is the file, which is copied if it has an older
/// schema; `None` for a library in memory.
pub(crate) fn run(connection: &mut Connection, path: Option<&Path>, steps: &[&[&str]]) -> Result<(), Error> {
    let known = steps.len() as u32;
    let found = version(connection)?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if let (Some(path), 1..) = (path, found) {
        back_up(connection, &backup_path(path, found))?;
    }
    // A step that rebuilds a table drops the old one. That must not cascade.
    connection.pragma_update(None, "foreign_keys", false)?;
    let outcome = apply(connection, steps);
    connection.pragma_update(None, "foreign_keys", true)?;
    outcome
}

fn apply(connection: &mut Connection, steps: &[&[&str]]) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have upgraded the file in the meantime.
    let (found, known) = (version(&transaction)?, steps.len() as u32);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    for sql in steps.iter().skip(found as usize).copied().flatten() {
        transaction.execute_batch(sql)?;
    }
    let broken: i64 =
        transaction.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if broken > 0 {
        return Err(Error::Damaged(format!("upgrading it would leave {broken} rows that refer to nothing")));
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

/// Returns the path of the copy that is made before an upgrade from schema `version`: beside the library.
pub(crate) fn backup_path(path: &Path, version: u32) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".schema-{version}.backup"));
    name.into()
}

/// Copies the library as SQLite sees it (including the write-ahead log). The copy has a temporary name until it is
/// complete.
fn back_up(connection: &Connection, path: &Path) -> Result<(), Error> {
    let failed =
        |source: Box<dyn std::error::Error + Send + Sync>| Error::Backup { path: path.into(), source };
    let mut partial = OsString::from(path);
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    // A file left by an upgrade that was killed.
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(|error| failed(error.into()))?;
    }
    let mut target = Connection::open(&partial).map_err(|error| failed(error.into()))?;
    copy(connection, &mut target).map_err(|error| failed(error.into()))?;
    drop(target);
    File::open(&partial).and_then(|file| file.sync_all()).map_err(|error| failed(error.into()))?;
    std::fs::rename(&partial, path).map_err(|error| failed(error.into()))
}
