//! `tracks`: the files of the library, with their tags. A track that is missing from disk is marked, never deleted.
//! This file contains the table and its queries; `tracks_commit` contains what writes it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Params, Row};

use crate::table::folders::FolderId;
use crate::table::recordings::RecordingId;
use crate::{Error, PayloadHash, Store, path_bytes};

/// `nfc` is the path for display and search, never for opening. `work_mbids` are joined by newlines.
pub(crate) const V1: &str = "
CREATE TABLE tracks (
    id              INTEGER PRIMARY KEY,
    folder_id       INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    path            BLOB NOT NULL UNIQUE,
    nfc             TEXT NOT NULL,
    size_bytes      INTEGER NOT NULL,
    mtime_ns        INTEGER NOT NULL,
    file_id         BLOB,
    payload         BLOB REFERENCES recordings (payload),
    seen_s          INTEGER NOT NULL,
    missing_since_s INTEGER,
    title           TEXT,
    artist          TEXT,
    album           TEXT,
    album_artist    TEXT,
    genre           TEXT,
    year            INTEGER,
    track_number    INTEGER,
    compilation     INTEGER NOT NULL,
    recording_mbid  TEXT,
    work_mbids      TEXT
) STRICT;
CREATE INDEX tracks_by_folder ON tracks (folder_id);
CREATE INDEX tracks_by_payload ON tracks (payload);
CREATE INDEX tracks_by_size ON tracks (size_bytes, mtime_ns);
";

/// Row of `tracks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(pub i64);

/// A file as the file system describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp<'a> {
    /// Absolute path.
    pub path: &'a Path,
    /// The path for display: Unicode, composed (NFC), lossy if necessary.
    pub nfc: &'a str,
    /// Length of the file.
    pub size_bytes: u64,
    /// Time of its last change, in Unix nanoseconds.
    pub mtime_ns: i64,
    /// Device and inode, or the Windows file id, as opaque bytes.
    pub file_id: Option<&'a [u8]>,
}

/// The tags of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags {
    /// Title.
    pub title: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Album.
    pub album: Option<String>,
    /// Artist of the album.
    pub album_artist: Option<String>,
    /// Genre.
    pub genre: Option<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Number on the album.
    pub track_number: Option<u32>,
    /// Whether the album is by various artists.
    pub compilation: bool,
    /// MusicBrainz id of the recording.
    pub recording_mbid: Option<String>,
    /// MusicBrainz ids of the works, several for a medley.
    pub work_mbids: Vec<String>,
}

/// What a scan needs to know about a file that it may have met before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// The track.
    pub id: TrackId,
    /// Path at which it was last seen.
    pub path: PathBuf,
    /// Length of the file.
    pub size_bytes: u64,
    /// Time of its last change, in Unix nanoseconds.
    pub mtime_ns: i64,
    /// Device and inode, or the Windows file id, as opaque bytes.
    pub file_id: Option<Vec<u8>>,
    /// Identity of its content; `None` if it has become unreadable.
    pub payload: Option<PayloadHash>,
    /// Since when it has been missing from disk, in Unix seconds.
    pub missing_since_s: Option<i64>,
}

/// A track as it is displayed.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Its row.
    pub id: TrackId,
    /// The root below which it was found.
    pub folder: FolderId,
    /// Absolute path.
    pub path: PathBuf,
    /// The path for display.
    pub nfc: String,
    /// Identity of its content; `None` if it has become unreadable.
    pub payload: Option<PayloadHash>,
    /// The row of its recording.
    pub recording: Option<RecordingId>,
    /// Length of the decoded audio, in seconds.
    pub duration_s: Option<f64>,
    /// Why it cannot be matched, if it cannot.
    pub refused: Option<String>,
    /// When it was last seen on disk, in Unix seconds.
    pub seen_s: i64,
    /// Since when it has been missing from disk, in Unix seconds.
    pub missing_since_s: Option<i64>,
    /// The tags of the file.
    pub tags: Tags,
}

/// The values that the order of a list depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct ListKeys {
    /// The track.
    pub id: TrackId,
    /// The row of its recording.
    pub recording: Option<RecordingId>,
    /// Its path; only for tracks without a title.
    pub path: Option<PathBuf>,
    /// Title.
    pub title: Option<String>,
    /// Artist.
    pub artist: Option<String>,
    /// Album.
    pub album: Option<String>,
    /// Number on the album.
    pub track_number: Option<u32>,
    /// Year of release.
    pub year: Option<i32>,
    /// Length of the decoded audio, in seconds.
    pub duration_s: Option<f64>,
    /// Whether it was analysed but cannot be matched.
    pub is_refused: bool,
}

