//! `looks`: pairs of recordings that a first look took for one song, until they are aligned. What an alignment says counts
//! more, so a recording has no looks any more once its own alignments are made.

use rusqlite::Row;

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

pub(crate) const V7: &str = "
CREATE TABLE looks (
    a        INTEGER NOT NULL,
    b        INTEGER NOT NULL,
    likeness REAL NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX looks_by_b ON looks (b);
";

/// A pair that may be one song at first sight, `a < b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProvisionalMatch {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// By how many deviations they are more alike than others are.
    pub likeness: f32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ProvisionalMatch> {
    Ok(ProvisionalMatch { a: RecordingId(row.get(0)?), b: RecordingId(row.get(1)?), likeness: row.get(2)? })
}

impl Store {
    /// Replaces all looks.
    pub fn replace_provisional_matches(&mut self, looks: &[ProvisionalMatch]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM looks", [])?;
        let sql = "INSERT OR REPLACE INTO looks (a, b, likeness) VALUES (?1, ?2, ?3)";
        let mut insert = transaction.prepare_cached(sql)?;
        for look in looks {
            insert.execute((look.a.0, look.b.0, look.likeness))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// Removes the looks of some recordings.
    pub fn remove_provisional_matches(&mut self, of: &[RecordingId]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let mut delete = transaction.prepare_cached("DELETE FROM looks WHERE a = ?1 OR b = ?1")?;
        for recording in of {
            delete.execute([recording.0])?;
        }
        drop(delete);
        Ok(transaction.commit()?)
    }

    /// The looks of one recording, in no order.
    pub fn provisional_matches_of(&self, recording: RecordingId) -> Result<Vec<ProvisionalMatch>, Error> {
        let sql = "SELECT a, b, likeness FROM looks WHERE a = ?1
                   UNION ALL SELECT a, b, likeness FROM looks WHERE b = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }

    /// Every look, in the order of (`a`, `b`).
    pub fn provisional_matches(&self) -> Result<Vec<ProvisionalMatch>, Error> {
        let mut select = self.connection.prepare_cached("SELECT a, b, likeness FROM looks ORDER BY a, b")?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
