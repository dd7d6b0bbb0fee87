//! `fingerprints` and `shared_audio`: the fingerprints of recordings, and which recordings have audio in common, in
//! part or as a whole.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::table::features::{self, Owed};
use crate::table::recordings::{self, RecordingId};
use crate::{Error, PayloadHash, Store};

/// `sketch`: little-endian u32, ascending. `is_compared`: whether it was compared with all others for which this is
/// true. `items`: the bytes of the fingerprint; last, so that the columns before it are read without it. `stretches`:
/// little-endian f32, four values each.
pub(crate) const V5: &str = "
CREATE TABLE fingerprints (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    version      TEXT NOT NULL,
    is_compared  INTEGER NOT NULL,
    sketch       BLOB NOT NULL,
    items        BLOB NOT NULL
) STRICT;
CREATE TABLE shared_audio (
    a         INTEGER NOT NULL REFERENCES recordings (id),
    b         INTEGER NOT NULL REFERENCES recordings (id),
    stretches BLOB NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_audio_by_b ON shared_audio (b);
";

/// What the shared audio of a pair means is decided when both are compared, by more than its position, and stored as a
/// word.
pub(crate) const V10: &str = "
DROP TABLE shared_audio;
CREATE TABLE shared_audio (
    a         INTEGER NOT NULL REFERENCES recordings (id),
    b         INTEGER NOT NULL REFERENCES recordings (id),
    sameness  TEXT NOT NULL,
    stretches BLOB NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_audio_by_b ON shared_audio (b);
UPDATE fingerprints SET is_compared = 0;
";

/// The fingerprint of a recording, to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewFingerprint<'a> {
    /// The algorithm that computed it.
    pub version: &'a str,
    /// The numbers of the sketch, by which it is found, ascending.
    pub sketch: &'a [u32],
    /// The whole fingerprint, as bytes.
    pub items: &'a [u8],
}

/// The sketch of a recording: the numbers by which its fingerprint is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingSketch {
    /// The recording.
    pub recording: RecordingId,
    /// Whether it was compared with all others for which this is true.
    pub is_compared: bool,
    /// The numbers, ascending.
    pub sketch: Vec<u32>,
}

/// Audio that two recordings have in common, to be written; `a < b`.
#[derive(Debug, Clone)]
pub struct NewSharedAudio {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// What the shared audio means for the pair, as a word of the caller.
    pub sameness: &'static str,
    /// As in [`SharedAudio`].
    pub stretches: Vec<[f32; 4]>,
}

/// Audio that two recordings have in common, `a < b`.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedAudio {
    /// The recording with the lesser row.
    pub a: RecordingId,
    /// The recording with the greater row.
    pub b: RecordingId,
    /// Length of `a` in seconds.
    pub a_s: f64,
    /// Length of `b` in seconds.
    pub b_s: f64,
    /// What the shared audio means for the pair.
    pub sameness: String,
    /// For each stretch: its start in `a`, its start in `b` and its length, in seconds, and how many of 32 bits differ.
    pub stretches: Vec<[f32; 4]>,
}

/// Writes the fingerprint of a recording and replaces an earlier one. It is then due to be compared with all others.
pub(crate) fn put(
    connection: &Connection,
    recording: RecordingId,
    fingerprint: &NewFingerprint<'_>,
) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO fingerprints (recording_id, version, is_compared, sketch, items)
               VALUES (?1, ?2, 0, ?3, ?4)";
    let sketch: Vec<u8> = fingerprint.sketch.iter().flat_map(|number| number.to_le_bytes()).collect();
    let row = (recording.0, fingerprint.version, sketch, fingerprint.items);
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

impl Store {
    /// Writes the fingerprint of an analysed recording and replaces an earlier one.
    pub fn put_fingerprint(
        &mut self,
        payload: &PayloadHash,
        fingerprint: &NewFingerprint<'_>,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        put(&transaction, recordings::id_of(&transaction, payload)?, fingerprint)?;
        Ok(transaction.commit()?)
    }