const KNOWN: &str = "SELECT id, path, size_bytes, mtime_ns, file_id, payload, missing_since_s FROM tracks";

const SHOWN: &str = "SELECT t.id, t.folder_id, t.path, t.nfc, t.payload, r.id, r.duration_s, r.refused, t.seen_s, \
                     t.missing_since_s, t.title, t.artist, t.album, t.album_artist, t.genre, t.year, \
                     t.track_number, t.compilation, t.recording_mbid, t.work_mbids \
                     FROM tracks AS t LEFT JOIN recordings AS r ON r.payload = t.payload";

fn read_known(row: &Row<'_>) -> rusqlite::Result<KnownFile> {
    Ok(KnownFile {
        id: TrackId(row.get(0)?),
        path: path_bytes::decode(row.get(1)?),
        size_bytes: row.get::<_, i64>(2)? as u64,
        mtime_ns: row.get(3)?,
        file_id: row.get(4)?,
        payload: row.get(5)?,
        missing_since_s: row.get(6)?,
    })
}

fn read_shown(row: &Row<'_>) -> rusqlite::Result<Track> {
    Ok(Track {
        id: TrackId(row.get(0)?),
        folder: FolderId(row.get(1)?),
        path: path_bytes::decode(row.get(2)?),
        nfc: row.get(3)?,
        payload: row.get(4)?,
        recording: row.get::<_, Option<u32>>(5)?.map(RecordingId),
        duration_s: row.get(6)?,
        refused: row.get(7)?,
        seen_s: row.get(8)?,
        missing_since_s: row.get(9)?,
        tags: read_tags(row)?,
    })
}

/// Reads the values that the table `tracks` contains.
fn read_list_keys(row: &Row<'_>) -> rusqlite::Result<ListKeys> {
    Ok(ListKeys {
        id: TrackId(row.get(0)?),
        recording: None,
        path: row.get::<_, Option<Vec<u8>>>(2)?.map(path_bytes::decode),
        title: row.get(3)?,
        artist: row.get(4)?,
        album: row.get(5)?,
        track_number: row.get(6)?,
        year: row.get(7)?,
        duration_s: None,
        is_refused: false,
    })
}

fn read_tags(row: &Row<'_>) -> rusqlite::Result<Tags> {
    let work_mbids: Option<String> = row.get(19)?;
    Ok(Tags {
        title: row.get(10)?,
        artist: row.get(11)?,
        album: row.get(12)?,
        album_artist: row.get(13)?,
        genre: row.get(14)?,
        year: row.get(15)?,
        track_number: row.get(16)?,
        compilation: row.get(17)?,
        recording_mbid: row.get(18)?,
        work_mbids: work_mbids.map_or_else(Vec::new, |joined| joined.lines().map(Into::into).collect()),
    })
}

impl Store {
    /// Returns all known files below `root`, whichever root they were found by, keyed on their path. A scan compares
    /// the disk with them.
    pub fn files_under(&self, root: &Path) -> Result<HashMap<PathBuf, KnownFile>, Error> {
        let files = self.known("WHERE path >= ?1 AND path < ?2", path_bytes::range_below(root))?;
        Ok(files.into_iter().map(|file| (file.path.clone(), file)).collect())
    }

    /// Returns the tracks missing from disk that equal `stamp` in everything but the path: a new file may have been
    /// moved from there. Mark missing tracks first. Without a file id this cannot be determined, and the result is
    /// empty.
    pub fn moved_from(&self, stamp: &FileStamp<'_>) -> Result<Vec<KnownFile>, Error> {
        let Some(file_id) = stamp.file_id else { return Ok(Vec::new()) };
        let filter =
            "WHERE size_bytes = ?1 AND mtime_ns = ?2 AND file_id = ?3 AND missing_since_s IS NOT NULL";
        self.known(filter, (stamp.size_bytes as i64, stamp.mtime_ns, file_id))
    }

    /// Returns the analysed tracks of the same size, those missing from disk first. A new file may be one of them,
    /// moved across disks or copied; its payload decides that.
    pub fn files_of_size(&self, size_bytes: u64) -> Result<Vec<KnownFile>, Error> {
        let filter = "WHERE size_bytes = ?1 AND payload IS NOT NULL ORDER BY missing_since_s IS NULL, id";
        self.known(filter, [size_bytes as i64])
    }

