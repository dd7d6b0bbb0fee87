//! `embeddings`: the local embeddings that networks compute from a recording's features, to find it among many. In each
//! view a recording has those of one network.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row};

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

/// `codes` are codewords: little-endian u16, `[n_keys, n_moments]`. `moments` are local embeddings: one byte per value,
/// `[n_keys, n_moments, n]`. They are last, so that the columns before them are read without them.
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

/// The same by voice, for sung recordings. It is a separate table, so that its creation rewrites no existing row.
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

/// One table for all views and networks. `codewords` and `local` are the former `codes` and `moments`.
pub(crate) const V11: &str = "
CREATE TABLE embeddings (
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    view         TEXT NOT NULL,
    model        TEXT NOT NULL,
    features     TEXT NOT NULL,
    keys         BLOB NOT NULL,
    codewords    BLOB NOT NULL,
    local        BLOB NOT NULL,
    UNIQUE (recording_id, view)
) STRICT;
INSERT INTO embeddings (recording_id, view, model, features, keys, codewords, local)
    SELECT recording_id, 'harmony', model, features, keys, codes, moments FROM vectors ORDER BY recording_id;
INSERT INTO embeddings (recording_id, view, model, features, keys, codewords, local)
    SELECT recording_id, 'voice', model, features, keys, codes, moments FROM voice_vectors ORDER BY recording_id;
DROP TABLE vectors;
DROP TABLE voice_vectors;
CREATE INDEX embeddings_by_space ON embeddings (view, model, features, recording_id);
";

/// The embedding space of one view. Embeddings of different spaces cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceName<'a> {
    /// The input of the network, such as `harmony`.
    pub view: &'a str,
    /// Model and version.
    pub model: &'a str,
    /// The versions of the features that the network read.
    pub features: &'a str,
}

/// The local embeddings of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embeddings {
    /// Semitones by which the recording was raised: one value for each key in which it has embeddings.
    pub keys: Vec<u8>,
    /// The codewords held for each local embedding, `[n_keys, n_local, n_held]`.
    pub codewords: Vec<u16>,
    /// The local embeddings, `[n_keys, n_local, n]`, -127..=127 for -1..=1.
    pub local: Vec<i8>,
}

/// The codewords of a recording, one key after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingCodewords {
    /// The recording.
    pub recording: RecordingId,
    /// Number of keys.
    pub n_keys: usize,
    /// The codewords held for each local embedding, `[n_keys, n_local, n_held]`.
    pub codewords: Vec<u16>,
}

impl RecordingCodewords {
    /// Returns the codewords of each key in turn.
    pub fn keys(&self) -> impl Iterator<Item = &[u16]> {
        let of_a_key = self.codewords.len() / self.n_keys.max(1);
        self.codewords.chunks_exact(of_a_key.max(1))
    }
}

/// The condition that selects one recording in a space.
const OF_RECORDING: &str = "recording_id = ?1 AND view = ?2 AND model = ?3 AND features = ?4";

/// The condition that selects all recordings in a space.
const IN_SPACE: &str = "view = ?1 AND model = ?2 AND features = ?3";

impl Store {
    /// Writes the embeddings of recordings in one transaction and replaces earlier ones of the view.
    pub fn put_embeddings(
        &mut self,
        space: SpaceName<'_>,
        embeddings: &[(RecordingId, Embeddings)],
    ) -> Result<(), Error> {
        let sql =
            "INSERT OR REPLACE INTO embeddings (recording_id, view, model, features, keys, codewords, local)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let SpaceName { view, model, features } = space;
        let transaction = self.connection.transaction()?;
        for (recording, one) in embeddings {
            let codewords: Vec<u8> = one.codewords.iter().flat_map(|word| word.to_le_bytes()).collect();
            let local: Vec<u8> = one.local.iter().map(|value| value.cast_unsigned()).collect();
            let row = (recording.0, view, model, features, &one.keys, codewords, local);
            transaction.prepare_cached(sql)?.execute(row)?;
        }
        Ok(transaction.commit()?)
    }