    /// Returns the bytes of a recording's fingerprint, if it has one of this version.
    pub fn fingerprint(&self, recording: RecordingId, version: &str) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT items FROM fingerprints WHERE recording_id = ?1 AND version = ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row((recording.0, version), |row| row.get(0)).optional()?)
    }

    /// Returns the sketches of all fingerprints of this version, in the order of rows.
    pub fn sketches(&self, version: &str) -> Result<Vec<RecordingSketch>, Error> {
        let sql = "SELECT recording_id, is_compared, sketch FROM fingerprints
                   WHERE version = ?1 ORDER BY recording_id";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map([version], |row| {
            let (numbers, _) = row.get_ref(2)?.as_blob()?.as_chunks::<4>();
            Ok(RecordingSketch {
                recording: RecordingId(row.get(0)?),
                is_compared: row.get(1)?,
                sketch: numbers.iter().map(|number| u32::from_le_bytes(*number)).collect(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a fingerprint of this version is not compared yet.
    pub fn owes_comparisons(&self, version: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM fingerprints WHERE version = ?1 AND is_compared = 0 LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.exists([version])?)
    }

    /// Writes the result of comparing some recordings with all others, and replaces earlier results of these
    /// recordings.
    pub fn put_shared_audio(
        &mut self,
        compared: &[RecordingId],
        shared: &[NewSharedAudio],
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for recording in compared {
            let sql = "DELETE FROM shared_audio WHERE a = ?1 OR b = ?1";
            transaction.prepare_cached(sql)?.execute([recording.0])?;
            let sql = "UPDATE fingerprints SET is_compared = 1 WHERE recording_id = ?1";
            transaction.prepare_cached(sql)?.execute([recording.0])?;
        }
        let sql = "INSERT OR REPLACE INTO shared_audio (a, b, sameness, stretches) VALUES (?1, ?2, ?3, ?4)";
        for one in shared {
            let stretches: Vec<u8> =
                one.stretches.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
            transaction.prepare_cached(sql)?.execute((one.a.0, one.b.0, one.sameness, stretches))?;
        }
        Ok(transaction.commit()?)
    }

    /// Returns every pair with audio in common, in the order of (`a`, `b`).
    pub fn shared_audio(&self) -> Result<Vec<SharedAudio>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{PAIRS} ORDER BY a, b"))?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns the pairs of one recording, in no particular order.
    pub fn shared_audio_of(&self, recording: RecordingId) -> Result<Vec<SharedAudio>, Error> {
        let sql = format!("{PAIRS} WHERE s.a = ?1 UNION ALL {PAIRS} WHERE s.b = ?1");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns the recordings of music without a fingerprint of this version, each with one file from which it can be
    /// computed. A recording whose files are all missing from disk is left out until one comes back.
    pub fn owed_fingerprints(&self, version: &str) -> Result<Vec<Owed>, Error> {
        let fingerprint = "SELECT 1 FROM fingerprints AS f WHERE f.recording_id = r.id AND f.version = ?1";
        features::owed_unless(&self.connection, fingerprint, [version])
    }
}

const PAIRS: &str = "SELECT s.a, s.b, one.duration_s, other.duration_s, s.sameness, s.stretches
    FROM shared_audio AS s JOIN recordings AS one ON one.id = s.a JOIN recordings AS other ON other.id = s.b";

fn read(row: &Row<'_>) -> rusqlite::Result<SharedAudio> {
    let (values, _) = row.get_ref(5)?.as_blob()?.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
    let (stretches, _) = values.as_chunks::<4>();
    Ok(SharedAudio {
        a: RecordingId(row.get(0)?),
        b: RecordingId(row.get(1)?),
        a_s: row.get(2)?,
        b_s: row.get(3)?,
        sameness: row.get(4)?,
        stretches: stretches.to_vec(),
    })
}