    /// Returns all tracks, in the order of paths, including those missing from disk.
    pub fn tracks(&self) -> Result<Vec<Track>, Error> {
        self.shown("ORDER BY t.path", [])
    }

    /// Returns one track.
    pub fn track(&self, id: TrackId) -> Result<Option<Track>, Error> {
        Ok(self.shown("WHERE t.id = ?1", [id.0])?.pop())
    }

    /// Returns the track at `path`.
    pub fn track_at(&self, path: &Path) -> Result<Option<Track>, Error> {
        Ok(self.shown("WHERE t.path = ?1", [path_bytes::encode(path)])?.pop())
    }

    /// Returns the tracks that hold one recording, those on disk first.
    pub fn tracks_of(&self, payload: &PayloadHash) -> Result<Vec<Track>, Error> {
        self.shown("WHERE t.payload = ?1 ORDER BY t.missing_since_s IS NOT NULL, t.id", [payload])
    }

    /// Returns, for every track in the order of ids, the values that the order of a list depends on. The two tables are
    /// read in their own order and joined here, which is six times as fast as SQLite's join by one look-up per row.
    pub fn list_keys(&self) -> Result<Vec<ListKeys>, Error> {
        let sql = "SELECT id, payload, CASE WHEN title IS NULL THEN path END, title, artist, album, track_number, year
                   FROM tracks ORDER BY id";
        let mut select = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| Ok((read_list_keys(row)?, row.get::<_, Option<PayloadHash>>(1)?));
        let mut keys: Vec<(ListKeys, Option<PayloadHash>)> =
            select.query_map([], read)?.collect::<Result<_, _>>()?;
        // After the tracks, so that the recording of every track is there.
        let sql = "SELECT payload, id, duration_s, refused IS NOT NULL FROM recordings";
        let mut select = self.connection.prepare_cached(sql)?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, (RecordingId(row.get(1)?), row.get(2)?, row.get(3)?)));
        let sounds: HashMap<PayloadHash, (RecordingId, f64, bool)> =
            select.query_map([], read)?.collect::<Result<_, _>>()?;
        for (keys, payload) in &mut keys {
            if let Some((recording, duration_s, is_refused)) =
                payload.and_then(|payload| sounds.get(&payload))
            {
                keys.recording = Some(*recording);
                keys.duration_s = Some(*duration_s);
                keys.is_refused = *is_refused;
            }
        }
        Ok(keys.into_iter().map(|(keys, _)| keys).collect())
    }

    /// Returns only the ids of [`Store::tracks_of`].
    pub fn track_ids_of(&self, payload: &PayloadHash) -> Result<Vec<TrackId>, Error> {
        let sql = "SELECT id FROM tracks WHERE payload = ?1 ORDER BY missing_since_s IS NOT NULL, id";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_map([payload], |row| row.get(0).map(TrackId))?.collect::<Result<_, _>>()?)
    }

    /// Returns how many tracks hold one recording, including those missing from disk.
    pub fn count_tracks_of(&self, recording: RecordingId) -> Result<usize, Error> {
        let sql =
            "SELECT count(*) FROM tracks WHERE payload = (SELECT payload FROM recordings WHERE id = ?1)";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row([recording.0], |row| row.get::<_, i64>(0))? as usize)
    }

    /// Returns how many tracks there are, including those missing from disk.
    pub fn track_count(&self) -> Result<u64, Error> {
        let mut select = self.connection.prepare_cached("SELECT count(*) FROM tracks")?;
        Ok(select.query_row([], |row| row.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
    }

    /// Returns how many tracks are missing from disk.
    pub fn missing_count(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM tracks WHERE missing_since_s IS NOT NULL";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns how many tracks have been analysed.
    pub fn analysed_count(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM tracks WHERE payload IS NOT NULL";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    fn known(&self, filter: &str, params: impl Params) -> Result<Vec<KnownFile>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{KNOWN} {filter}"))?;
        Ok(select.query_map(params, read_known)?.collect::<Result<_, _>>()?)
    }

    fn shown(&self, filter: &str, params: impl Params) -> Result<Vec<Track>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{SHOWN} {filter}"))?;
        Ok(select.query_map(params, read_shown)?.collect::<Result<_, _>>()?)
    }
}
