//! `folders`: the roots that the user added, without the folders below them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension;

use crate::{Error, Store, path_bytes};

pub(crate) const V1: &str = "
CREATE TABLE folders (
    id      INTEGER PRIMARY KEY,
    path    BLOB NOT NULL UNIQUE,
    added_s INTEGER NOT NULL
) STRICT;
";

/// Row of `folders`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderId(pub i64);

/// A root that the user added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its row.
    pub id: FolderId,
    /// Absolute path as it was added.
    pub path: PathBuf,
    /// When it was added, in Unix seconds.
    pub added_s: i64,
}

impl Store {
    /// Adds a root and returns its row. If it was added before, `added_s` stays unchanged.
    pub fn add_folder(&mut self, path: &Path, added_s: i64) -> Result<FolderId, Error> {
        let sql = "INSERT INTO folders (path, added_s) VALUES (?1, ?2)
                   ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id";
        let mut insert = self.connection.prepare_cached(sql)?;
        Ok(insert.query_row((path_bytes::encode(path), added_s), |row| row.get(0).map(FolderId))?)
    }

    /// Returns all roots, in the order of their paths.
    pub fn folders(&self) -> Result<Vec<Folder>, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT id, path, added_s FROM folders ORDER BY path")?;
        let rows = select.query_map([], |row| {
            let path = path_bytes::decode(row.get(1)?);
            Ok(Folder { id: FolderId(row.get(0)?), path, added_s: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a root is still in the library.
    pub fn has_folder(&self, folder: FolderId) -> Result<bool, Error> {
        Ok(self.connection.prepare_cached("SELECT 1 FROM folders WHERE id = ?1")?.exists([folder.0])?)
    }

    /// Returns how many tracks each root has, including those missing from disk. Roots without tracks are left out.
    pub fn tracks_by_folder(&self) -> Result<HashMap<FolderId, usize>, Error> {
        let sql = "SELECT folder_id, count(*) FROM tracks GROUP BY folder_id";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map([], |row| Ok((FolderId(row.get(0)?), row.get::<_, i64>(1)? as usize)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes a root from the library at the user's request, with its tracks and problems. Analyses and decisions
    /// stay, so that adding the folder again costs no analysis. A track that is also below another root is removed too;
    /// the next scan of that root finds it again.
    pub fn remove_folder(&mut self, folder: FolderId) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let sql = "SELECT path FROM folders WHERE id = ?1";
        let path: Option<Vec<u8>> = transaction.query_row(sql, [folder.0], |row| row.get(0)).optional()?;
        let path = path.ok_or_else(|| Error::Rule(format!("no folder {} is in the library", folder.0)))?;
        let (first, end) = path_bytes::range_below(&path_bytes::decode(path.clone()));
        let sql = "DELETE FROM problems WHERE (path >= ?1 AND path < ?2) OR path = ?3";
        transaction.execute(sql, (first, end, path))?;
        transaction.execute("DELETE FROM folders WHERE id = ?1", [folder.0])?;
        Ok(transaction.commit()?)
    }
}