    /// Returns the embeddings of a recording in a space.
    pub fn embeddings(
        &self,
        recording: RecordingId,
        space: SpaceName<'_>,
    ) -> Result<Option<Embeddings>, Error> {
        let sql = format!("SELECT keys, codewords, local FROM embeddings WHERE {OF_RECORDING}");
        let read = |row: &Row<'_>| {
            let local: Vec<u8> = row.get(2)?;
            let local = local.into_iter().map(u8::cast_signed).collect();
            Ok(Embeddings { keys: row.get(0)?, codewords: codewords(row.get_ref(1)?.as_blob()?), local })
        };
        let mut select = self.connection.prepare_cached(&sql)?;
        let of = (recording.0, space.view, space.model, space.features);
        Ok(select.query_row(of, read).optional()?)
    }

    /// Returns the local embeddings of a recording in one of its keys, counted from 0, `[n_local, n]`; `None` if it has
    /// none in this space, or no such key.
    pub fn embeddings_in_key(
        &self,
        recording: RecordingId,
        space: SpaceName<'_>,
        key: usize,
    ) -> Result<Option<Vec<i8>>, Error> {
        let sql = format!("SELECT length(keys), local FROM embeddings WHERE {OF_RECORDING}");
        let read = |row: &Row<'_>| {
            let (n_keys, local) = (row.get::<_, u32>(0)? as usize, row.get_ref(1)?.as_blob()?);
            let of_a_key = local.len() / n_keys.max(1);
            let bytes = local.get(key * of_a_key..(key + 1) * of_a_key).filter(|_| key < n_keys);
            Ok(bytes.map(|bytes| bytes.iter().map(|byte| byte.cast_signed()).collect()))
        };
        let mut select = self.connection.prepare_cached(&sql)?;
        let of = (recording.0, space.view, space.model, space.features);
        Ok(select.query_row(of, read).optional()?.flatten())
    }

    /// Returns the codewords of at most `limit` recordings in a space: those in the first rows after `after`, in the
    /// order of recordings.
    pub fn codewords(
        &self,
        space: SpaceName<'_>,
        after: RecordingId,
        limit: usize,
    ) -> Result<Vec<RecordingCodewords>, Error> {
        let sql = format!(
            "SELECT recording_id, length(keys), codewords FROM embeddings
             WHERE {IN_SPACE} AND recording_id > ?4 ORDER BY recording_id LIMIT ?5"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let asked = (space.view, space.model, space.features, after.0, limit as i64);
        let rows = select.query_map(asked, |row| {
            Ok(RecordingCodewords {
                recording: RecordingId(row.get(0)?),
                n_keys: row.get::<_, u32>(1)? as usize,
                codewords: codewords(row.get_ref(2)?.as_blob()?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns how many recordings have embeddings in a space: those up to the row `until`, and those after it.
    pub fn embedding_counts(
        &self,
        space: SpaceName<'_>,
        until: RecordingId,
    ) -> Result<(usize, usize), Error> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE recording_id <= ?4), count(*) FILTER (WHERE recording_id > ?4)
             FROM embeddings WHERE {IN_SPACE}"
        );
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize));
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((space.view, space.model, space.features, until.0), read)?)
    }

    /// Returns the recordings that have embeddings in a space.
    pub fn with_embeddings(&self, space: SpaceName<'_>) -> Result<HashSet<RecordingId>, Error> {
        let sql = format!("SELECT recording_id FROM embeddings WHERE {IN_SPACE}");
        let mut select = self.connection.prepare_cached(&sql)?;
        let rows =
            select.query_map((space.view, space.model, space.features), |row| row.get(0).map(RecordingId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn codewords(bytes: &[u8]) -> Vec<u16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect()
}
