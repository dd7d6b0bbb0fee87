//! `cohort_statistics`: mean and deviation of each recording's scores against impostors (recordings of other works), by
//! which its other scores are normalised.

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

/// Null for recordings that are not sung or not known to be sung.
pub(crate) const V3: &str = "
ALTER TABLE backgrounds ADD COLUMN joint_mean REAL;
ALTER TABLE backgrounds ADD COLUMN joint_deviation REAL;
ALTER TABLE backgrounds ADD COLUMN voice_mean REAL;
ALTER TABLE backgrounds ADD COLUMN voice_deviation REAL;
ALTER TABLE backgrounds ADD COLUMN n_voice INTEGER;
ALTER TABLE backgrounds ADD COLUMN sung_share REAL;
";

/// The melody is now compared by itself; earlier values belong to another melody.
pub(crate) const V8: &str = "
UPDATE backgrounds SET voice_mean = NULL, voice_deviation = NULL, n_voice = NULL, sung_share = NULL;
ALTER TABLE backgrounds DROP COLUMN joint_mean;
ALTER TABLE backgrounds DROP COLUMN joint_deviation;
";

/// Renamed to the term for its content.
pub(crate) const V11: &str = "ALTER TABLE backgrounds RENAME TO cohort_statistics;";

/// The distribution of a sung recording's scores against other sung recordings, by voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoiceCohortStatistics {
    /// Mean score.
    pub mean: f32,
    /// Standard deviation of the scores.
    pub deviation: f32,
    /// Number of recordings, of the library and bundled, that they are computed from.
    pub n: u32,
    /// Share of the recording in which somebody sings.
    pub sung_share: f32,
}

/// The distribution of one recording's scores against impostors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CohortStatistics {
    /// The recording.
    pub recording: RecordingId,
    /// Mean score.
    pub mean: f32,
    /// Standard deviation of the scores.
    pub deviation: f32,
    /// Number of scores against tracks of the library.
    pub n_library: u32,
    /// Number of scores against the bundled pieces.
    pub n_bundled: u32,
    /// The same by voice.
    pub voice: Option<VoiceCohortStatistics>,
}

/// The columns that [`read`] reads.
const COLUMNS: &str = "recording_id, mean, deviation, n_library, n_bundled, voice_mean, voice_deviation, n_voice, \
                       sung_share";

fn read(row: &Row<'_>) -> rusqlite::Result<CohortStatistics> {
    let voice = match (row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?) {
        (Some(mean), Some(deviation), Some(n), Some(sung_share)) => {
            Some(VoiceCohortStatistics { mean, deviation, n, sung_share })
        }
        _ => None,
    };
    Ok(CohortStatistics {
        recording: RecordingId(row.get(0)?),
        mean: row.get(1)?,
        deviation: row.get(2)?,
        n_library: row.get(3)?,
        n_bundled: row.get(4)?,
        voice,
    })
}

impl Store {
    /// Writes the statistics of many recordings in one transaction and replaces earlier ones of the same recordings.
    pub fn put_cohort_statistics(
        &mut self,
        aligner: u32,
        cohort_statistics: &[CohortStatistics],
    ) -> Result<(), Error> {
        let sql = format!(
            "INSERT OR REPLACE INTO cohort_statistics (aligner, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        );
        let transaction = self.connection.transaction()?;
        let mut insert = transaction.prepare_cached(&sql)?;
        for one in cohort_statistics {
            insert.execute((
                aligner,
                one.recording.0,
                one.mean,
                one.deviation,
                one.n_library,
                one.n_bundled,
                one.voice.map(|voice| voice.mean),
                one.voice.map(|voice| voice.deviation),
                one.voice.map(|voice| voice.n),
                one.voice.map(|voice| voice.sung_share),
            ))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    /// Returns the statistics of one recording, computed from `aligner`'s scores.
    pub fn cohort_statistics_of(
        &self,
        recording: RecordingId,
        aligner: u32,
    ) -> Result<Option<CohortStatistics>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM cohort_statistics WHERE recording_id = ?1 AND aligner = ?2");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row((recording.0, aligner), read).optional()?)
    }

    /// Removes the statistics of recordings that no track holds any more; a track missing from disk still counts. Such
    /// recordings are no longer compared. The scores from which the statistics were computed stay.
    pub fn remove_idle_cohort_statistics(&mut self) -> Result<(), Error> {
        let sql = "DELETE FROM cohort_statistics WHERE NOT EXISTS (
                       SELECT 1 FROM recordings AS r JOIN tracks AS t ON t.payload = r.payload
                       WHERE r.id = cohort_statistics.recording_id)";
        self.connection.execute(sql, [])?;
        Ok(())
    }

    /// Returns how many recordings have statistics computed from `aligner`'s scores.
    pub fn cohort_statistics_count(&self, aligner: u32) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM cohort_statistics WHERE aligner = ?1";
        Ok(self.connection.prepare_cached(sql)?.query_row([aligner], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns all statistics computed from `aligner`'s scores, in the order of recordings.
    pub fn cohort_statistics(&self, aligner: u32) -> Result<Vec<CohortStatistics>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM cohort_statistics WHERE aligner = ?1 ORDER BY recording_id");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([aligner], read)?.collect::<Result<_, _>>()?)
    }
}
