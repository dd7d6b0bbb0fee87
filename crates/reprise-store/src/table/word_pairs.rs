//! `word_pairs`: how alike the words of two recordings are, of pairs about which that says something.

use rusqlite::Row;

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

/// No foreign keys, as in `alignments`.
pub(crate) const V12: &str = "
CREATE TABLE word_pairs (
    a         INTEGER NOT NULL,
    b         INTEGER NOT NULL,
    cosine    REAL NOT NULL,
    n_shared  REAL NOT NULL,
    otherness REAL NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX word_pairs_by_b ON word_pairs (b);
";

/// How alike the words of two recordings are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WordsLikeness {
    /// The cosine of their vectors, 0..=1.
    pub cosine: f32,
    /// How many terms they share, by weight.
    pub n_shared: f32,
    /// How surely the words are others, 0..=1.
    pub otherness: f32,
}

impl WordsLikeness {
    /// Reads the columns `cosine`, `n_shared` and `otherness` from `first` on; `None` if they are null.
    pub(crate) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Self>> {
        let Some(cosine) = row.get(first)? else { return Ok(None) };
        Ok(Some(Self { cosine, n_shared: row.get(first + 1)?, otherness: row.get(first + 2)? }))
    }
}

impl Store {
    /// Writes how alike the words of one recording are to those of others and replaces earlier rows of the same pairs.
    pub fn put_word_pairs(
        &mut self,
        recording: RecordingId,
        others: &[(RecordingId, WordsLikeness)],
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let sql = "INSERT OR REPLACE INTO word_pairs (a, b, cosine, n_shared, otherness)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        for (other, likeness) in others {
            let WordsLikeness { cosine, n_shared, otherness } = likeness;
            let (a, b) = (recording.0.min(other.0), recording.0.max(other.0));
            transaction.prepare_cached(sql)?.execute((a, b, cosine, n_shared, otherness))?;
        }
        Ok(transaction.commit()?)
    }

    /// Notes that the words of these recordings were compared, and that what follows from it is written.
    pub fn note_words_compared(&mut self, recordings: &[RecordingId]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let sql = "UPDATE words SET compared = 1 WHERE recording_id = ?1";
        for recording in recordings {
            transaction.prepare_cached(sql)?.execute([recording.0])?;
        }
        Ok(transaction.commit()?)
    }
}
