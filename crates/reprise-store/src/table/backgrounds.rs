//! `backgrounds`: against what the scores of each recording are centred, and from how many pairs that is known.

use rusqlite::{OptionalExtension, Row};

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

pub(crate) const V1: &str = "
CREATE TABLE backgrounds (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    aligner      INTEGER NOT NULL,
    mean         REAL NOT NULL,
    deviation    REAL NOT NULL,
    n_library    INTEGER NOT NULL,
    n_bundled    INTEGER NOT NULL
) STRICT;
";

/// The distribution of one recording's scores against strangers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// The recording.
    pub recording: RecordingId,
    /// Mean score.
    pub mean: f32,
    /// Standard deviation of the scores.
    pub deviation: f32,
    /// How many scores were against tracks of the library.
    pub n_library: u32,
    /// How many were against the bundled pieces.
    pub n_bundled: u32,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Background> {
    Ok(Background {
        recording: RecordingId(row.get(0)?),
        mean: row.get(1)?,
        deviation: row.get(2)?,
        n_library: row.get(3)?,
        n_bundled: row.get(4)?,
    })
}

impl Store {
    /// Writes many backgrounds in one transaction, in place of earlier ones of the same recordings.
    pub fn put_backgrounds(&mut self, aligner: u32, backgrounds: &[Background]) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO backgrounds (recording_id, aligner, mean, deviation, n_library, n_bundled)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let transaction = self.connection.transaction()?;
        let mut insert = transaction.prepare_cached(sql)?;
        for one in backgrounds {
            insert.execute((
                one.recording.0,
                aligner,
                one.mean,
                one.deviation,
                one.n_library,
                one.n_bundled,
            ))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// The background of one recording, computed from `aligner`'s scores.
    pub fn background(&self, recording: RecordingId, aligner: u32) -> Result<Option<Background>, Error> {
        let sql = "SELECT recording_id, mean, deviation, n_library, n_bundled FROM backgrounds
                   WHERE recording_id = ?1 AND aligner = ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row((recording.0, aligner), read).optional()?)
    }

    /// Every background computed from `aligner`'s scores, in the order of recordings.
    pub fn backgrounds(&self, aligner: u32) -> Result<Vec<Background>, Error> {
        let sql = "SELECT recording_id, mean, deviation, n_library, n_bundled FROM backgrounds
                   WHERE aligner = ?1 ORDER BY recording_id";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([aligner], read)?.collect::<Result<_, _>>()?)
    }
}
