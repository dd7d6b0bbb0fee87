//! `links`: the pairs of recordings that may be one song, with their normalised scores. They are derived from
//! alignments and cohort statistics. Alignments are many; links are few.

use rusqlite::{Connection, Row};

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

pub(crate) const V2: &str = "
CREATE TABLE links (
    a    INTEGER NOT NULL,
    b    INTEGER NOT NULL,
    edge REAL NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_b ON links (b);
";

/// The standing of links among their rivals. Stored links count as having no rivals until links are derived again.
pub(crate) const V9: &str = "
ALTER TABLE links ADD COLUMN standing REAL NOT NULL DEFAULT 0;
UPDATE links SET standing = edge;
";

/// Renamed to the term for its content.
pub(crate) const V11: &str = "ALTER TABLE links RENAME COLUMN edge TO score;";

/// The key in `meta` for the rule by which the links were derived.
const DERIVED_BY: &str = "links_derived_by";

/// A pair of recordings that may be one song, `a < b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// The normalised score.
    pub score: f32,
    /// The standing: the score less the deduction for rivals of either recording. Thresholds apply to it.
    pub standing: f32,
}

impl Link {
    /// Creates a link without known rivals.
    pub fn new(a: RecordingId, b: RecordingId, score: f32) -> Self {
        Self { a, b, score, standing: score }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Link> {
    let (a, b) = (RecordingId(row.get(0)?), RecordingId(row.get(1)?));
    Ok(Link { a, b, score: row.get(2)?, standing: row.get(3)? })
}

fn insert(connection: &Connection, links: &[Link]) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO links (a, b, score, standing) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = connection.prepare_cached(sql)?;
    for link in links {
        insert.execute((link.a.0, link.b.0, link.score, link.standing))?;
    }
    Ok(())
}

/// Forgets by which rule the links were derived: they may be incomplete.
pub(crate) fn doubt(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM meta WHERE key = ?1", [DERIVED_BY])?;
    Ok(())
}

impl Store {
    /// Replaces all links. `by` is the rule by which they were derived.
    pub fn replace_links(&mut self, by: &str, links: &[Link]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM links", [])?;
        insert(&transaction, links)?;
        let sql = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
        transaction.execute(sql, (DERIVED_BY, by))?;
        Ok(transaction.commit()?)
    }

    /// Replaces the links of some recordings. `links` contains theirs, and others whose standing has changed.
    pub fn renew_links(&mut self, by: &str, of: &[RecordingId], links: &[Link]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let mut delete = transaction.prepare_cached("DELETE FROM links WHERE a = ?1 OR b = ?1")?;
        for recording in of {
            delete.execute([recording.0])?;
        }
        drop(delete);
        insert(&transaction, links)?;
        let sql = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
        transaction.execute(sql, (DERIVED_BY, by))?;
        Ok(transaction.commit()?)
    }

    /// To be called before alignments or cohort statistics change: if the process dies in between, the earlier links
    /// are not taken for complete.
    pub fn doubt_links(&mut self) -> Result<(), Error> {
        doubt(&self.connection)
    }

    /// Returns the rule by which the links were derived; `None` if they may be incomplete.
    pub fn links_derived_by(&self) -> Result<Option<String>, Error> {
        self.meta(DERIVED_BY)
    }

    /// Returns all links, in the order of (`a`, `b`).
    pub fn links(&self) -> Result<Vec<Link>, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT a, b, score, standing FROM links ORDER BY a, b")?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns the links of at least this standing, in no particular order.
    pub fn links_from(&self, standing: f32) -> Result<Vec<Link>, Error> {
        let sql = "SELECT a, b, score, standing FROM links WHERE standing >= ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([standing], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns the links of one recording, in no particular order.
    pub fn links_of(&self, recording: RecordingId) -> Result<Vec<Link>, Error> {
        let sql = "SELECT a, b, score, standing FROM links WHERE a = ?1
                   UNION ALL SELECT a, b, score, standing FROM links WHERE b = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }
}
