//! `waveforms`: the peaks of a recording, for drawing.

use rusqlite::{Connection, OptionalExtension};

use crate::table::recordings::{self, RecordingId};
use crate::{Error, PayloadHash, Store};

pub(crate) const V2: &str = "
CREATE TABLE waveforms (
    recording_id INTEGER PRIMARY KEY REFERENCES recordings (id),
    peaks        BLOB NOT NULL
) STRICT;
";

/// Writes the peaks of a recording and replaces earlier ones.
pub(crate) fn put(connection: &Connection, recording: RecordingId, peaks: &[u8]) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO waveforms (recording_id, peaks) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute((recording.0, peaks))?;
    Ok(())
}

impl Store {
    /// Writes the peaks of an analysed recording and replaces earlier ones.
    pub fn put_waveform(&mut self, payload: &PayloadHash, peaks: &[u8]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        put(&transaction, recordings::id_of(&transaction, payload)?, peaks)?;
        Ok(transaction.commit()?)
    }

    /// Returns the peaks of a recording, if it has any.
    pub fn waveform(&self, payload: &PayloadHash) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT w.peaks FROM waveforms AS w JOIN recordings AS r ON r.id = w.recording_id
                   WHERE r.payload = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row([payload], |row| row.get(0)).optional()?)
    }
}
