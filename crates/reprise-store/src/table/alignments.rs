//! `alignments`: the scores of pairs of recordings, up to millions of them. Spans are not stored; they are computed
//! when needed.

use rusqlite::{OptionalExtension, Row};

use crate::table::recordings::RecordingId;
use crate::table::word_pairs::WordsLikeness;
use crate::{Error, Store};

/// No foreign keys: recordings are never deleted, and two look-ups per row would double the cost of a bulk insert.
pub(crate) const V1: &str = "
CREATE TABLE alignments (
    a         INTEGER NOT NULL,
    b         INTEGER NOT NULL,
    aligner   INTEGER NOT NULL,
    score     REAL NOT NULL,
    key_shift INTEGER NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX alignments_by_b ON alignments (b);
";

/// Null until the voices of both recordings are analysed and both are sung.
pub(crate) const V3: &str = "
ALTER TABLE alignments ADD COLUMN joint REAL;
ALTER TABLE alignments ADD COLUMN voice REAL;
ALTER TABLE alignments ADD COLUMN voice_shift INTEGER;
";

/// The melody is now followed throughout and compared by itself; earlier scores belong to another melody.
pub(crate) const V8: &str = "
UPDATE alignments SET voice = NULL, voice_shift = NULL WHERE voice IS NOT NULL;
ALTER TABLE alignments DROP COLUMN joint;
";

/// The score of a pair of sung recordings by voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoiceScore {
    /// The aligner's score, before normalisation.
    pub score: f32,
    /// Semitones by which the voice of `b` is higher than that of `a`.
    pub key_shift: i8,
}

/// The score of one pair: `a` is the query, `b` the candidate, and `a < b`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// The aligner's score, before normalisation.
    pub score: f32,
    /// Semitones by which `b` is higher than `a`.
    pub key_shift: i8,
    /// The score by voice, if both voices are known.
    pub voice: Option<VoiceScore>,
    /// How alike their words are, if that says something. It is written by [`Store::put_word_pairs`].
    pub words: Option<WordsLikeness>,
}

/// The columns that [`read`] reads, and where they are.
const COLUMNS: &str = "a, b, score, key_shift, voice, voice_shift, cosine, n_shared, otherness
                       FROM alignments LEFT JOIN word_pairs USING (a, b)";

fn read(row: &Row<'_>) -> rusqlite::Result<Alignment> {
    let (a, b) = (RecordingId(row.get(0)?), RecordingId(row.get(1)?));
    let voice =
        Option::zip(row.get(4)?, row.get(5)?).map(|(score, key_shift)| VoiceScore { score, key_shift });
    let words = WordsLikeness::read(row, 6)?;
    Ok(Alignment { a, b, score: row.get(2)?, key_shift: row.get(3)?, voice, words })
}

fn check(pair: &Alignment) -> Result<(), Error> {
    let (a, b) = (pair.a.0, pair.b.0);
    if a >= b {
        return Err(Error::Rule(format!("the lesser recording of a pair comes first, got {a} before {b}")));
    }
    // SQLite would store NaN as NULL.
    let voice_is_nan = pair.voice.is_some_and(|voice| voice.score.is_nan());
    if pair.score.is_nan() || voice_is_nan {
        return Err(Error::Rule(format!("a score is a number, got NaN for recordings {a} and {b}")));
    }
    Ok(())
}

impl Store {
    /// Writes the scores of many pairs in one transaction and replaces earlier scores of the same pairs. This is
    /// fastest in the order of (`a`, `b`). `aligner` is the version of the aligner and of the features that gave the
    /// scores.
    pub fn put_alignments(&mut self, aligner: u32, alignments: &[Alignment]) -> Result<(), Error> {
        alignments.iter().try_for_each(check)?;
        let sql = "INSERT OR REPLACE INTO alignments (a, b, aligner, score, key_shift, voice, voice_shift)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let transaction = self.connection.transaction()?;
        let mut insert = transaction.prepare_cached(sql)?;
        for pair in alignments {
            let (voice, voice_shift) =
                (pair.voice.map(|voice| voice.score), pair.voice.map(|voice| voice.key_shift));
            insert.execute((pair.a.0, pair.b.0, aligner, pair.score, pair.key_shift, voice, voice_shift))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// Returns all scores of `aligner`, in the order of (`a`, `b`).
    pub fn alignments(&self, aligner: u32) -> Result<Vec<Alignment>, Error> {
        let sql = format!("SELECT {COLUMNS} WHERE aligner = ?1 ORDER BY a, b");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([aligner], read)?.collect::<Result<_, _>>()?)
    }

    /// Calls `each` with every score of `aligner`, without holding them all in memory.
    pub fn each_alignment(&self, aligner: u32, mut each: impl FnMut(Alignment)) -> Result<(), Error> {
        let sql = format!("SELECT {COLUMNS} WHERE aligner = ?1");
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut rows = select.query([aligner])?;
        while let Some(row) = rows.next()? {
            each(read(row)?);
        }
        Ok(())
    }

    /// Returns the score that `aligner` gave a pair, in either order.
    pub fn alignment(
        &self,
        one: RecordingId,
        other: RecordingId,
        aligner: u32,
    ) -> Result<Option<Alignment>, Error> {
        let sql = format!("SELECT {COLUMNS} WHERE a = ?1 AND b = ?2 AND aligner = ?3");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((one.0.min(other.0), one.0.max(other.0), aligner), read).optional()?)
    }

    /// Returns the scores that `aligner` gave one recording with any other, in no particular order.
    pub fn alignments_of(&self, recording: RecordingId, aligner: u32) -> Result<Vec<Alignment>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} WHERE a = ?1 AND aligner = ?2
             UNION ALL
             SELECT {COLUMNS} WHERE b = ?1 AND aligner = ?2"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map((recording.0, aligner), read)?.collect::<Result<_, _>>()?)
    }

    /// Removes the scores of all other aligners and returns how many.
    pub fn remove_alignments_except(&mut self, aligner: u32) -> Result<usize, Error> {
        Ok(self.connection.execute("DELETE FROM alignments WHERE aligner <> ?1", [aligner])?)
    }

    /// Removes the scores of `aligner` and returns how many.
    pub fn remove_alignments(&mut self, aligner: u32) -> Result<usize, Error> {
        Ok(self.connection.execute("DELETE FROM alignments WHERE aligner = ?1", [aligner])?)
    }
}
