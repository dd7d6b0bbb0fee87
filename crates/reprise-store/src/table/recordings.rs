//! `recordings`: what was analysed, keyed on its content. Several files can hold one recording (exact copies). A
//! recording whose files are gone stays, with its features, in case they come back.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use crate::{Error, PayloadHash, Store};

/// `id` is a short name for a payload, for tables with millions of rows.
pub(crate) const V1: &str = "
CREATE TABLE recordings (
    id             INTEGER PRIMARY KEY,
    payload        BLOB NOT NULL UNIQUE CHECK (length(payload) = 32),
    duration_s     REAL NOT NULL,
    codec          TEXT NOT NULL,
    sample_rate_hz INTEGER NOT NULL,
    channels       INTEGER NOT NULL,
    tuning_cents   REAL NOT NULL,
    refused        TEXT,
    heard_s        INTEGER NOT NULL
) STRICT;
";

/// `sung_share`: null until the voice is analysed.
pub(crate) const V3: &str = "ALTER TABLE recordings ADD COLUMN sung_share REAL;";

/// The sung share has to be computed again.
pub(crate) const V8: &str = "UPDATE recordings SET sung_share = NULL;";

/// Row of `recordings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(pub u32);

impl RecordingId {
    /// Returns the other recording of the pair (`a`, `b`), to which this one belongs.
    pub fn other_of(self, a: Self, b: Self) -> Self {
        if a == self { b } else { a }
    }
}

/// The results of an analysis, without the features.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Identity of the content.
    pub payload: PayloadHash,
    /// Length of the decoded audio, in seconds.
    pub duration_s: f64,
    /// Short name of the codec.
    pub codec: String,
    /// Sample rate of the file, before resampling.
    pub sample_rate_hz: u32,
    /// Channels of the file, before the mixdown.
    pub channels: u32,
    /// The tuning that the transform used, in cents.
    pub tuning_cents: f32,
    /// Why there are no features ("silence", "noise", ...); `None` if there are features.
    pub refused: Option<String>,
    /// When it was analysed, in Unix seconds.
    pub analysed_s: i64,
}

/// A recording and its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Its row.
    pub id: RecordingId,
    /// The results of its analysis.
    pub sound: Sound,
    /// Share of the track in which somebody sings, 0..=1; `None` until its voice is analysed.
    pub sung_share: Option<f32>,
}

const COLUMNS: &str = "r.id, r.payload, r.duration_s, r.codec, r.sample_rate_hz, r.channels, r.tuning_cents, \
                       r.refused, r.heard_s, r.sung_share";

fn read(row: &Row<'_>) -> rusqlite::Result<Recording> {
    let sound = Sound {
        payload: row.get(1)?,
        duration_s: row.get(2)?,
        codec: row.get(3)?,
        sample_rate_hz: row.get(4)?,
        channels: row.get(5)?,
        tuning_cents: row.get(6)?,
        refused: row.get(7)?,
        analysed_s: row.get(8)?,
    };
    Ok(Recording { id: RecordingId(row.get(0)?), sound, sung_share: row.get(9)? })
}

/// Writes the results of an analysis and replaces earlier ones of the same content; the row keeps its id.
pub(crate) fn put(connection: &Connection, sound: &Sound) -> Result<RecordingId, Error> {
    let sql = "INSERT INTO recordings (payload, duration_s, codec, sample_rate_hz, channels, tuning_cents, refused, \
                                       heard_s)
               VALUES (:payload, :duration_s, :codec, :sample_rate_hz, :channels, :tuning_cents, :refused, :heard_s)
               ON CONFLICT (payload) DO UPDATE SET
                   duration_s = excluded.duration_s, codec = excluded.codec,
                   sample_rate_hz = excluded.sample_rate_hz, channels = excluded.channels,
                   tuning_cents = excluded.tuning_cents, refused = excluded.refused, heard_s = excluded.heard_s
               RETURNING id";
    let id = connection.prepare_cached(sql)?.query_row(
        named_params! {
            ":payload": sound.payload, ":duration_s": sound.duration_s, ":codec": sound.codec,
            ":sample_rate_hz": sound.sample_rate_hz, ":channels": sound.channels,
            ":tuning_cents": sound.tuning_cents, ":refused": sound.refused, ":heard_s": sound.analysed_s,
        },
        |row| row.get(0),
    )?;
    Ok(RecordingId(id))
}

/// Returns the row of `payload`. A payload that was never analysed is an error.
pub(crate) fn id_of(connection: &Connection, payload: &PayloadHash) -> Result<RecordingId, Error> {
    let mut select = connection.prepare_cached("SELECT id FROM recordings WHERE payload = ?1")?;
    let id = select.query_row([payload], |row| row.get(0).map(RecordingId)).optional()?;
    id.ok_or_else(|| Error::Rule(format!("no recording with the payload {payload} has been heard")))
}

impl Store {
    /// Returns the recording with this content, if it was ever analysed.
    pub fn recording(&self, payload: &PayloadHash) -> Result<Option<Recording>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM recordings AS r WHERE r.payload = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([payload], read).optional()?)
    }

    /// Returns the recording in this row.
    pub fn recording_in(&self, id: RecordingId) -> Result<Option<Recording>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM recordings AS r WHERE r.id = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([id.0], read).optional()?)
    }

    /// Returns all recordings that at least one track holds, in the order of ids. Tracks missing from disk count,
    /// because an absent drive is part of the library.
    pub fn recordings(&self) -> Result<Vec<Recording>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM recordings AS r
             WHERE EXISTS (SELECT 1 FROM tracks WHERE tracks.payload = r.payload) ORDER BY r.id"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns how many recordings are sung.
    pub fn sung_count(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM recordings WHERE sung_share > 0";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns how many recordings of at most `longest_s` seconds are music and have a file on disk, and how many of
    /// those have a feature `kind` of `version`.
    pub fn counts_of(&self, kind: &str, version: &str, longest_s: f64) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE EXISTS (
                       SELECT 1 FROM features AS f
                       WHERE f.kind = ?1 AND f.version = ?2 AND f.recording_id = r.id))
                   FROM recordings AS r
                   WHERE r.refused IS NULL AND r.duration_s <= ?3 AND EXISTS (
                       SELECT 1 FROM tracks AS t WHERE t.payload = r.payload AND t.missing_since_s IS NULL)";
        let counts = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.connection.prepare_cached(sql)?.query_row((kind, version, longest_s), counts)?)
    }

    /// Returns those of [`Store::recordings`] that have all of `features`, each given as (kind, version): those that
    /// can be matched.
    pub fn recordings_with(&self, features: &[(&str, &str)]) -> Result<Vec<Recording>, Error> {
        let mut having = self.recordings()?;
        having.retain(|recording| recording.sound.refused.is_none());
        let sql = "SELECT recording_id FROM features WHERE kind = ?1 AND version = ?2";
        for (kind, version) in features {
            let mut select = self.connection.prepare_cached(sql)?;
            let ids = select.query_map([kind, version], |row| row.get(0).map(RecordingId))?;
            let ids: std::collections::HashSet<RecordingId> = ids.collect::<Result<_, _>>()?;
            having.retain(|recording| ids.contains(&recording.id));
        }
        Ok(having)
    }
}
