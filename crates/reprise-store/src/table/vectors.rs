//! `vectors` and `voice_vectors`: what networks make of a recording's features, for finding it among many.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row};

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

/// `codes`: little-endian u16 `[n_keys, n_moments]`. `moments`: a byte a value, `[n_keys, n_moments, n]`. Last, so that the
/// columns before it are read without it.
pub(crate) const V4: &str = "
CREATE TABLE vectors (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    model        TEXT NOT NULL,
    features     TEXT NOT NULL,
    keys         BLOB NOT NULL,
    codes        BLOB NOT NULL,
    moments      BLOB NOT NULL
) STRICT;
CREATE INDEX vectors_by_model ON vectors (model, features, recording_id);
";

/// The same of what is sung, of sung recordings. A table of its own: making it rewrites no vector that is there.
pub(crate) const V7: &str = "
CREATE TABLE voice_vectors (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    model        TEXT NOT NULL,
    features     TEXT NOT NULL,
    keys         BLOB NOT NULL,
    codes        BLOB NOT NULL,
    moments      BLOB NOT NULL
) STRICT;
CREATE INDEX voice_vectors_by_model ON voice_vectors (model, features, recording_id);
";

/// Of what vectors are: the tables are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorsOf {
    /// Chords and chroma.
    Harmony,
    /// What is sung.
    Voice,
}

impl VectorsOf {
    fn table(self) -> &'static str {
        match self {
            Self::Harmony => "vectors",
            Self::Voice => "voice_vectors",
        }
    }
}

/// Who made vectors, and of what: those of others do not compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeBy<'a> {
    /// Whose table they are in. A recording has vectors of each.
    pub of: VectorsOf,
    /// Model and version.
    pub model: &'a str,
    /// The versions of the features it was given.
    pub features: &'a str,
}

/// The vectors of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vectors {
    /// Semitones by which it was raised, once for each key that it has vectors in.
    pub keys: Vec<u8>,
    /// The code of each moment, `[n_keys, n_moments]`.
    pub codes: Vec<u16>,
    /// The moments, `[n_keys, n_moments, n]`, -127..=127 for -1..=1.
    pub moments: Vec<i8>,
}

/// The codes of a recording, in its keys one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingCodes {
    /// The recording.
    pub recording: RecordingId,
    /// Number of keys.
    pub n_keys: usize,
    /// The code of each moment, `[n_keys, n_moments]`.
    pub codes: Vec<u16>,
}

impl RecordingCodes {
    /// The codes in each key in turn.
    pub fn keys(&self) -> impl Iterator<Item = &[u16]> {
        let n_moments = self.codes.len() / self.n_keys.max(1);
        self.codes.chunks_exact(n_moments.max(1))
    }
}

impl Store {
    /// Writes the vectors of recordings in one transaction, in place of earlier ones.
    pub fn put_vectors(&mut self, by: MadeBy<'_>, vectors: &[(RecordingId, Vectors)]) -> Result<(), Error> {
        let table = by.of.table();
        let sql = format!(
            "INSERT OR REPLACE INTO {table} (recording_id, model, features, keys, codes, moments)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        );
        let transaction = self.connection.transaction()?;
        for (recording, one) in vectors {
            let codes: Vec<u8> = one.codes.iter().flat_map(|code| code.to_le_bytes()).collect();
            let moments: Vec<u8> = one.moments.iter().map(|value| value.cast_unsigned()).collect();
            let row = (recording.0, by.model, by.features, &one.keys, codes, moments);
            transaction.prepare_cached(&sql)?.execute(row)?;
        }
        Ok(transaction.commit()?)
    }

    /// The vectors of a recording, unless it has none or others made them.
    pub fn vectors(&self, recording: RecordingId, by: MadeBy<'_>) -> Result<Option<Vectors>, Error> {
        let table = by.of.table();
        let sql = format!(
            "SELECT keys, codes, moments FROM {table} WHERE recording_id = ?1 AND model = ?2 AND features = ?3"
        );
        let read = |row: &Row<'_>| {
            let moments: Vec<u8> = row.get(2)?;
            let moments = moments.into_iter().map(u8::cast_signed).collect();
            Ok(Vectors { keys: row.get(0)?, codes: codes(row.get_ref(1)?.as_blob()?), moments })
        };
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((recording.0, by.model, by.features), read).optional()?)
    }

    /// The moments of a recording in one of its keys, counted from 0, `[n_moments, n]`; none where it has no vectors of these
    /// makers, or no such key.
    pub fn moments_in_key(
        &self,
        recording: RecordingId,
        by: MadeBy<'_>,
        key: usize,
    ) -> Result<Option<Vec<i8>>, Error> {
        let table = by.of.table();
        let sql = format!(
            "SELECT length(keys), moments FROM {table} WHERE recording_id = ?1 AND model = ?2 AND features = ?3"
        );
        let read = |row: &Row<'_>| {
            let (n_keys, moments) = (row.get::<_, u32>(0)? as usize, row.get_ref(1)?.as_blob()?);
            let of_a_key = moments.len() / n_keys.max(1);
            let bytes = moments.get(key * of_a_key..(key + 1) * of_a_key).filter(|_| key < n_keys);
            Ok(bytes.map(|bytes| bytes.iter().map(|byte| byte.cast_signed()).collect()))
        };
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((recording.0, by.model, by.features), read).optional()?.flatten())
    }

    /// The codes of at most `limit` recordings that have vectors of these makers, those of the first rows after `after`, in the
    /// order of rows.
    pub fn codes(
        &self,
        by: MadeBy<'_>,
        after: RecordingId,
        limit: usize,
    ) -> Result<Vec<RecordingCodes>, Error> {
        let table = by.of.table();
        let sql = format!(
            "SELECT recording_id, length(keys), codes FROM {table}
             WHERE model = ?1 AND features = ?2 AND recording_id > ?3 ORDER BY recording_id LIMIT ?4"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let rows = select.query_map((by.model, by.features, after.0, limit as i64), |row| {
            Ok(RecordingCodes {
                recording: RecordingId(row.get(0)?),
                n_keys: row.get::<_, u32>(1)? as usize,
                codes: codes(row.get_ref(2)?.as_blob()?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many recordings have vectors of these makers, up to the row `until` and after it.
    pub fn vector_counts(&self, by: MadeBy<'_>, until: RecordingId) -> Result<(usize, usize), Error> {
        let table = by.of.table();
        let sql = format!(
            "SELECT count(*) FILTER (WHERE recording_id <= ?3), count(*) FILTER (WHERE recording_id > ?3)
             FROM {table} WHERE model = ?1 AND features = ?2"
        );
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize));
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((by.model, by.features, until.0), read)?)
    }

    /// The recordings that have vectors of these makers.
    pub fn with_vectors(&self, by: MadeBy<'_>) -> Result<HashSet<RecordingId>, Error> {
        let table = by.of.table();
        let sql = format!("SELECT recording_id FROM {table} WHERE model = ?1 AND features = ?2");
        let mut select = self.connection.prepare_cached(&sql)?;
        let rows = select.query_map((by.model, by.features), |row| row.get(0).map(RecordingId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn codes(bytes: &[u8]) -> Vec<u16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect()
}
