//! `cohort_scores`: the scores of a recording against the bundled pieces in each view. With them, cohort statistics can
//! be computed again without new alignments.

use rusqlite::OptionalExtension;

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

/// `pieces` is the digest of the set of pieces; scores against another set are stale. `scores` are little-endian f32.
pub(crate) const V2: &str = "
CREATE TABLE stranger_scores (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    aligner      INTEGER NOT NULL,
    pieces       TEXT NOT NULL,
    scores       BLOB NOT NULL
) STRICT;
";

/// The same by voice, for sung recordings against the pieces with a melody.
pub(crate) const V3: &str = "
CREATE TABLE voice_stranger_scores (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    aligner      INTEGER NOT NULL,
    pieces       TEXT NOT NULL,
    scores       BLOB NOT NULL
) STRICT;
";

/// Each piece with a melody now has one score instead of two.
pub(crate) const V8: &str = "DELETE FROM voice_stranger_scores;";

/// One table for all views.
pub(crate) const V11: &str = "
CREATE TABLE cohort_scores (
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    view         TEXT NOT NULL,
    aligner      INTEGER NOT NULL,
    pieces       TEXT NOT NULL,
    scores       BLOB NOT NULL,
    PRIMARY KEY (recording_id, view)
) STRICT, WITHOUT ROWID;
INSERT INTO cohort_scores SELECT recording_id, 'harmony', aligner, pieces, scores FROM stranger_scores;
INSERT INTO cohort_scores SELECT recording_id, 'voice', aligner, pieces, scores FROM voice_stranger_scores;
DROP TABLE stranger_scores;
DROP TABLE voice_stranger_scores;
";

impl Store {
    /// Writes the scores of recordings in a view against a set of pieces in one transaction and replaces earlier ones.
    pub fn put_cohort_scores(
        &mut self,
        view: &str,
        aligner: u32,
        pieces: &str,
        scores: &[(RecordingId, Vec<f32>)],
    ) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO cohort_scores (recording_id, view, aligner, pieces, scores)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let transaction = self.connection.transaction()?;
        for (recording, scores) in scores {
            let bytes: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
            transaction.prepare_cached(sql)?.execute((recording.0, view, aligner, pieces, bytes))?;
        }
        Ok(transaction.commit()?)
    }

    /// Returns the scores that `aligner` gave a recording in a view against this set of pieces, if there are any.
    pub fn cohort_scores(
        &self,
        view: &str,
        aligner: u32,
        pieces: &str,
        recording: RecordingId,
    ) -> Result<Option<Vec<f32>>, Error> {
        let sql = "SELECT scores FROM cohort_scores
                   WHERE recording_id = ?1 AND view = ?2 AND aligner = ?3 AND pieces = ?4";
        let mut select = self.connection.prepare_cached(sql)?;
        let bytes: Option<Vec<u8>> =
            select.query_row((recording.0, view, aligner, pieces), |row| row.get(0)).optional()?;
        let value = |four: &[u8]| f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        Ok(bytes.map(|bytes| bytes.chunks_exact(4).map(value).collect()))
    }
}
