//! `features`: what later steps need of a recording, so that nothing is decoded twice. Each kind is stored in one
//! version; the versions of two kinds are independent.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Params};

use crate::table::recordings::{self, RecordingId};
use crate::table::tracks::TrackId;
use crate::{Error, PayloadHash, Store, path_bytes, quantise};

/// `data`: see [`crate::quantise`]. It is last, so that the columns before it are read without it.
pub(crate) const V1: &str = "
CREATE TABLE features (
    recording_id INTEGER NOT NULL REFERENCES recordings (id),
    kind         TEXT NOT NULL,
    version      TEXT NOT NULL,
    n_frames     INTEGER NOT NULL,
    data         BLOB NOT NULL,
    PRIMARY KEY (recording_id, kind)
) STRICT;
CREATE INDEX features_by_version ON features (kind, version, recording_id);
";

/// One feature of one recording, to be written.
#[derive(Debug, Clone, Copy)]
pub struct Features<'a> {
    /// "crema", "chroma", ...
    pub kind: &'a str,
    /// "crema-1", ...
    pub version: &'a str,
    /// `[n_frames, 12]`, values in `[0, 1]`; other values are clamped.
    pub frames: &'a [[f32; 12]],
}

/// A recording that lacks a feature, and a file on disk from which it can be computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The recording.
    pub recording: RecordingId,
    /// Identity of its content.
    pub payload: PayloadHash,
    /// A track that holds it and is not missing from disk.
    pub track: TrackId,
    /// Path of that track.
    pub path: PathBuf,
}

/// Writes one feature and replaces any earlier version of its kind.
pub(crate) fn put(
    connection: &Connection,
    recording: RecordingId,
    features: &Features<'_>,
) -> Result<(), Error> {
    let sql = "INSERT INTO features (recording_id, kind, version, n_frames, data) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (recording_id, kind) DO UPDATE SET
                   version = excluded.version, n_frames = excluded.n_frames, data = excluded.data";
    let data = quantise::pack(features.frames)?;
    let row = (recording.0, features.kind, features.version, features.frames.len() as i64, data);
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Removes every feature of a recording.
pub(crate) fn remove(connection: &Connection, recording: RecordingId) -> Result<(), Error> {
    connection.prepare_cached("DELETE FROM features WHERE recording_id = ?1")?.execute([recording.0])?;
    Ok(())
}

impl Store {
    /// Writes features of an analysed recording in one transaction and replaces earlier versions.
    pub fn put_features(&mut self, payload: &PayloadHash, features: &[Features<'_>]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let recording = recordings::id_of(&transaction, payload)?;
        for one in features {
            put(&transaction, recording, one)?;
        }
        Ok(transaction.commit()?)
    }

    /// Writes the results of the voice analysis of an analysed recording: its melody and its sung share.
    pub fn put_voice(
        &mut self,
        payload: &PayloadHash,
        melody: &Features<'_>,
        sung_share: f32,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let recording = recordings::id_of(&transaction, payload)?;
        put(&transaction, recording, melody)?;
        let sql = "UPDATE recordings SET sung_share = ?2 WHERE id = ?1";
        transaction.prepare_cached(sql)?.execute((recording.0, sung_share))?;
        Ok(transaction.commit()?)
    }

    /// Returns the frames `[n_frames, 12]` of one feature, within [`crate::QUANTISATION_ERROR`] of what was written;
    /// `None` if the feature is absent or has another version.
    pub fn features(
        &self,
        payload: &PayloadHash,
        kind: &str,
        version: &str,
    ) -> Result<Option<Vec<[f32; 12]>>, Error> {
        let sql = "SELECT f.n_frames, f.data FROM features AS f JOIN recordings AS r ON r.id = f.recording_id
                   WHERE r.payload = ?1 AND f.kind = ?2 AND f.version = ?3";
        let mut select = self.connection.prepare_cached(sql)?;
        let found: Option<(u32, Vec<u8>)> =
            select.query_row((payload, kind, version), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(n_frames, data)| quantise::unpack(&data, n_frames as usize)).transpose()
    }

    /// Whether a recording has all of `features`, each given as (kind, version).
    pub fn has_features(&self, recording: RecordingId, features: &[(&str, &str)]) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM features WHERE kind = ?1 AND version = ?2 AND recording_id = ?3";
        let mut select = self.connection.prepare_cached(sql)?;
        for (kind, version) in features {
            if !select.exists((kind, version, recording.0))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the recordings of music that have no feature `kind` of `version`, each with one file from which it can
    /// be computed. A recording whose files are all missing from disk is left out until one comes back.
    pub fn owed(&self, kind: &str, version: &str) -> Result<Vec<Owed>, Error> {
        let feature = "SELECT 1 FROM features AS f
                       WHERE f.kind = ?1 AND f.version = ?2 AND f.recording_id = r.id";
        owed_unless(&self.connection, feature, [kind, version])
    }
}

/// Returns the recordings `r` of music for which the query `is_there` gives no row, each with one file that is present.
pub(crate) fn owed_unless(
    connection: &Connection,
    is_there: &str,
    parameters: impl Params,
) -> Result<Vec<Owed>, Error> {
    let sql = format!(
        "SELECT r.id, r.payload, min(t.id), t.path
         FROM recordings AS r JOIN tracks AS t ON t.payload = r.payload
         WHERE t.missing_since_s IS NULL AND r.refused IS NULL AND NOT EXISTS ({is_there})
         GROUP BY r.id ORDER BY r.id"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query_map(parameters, |row| {
        Ok(Owed {
            recording: RecordingId(row.get(0)?),
            payload: row.get(1)?,
            track: TrackId(row.get(2)?),
            path: path_bytes::decode(row.get(3)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
