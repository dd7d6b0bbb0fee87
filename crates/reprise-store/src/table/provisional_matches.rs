//! `provisional_matches`: pairs of recordings that are similar by their codewords, until they are aligned. An alignment
//! is more reliable, so a recording has no provisional matches once its own alignments are computed.

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

/// Renamed to the terms for its content.
pub(crate) const V11: &str = "
ALTER TABLE looks RENAME TO provisional_matches;
ALTER TABLE provisional_matches RENAME COLUMN likeness TO score;
DROP INDEX looks_by_b;
CREATE INDEX provisional_matches_by_b ON provisional_matches (b);
";

/// A pair that may be one song, judged by the inverted index alone; `a < b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProvisionalMatch {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// By how many standard deviations the pair is more similar than others.
    pub score: f32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ProvisionalMatch> {
    Ok(ProvisionalMatch { a: RecordingId(row.get(0)?), b: RecordingId(row.get(1)?), score: row.get(2)? })
}

impl Store {
    /// Replaces all provisional matches.
    pub fn replace_provisional_matches(&mut self, matches: &[ProvisionalMatch]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM provisional_matches", [])?;
        let sql = "INSERT OR REPLACE INTO provisional_matches (a, b, score) VALUES (?1, ?2, ?3)";
        let mut insert = transaction.prepare_cached(sql)?;
        for one in matches {
            insert.execute((one.a.0, one.b.0, one.score))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// Removes the provisional matches of some recordings.
    pub fn remove_provisional_matches(&mut self, of: &[RecordingId]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let mut delete =
            transaction.prepare_cached("DELETE FROM provisional_matches WHERE a = ?1 OR b = ?1")?;
        for recording in of {
            delete.execute([recording.0])?;
        }
        drop(delete);
        Ok(transaction.commit()?)
    }

    /// Returns the provisional matches of one recording, in no particular order.
    pub fn provisional_matches_of(&self, recording: RecordingId) -> Result<Vec<ProvisionalMatch>, Error> {
        let sql = "SELECT a, b, score FROM provisional_matches WHERE a = ?1
                   UNION ALL SELECT a, b, score FROM provisional_matches WHERE b = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns all provisional matches, in the order of (`a`, `b`).
    pub fn provisional_matches(&self) -> Result<Vec<ProvisionalMatch>, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT a, b, score FROM provisional_matches ORDER BY a, b")?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }
}
