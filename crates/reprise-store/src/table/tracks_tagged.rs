//! Which recordings are one work by the MusicBrainz ids in the tags of their tracks: equal works, or one recording. A medley
//! lists several works and is one work with another medley of the same only.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

pub(crate) const V6: &str = "
CREATE INDEX tracks_by_works ON tracks (work_mbids) WHERE work_mbids IS NOT NULL;
CREATE INDEX tracks_by_recording_mbid ON tracks (recording_mbid) WHERE recording_mbid IS NOT NULL;
";

impl Store {
    /// The other recordings of music that are tagged as one work with this one, in the order of ids.
    pub fn tagged_with(&self, recording: RecordingId) -> Result<Vec<RecordingId>, Error> {
        let sql = "WITH mine AS (SELECT t.work_mbids, t.recording_mbid FROM recordings AS r
                                 JOIN tracks AS t ON t.payload = r.payload WHERE r.id = ?1),
                        alike AS (SELECT t.payload FROM mine JOIN tracks AS t ON t.work_mbids = mine.work_mbids
                                  UNION
                                  SELECT t.payload FROM mine JOIN tracks AS t ON t.recording_mbid = mine.recording_mbid)
                   SELECT r.id FROM alike JOIN recordings AS r ON r.payload = alike.payload
                   WHERE r.id <> ?1 AND r.refused IS NULL ORDER BY r.id";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([recording.0], |row| row.get(0).map(RecordingId))?.collect::<Result<_, _>>()?)
    }

    /// All recordings of music that share such an id with another, by id: groups of two and more, which may overlap.
    pub fn tagged_alike(&self) -> Result<Vec<Vec<RecordingId>>, Error> {
        let sql = "SELECT r.id, t.work_mbids, t.recording_mbid FROM tracks AS t
                   JOIN recordings AS r ON r.payload = t.payload
                   WHERE r.refused IS NULL AND (t.work_mbids IS NOT NULL OR t.recording_mbid IS NOT NULL)";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut groups: BTreeMap<String, BTreeSet<RecordingId>> = BTreeMap::new();
        let read = |row: &Row<'_>| Ok((RecordingId(row.get(0)?), [row.get(1)?, row.get(2)?]));
        for row in select.query_map([], read)? {
            let (recording, ids): (RecordingId, [Option<String>; 2]) = row?;
            for id in ids.into_iter().flatten() {
                groups.entry(id).or_default().insert(recording);
            }
        }
        let groups = groups.into_values().filter(|group| group.len() > 1);
        Ok(groups.map(|group| group.into_iter().collect()).collect())
    }
}
