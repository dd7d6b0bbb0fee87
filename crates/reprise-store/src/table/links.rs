//! `links`: the pairs of recordings that may be one song, with their normalised scores. Derived from alignments and
//! cohort statistics, which are many; links are few.

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

/// How links stand among their rivals; what is stored before links are derived anew is taken for having none.
pub(crate) const V9: &str = "
ALTER TABLE links ADD COLUMN standing REAL NOT NULL DEFAULT 0;
UPDATE links SET standing = edge;
";

/// By the name of what it holds.
pub(crate) const V11: &str = "ALTER TABLE links RENAME COLUMN edge TO score;";

/// The value of `meta` that tells what the links were derived by.
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
    /// The same less what rivals claim of either: what the pair is called by.
    pub standing: f32,
}

impl Link {
    /// A pair of which no rival is known.
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

impl Store {
    /// Replaces every link. `by`: the rule they were derived by.
    pub fn replace_links(&mut self, by: &str, links: &[Link]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM links", [])?;
        insert(&transaction, links)?;
        let sql = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
        transaction.execute(sql, (DERIVED_BY, by))?;
        Ok(transaction.commit()?)
    }

    /// Replaces the links of some recordings. `links`: theirs, and others that now stand otherwise.
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

    /// Says that alignments or cohort statistics are about to change, so that links derived before are not taken for
    /// complete when the process dies in between.
    pub fn doubt_links(&mut self) -> Result<(), Error> {
        self.connection.execute("DELETE FROM meta WHERE key = ?1", [DERIVED_BY])?;
        Ok(())
    }

    /// The rule the links were derived by; none where they may not be complete.
    pub fn links_derived_by(&self) -> Result<Option<String>, Error> {
        self.meta(DERIVED_BY)
    }

    /// Every link, in the order of (`a`, `b`).
    pub fn links(&self) -> Result<Vec<Link>, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT a, b, score, standing FROM links ORDER BY a, b")?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// The links that stand at least so high, in no order.
    pub fn links_from(&self, standing: f32) -> Result<Vec<Link>, Error> {
        let sql = "SELECT a, b, score, standing FROM links WHERE standing >= ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([standing], read)?.collect::<Result<_, _>>()?)
    }

    /// The links of one recording, in no order.
    pub fn links_of(&self, recording: RecordingId) -> Result<Vec<Link>, Error> {
        let sql = "SELECT a, b, score, standing FROM links WHERE a = ?1
                   UNION ALL SELECT a, b, score, standing FROM links WHERE b = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }
}
