//! `passages` and `sections`: songs inside other recordings, in medleys and sets, and how far these were searched.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

/// `spans` and `backgrounds` (later `cohort_statistics`): little-endian f32, four and two values each.
/// `searched_up_to`: the greatest row of a recording that was searched for.
pub(crate) const V6: &str = "
CREATE TABLE passages (
    holder      INTEGER NOT NULL REFERENCES recordings (id),
    song        INTEGER NOT NULL REFERENCES recordings (id),
    edge        REAL NOT NULL,
    key_shift   INTEGER NOT NULL,
    tempo_ratio REAL NOT NULL,
    spans       BLOB NOT NULL,
    PRIMARY KEY (holder, song),
    CHECK (holder <> song)
) STRICT, WITHOUT ROWID;
CREATE INDEX passages_by_song ON passages (song);
CREATE TABLE sections (
    holder         INTEGER PRIMARY KEY REFERENCES recordings (id),
    made_by        TEXT NOT NULL,
    searched_up_to INTEGER NOT NULL,
    backgrounds    BLOB NOT NULL
) STRICT;
";

/// Renamed to the terms for their content.
pub(crate) const V11: &str = "
ALTER TABLE passages RENAME COLUMN holder TO container;
ALTER TABLE passages RENAME COLUMN edge TO score;
ALTER TABLE sections RENAME COLUMN holder TO container;
ALTER TABLE sections RENAME COLUMN backgrounds TO cohort_statistics;
";

/// A song inside another recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The recording that contains the song among others.
    pub container: RecordingId,
    /// A recording of the song.
    pub song: RecordingId,
    /// The normalised score of container and song.
    pub score: f32,
    /// Semitones by which the song is higher than the passage.
    pub key_shift: i8,
    /// Tempo of the song over that of the passage: above 1 if the song is faster.
    pub tempo_ratio: f32,
    /// Start and end in the container, then start and end in the song, in seconds.
    pub spans: Vec<[f32; 4]>,
}

/// How far a long recording was searched for songs, section by section.
#[derive(Debug, Clone, PartialEq)]
pub struct Sections {
    /// The long recording.
    pub container: RecordingId,
    /// The method of the search. Results of other methods are stale.
    pub made_by: String,
    /// Recordings in later rows were not searched for.
    pub searched_up_to: RecordingId,
    /// Mean and deviation of each section's scores against the impostor cohort.
    pub cohort_statistics: Vec<[f32; 2]>,
}

fn bytes(values: impl Iterator<Item = f32>) -> Vec<u8> {
    values.flat_map(f32::to_le_bytes).collect()
}

fn tuples<const N: usize>(bytes: &[u8]) -> Vec<[f32; N]> {
    let (values, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|value| f32::from_le_bytes(*value)).collect();
    values.as_chunks::<N>().0.to_vec()
}

const COLUMNS: &str = "SELECT container, song, score, key_shift, tempo_ratio, spans FROM passages";

fn read(row: &Row<'_>) -> rusqlite::Result<Passage> {
    Ok(Passage {
        container: RecordingId(row.get(0)?),
        song: RecordingId(row.get(1)?),
        score: row.get(2)?,
        key_shift: row.get(3)?,
        tempo_ratio: row.get(4)?,
        spans: tuples(row.get_ref(5)?.as_blob()?),
    })
}

fn insert(connection: &Connection, passages: &[Passage]) -> Result<(), Error> {
    let sql = "INSERT OR REPLACE INTO passages (container, song, score, key_shift, tempo_ratio, spans)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut insert = connection.prepare_cached(sql)?;
    for one in passages {
        let spans = bytes(one.spans.iter().flatten().copied());
        insert.execute((one.container.0, one.song.0, one.score, one.key_shift, one.tempo_ratio, spans))?;
    }
    Ok(())
}

impl Store {
    /// Replaces the known songs inside `containers`.
    pub fn put_passages(&mut self, containers: &[RecordingId], passages: &[Passage]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        for container in containers {
            transaction
                .prepare_cached("DELETE FROM passages WHERE container = ?1")?
                .execute([container.0])?;
        }
        insert(&transaction, passages)?;
        Ok(transaction.commit()?)
    }

    /// Stores how far a long recording was searched, and the songs that were found there. They are added to songs that
    /// the same method found before.
    pub fn put_sections(&mut self, sections: &Sections, found: &[Passage]) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let known = "SELECT 1 FROM sections WHERE container = ?1 AND made_by = ?2";
        if !transaction.prepare_cached(known)?.exists((sections.container.0, &sections.made_by))? {
            let stale = "DELETE FROM passages WHERE container = ?1";
            transaction.prepare_cached(stale)?.execute([sections.container.0])?;
        }
        insert(&transaction, found)?;
        let sql = "INSERT OR REPLACE INTO sections (container, made_by, searched_up_to, cohort_statistics)
                   VALUES (?1, ?2, ?3, ?4)";
        let cohort_statistics = bytes(sections.cohort_statistics.iter().flatten().copied());
        let row = (sections.container.0, &sections.made_by, sections.searched_up_to.0, cohort_statistics);
        transaction.prepare_cached(sql)?.execute(row)?;
        Ok(transaction.commit()?)
    }

    /// Returns how far a long recording was searched by this method.
    pub fn sections(&self, container: RecordingId, made_by: &str) -> Result<Option<Sections>, Error> {
        let sql =
            "SELECT searched_up_to, cohort_statistics FROM sections WHERE container = ?1 AND made_by = ?2";
        let read = |row: &Row<'_>| {
            Ok(Sections {
                container,
                made_by: made_by.to_owned(),
                searched_up_to: RecordingId(row.get(0)?),
                cohort_statistics: tuples(row.get_ref(1)?.as_blob()?),
            })
        };
        Ok(self.connection.prepare_cached(sql)?.query_row((container.0, made_by), read).optional()?)
    }

    /// Returns all songs inside other recordings, in the order of (`container`, `song`).
    pub fn passages(&self) -> Result<Vec<Passage>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{COLUMNS} ORDER BY container, song"))?;
        Ok(select.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns the songs inside one recording, and the recordings that contain it, in no particular order.
    pub fn passages_of(&self, recording: RecordingId) -> Result<Vec<Passage>, Error> {
        let sql = format!("{COLUMNS} WHERE container = ?1 UNION ALL {COLUMNS} WHERE song = ?1");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }
}
