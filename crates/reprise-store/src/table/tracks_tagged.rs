//! The recordings that are one work by the MusicBrainz ids in the tags of their tracks: their works are equal, or they
//! are one recording. A medley lists several works, and is one work only with another medley of the same works.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;

use crate::table::recordings::RecordingId;
use crate::{Error, Store};

pub(crate) const V6: &str = "
CREATE INDEX tracks_by_works ON tracks (work_mbids) WHERE work_mbids IS NOT NULL;
CREATE INDEX tracks_by_recording_mbid ON tracks (recording_mbid) WHERE recording_mbid IS NOT NULL;
";

/// The id by which recordings are tagged alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaggedBy {
    /// They are of equal works.
    Work,
    /// They are one recording.
    Recording,
}

/// Recordings with an equal id in their tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedGroup {
    /// The type of id.
    pub by: TaggedBy,
    /// Two or more recordings, in the order of ids.
    pub recordings: Vec<RecordingId>,
}

impl Store {
    /// Returns the other recordings of music that are tagged as one work with this one, in the order of ids, and by
    /// which id. If they have both ids in common, it is the recording, which says more.
    pub fn tagged_with(&self, recording: RecordingId) -> Result<Vec<(RecordingId, TaggedBy)>, Error> {
        let sql = "WITH mine AS (SELECT t.work_mbids, t.recording_mbid FROM recordings AS r
                                 JOIN tracks AS t ON t.payload = r.payload WHERE r.id = ?1),
                        alike AS (SELECT t.payload, 0 AS is_recording
                                  FROM mine JOIN tracks AS t ON t.work_mbids = mine.work_mbids
                                  UNION ALL
                                  SELECT t.payload, 1 FROM mine JOIN tracks AS t ON t.recording_mbid = mine.recording_mbid)
                   SELECT r.id, max(alike.is_recording) FROM alike JOIN recordings AS r ON r.payload = alike.payload
                   WHERE r.id <> ?1 AND r.refused IS NULL GROUP BY r.id ORDER BY r.id";
        let mut select = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| {
            let by = if row.get(1)? { TaggedBy::Recording } else { TaggedBy::Work };
            Ok((RecordingId(row.get(0)?), by))
        };
        Ok(select.query_map([recording.0], read)?.collect::<Result<_, _>>()?)
    }

    /// Returns all recordings of music that share such an id with another, as groups that may overlap: works first,
    /// then by id.
    pub fn tagged_alike(&self) -> Result<Vec<TaggedGroup>, Error> {
        let sql = "SELECT r.id, t.work_mbids, t.recording_mbid FROM tracks AS t
                   JOIN recordings AS r ON r.payload = t.payload
                   WHERE r.refused IS NULL AND (t.work_mbids IS NOT NULL OR t.recording_mbid IS NOT NULL)";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut groups: BTreeMap<(TaggedBy, String), BTreeSet<RecordingId>> = BTreeMap::new();
        let read = |row: &Row<'_>| Ok((RecordingId(row.get(0)?), row.get(1)?, row.get(2)?));
        for row in select.query_map([], read)? {
            let (recording, work, take): (RecordingId, Option<String>, Option<String>) = row?;
            for (by, id) in [(TaggedBy::Work, work), (TaggedBy::Recording, take)] {
                if let Some(id) = id {
                    groups.entry((by, id)).or_default().insert(recording);
                }
            }
        }
        let groups = groups.into_iter().filter(|(_, recordings)| recordings.len() > 1);
        let group = |((by, _), recordings): ((TaggedBy, String), BTreeSet<RecordingId>)| TaggedGroup {
            by,
            recordings: recordings.into_iter().collect(),
        };
        Ok(groups.map(group).collect())
    }
}
