//! Writes `tracks`: one transaction per file, so that a scan that is killed at any moment continues where it stopped.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::table::features::{self, Features};
use crate::table::fingerprints::{self, NewFingerprint};
use crate::table::folders::FolderId;
use crate::table::problems::{self, FileVersion, NewProblem};
use crate::table::recordings::{self, Sound};
use crate::table::tracks::{FileStamp, Tags, TrackId};
use crate::table::waveforms;
use crate::{Error, PayloadHash, Store, path_bytes};

/// A file and all results of its analysis.
#[derive(Debug, Clone)]
pub struct AnalysedFile<'a> {
    /// The root below which it was found.
    pub folder: FolderId,
    /// The file, as it was before it was read.
    pub stamp: FileStamp<'a>,
    /// Its tags.
    pub tags: &'a Tags,
    /// The results of its analysis, without the features.
    pub sound: &'a Sound,
    /// Its features; empty if it is refused.
    pub features: &'a [Features<'a>],
    /// Its peaks for drawing; empty if there are none.
    pub waveform: &'a [u8],
    /// Its fingerprint; `None` if it could not be computed.
    pub fingerprint: Option<NewFingerprint<'a>>,
    /// What could not be decoded completely, as (kind, sentence).
    pub warnings: &'a [(&'a str, &'a str)],
    /// The current time, in Unix seconds.
    pub at_s: i64,
}

/// A file whose payload was analysed before: re-tagged, copied, or moved and re-tagged. Only its tags are new.
#[derive(Debug, Clone)]
pub struct SameSound<'a> {
    /// The root below which it was found.
    pub folder: FolderId,
    /// The file.
    pub stamp: FileStamp<'a>,
    /// Its tags.
    pub tags: &'a Tags,
    /// Identity of its content.
    pub payload: PayloadHash,
    /// The current time, in Unix seconds.
    pub at_s: i64,
}

impl Store {
    /// Writes an analysed file completely: recording, features, track, tags and warnings. This replaces the earlier
    /// data of its path and of its content. The track counts as present from now on.
    pub fn commit_analysis(&mut self, analysed: &AnalysedFile<'_>) -> Result<TrackId, Error> {
        let transaction = self.connection.transaction()?;
        let recording = recordings::put(&transaction, analysed.sound)?;
        if analysed.sound.refused.is_some() {
            features::remove(&transaction, recording)?;
        }
        for one in analysed.features {
            features::put(&transaction, recording, one)?;
        }
        if !analysed.waveform.is_empty() {
            waveforms::put(&transaction, recording, analysed.waveform)?;
        }
        if let Some(fingerprint) = &analysed.fingerprint {
            fingerprints::put(&transaction, recording, fingerprint)?;
        }
        let payload = &analysed.sound.payload;
        let track =
            upsert(&transaction, analysed.folder, &analysed.stamp, analysed.tags, payload, analysed.at_s)?;
        problems::clear(&transaction, &path_bytes::encode(analysed.stamp.path), true)?;
        for (kind, message) in analysed.warnings {
            problems::add(&transaction, &warning(analysed, kind, message))?;
        }
        transaction.commit()?;
        Ok(track)
    }

    /// Writes a file that needs no analysis because its payload is known. A payload that was never analysed is an
    /// error. A warning stays if it was about the same content at the same path.
    pub fn commit_same_sound(&mut self, file: &SameSound<'_>) -> Result<TrackId, Error> {
        let transaction = self.connection.transaction()?;
        recordings::id_of(&transaction, &file.payload)?;
        let path = path_bytes::encode(file.stamp.path);
        let was_here = payload_at(&transaction, &path)? == Some(file.payload);
        problems::clear(&transaction, &path, !was_here)?;
        let track = upsert(&transaction, file.folder, &file.stamp, file.tags, &file.payload, file.at_s)?;
        transaction.commit()?;
        Ok(track)
    }

    /// Gives a moved track its new path and keeps everything else. Also stores a new time, size or file id at the old
    /// path. If another track is known at the new path, this is an error: the payload of the file there decides what it
    /// is.
    pub fn relocate(
        &mut self,
        track: TrackId,
        folder: FolderId,
        stamp: &FileStamp<'_>,
        at_s: i64,
    ) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        let path = path_bytes::encode(stamp.path);
        let taken = "SELECT 1 FROM tracks WHERE path = ?1 AND id <> ?2";
        if transaction.prepare_cached(taken)?.exists((&path, track.0))? {
            let place = stamp.path.display();
            return Err(Error::Rule(format!("a track cannot move to {place}, where another is known")));
        }
        // Its problems move with it.
        let sql = "UPDATE problems SET path = ?1 WHERE path = (SELECT path FROM tracks WHERE id = ?2)";
        transaction.prepare_cached(sql)?.execute((&path, track.0))?;
        let sql = "UPDATE tracks SET folder_id = ?2, path = ?3, nfc = ?4, size_bytes = ?5, mtime_ns = ?6,
                       file_id = ?7, seen_s = ?8, missing_since_s = NULL
                   WHERE id = ?1";
        transaction.prepare_cached(sql)?.execute((
            track.0,
            folder.0,
            &path,
            stamp.nfc,
            stamp.size_bytes as i64,
            stamp.mtime_ns,
            stamp.file_id,
            at_s,
        ))?;
        Ok(transaction.commit()?)
    }

    /// Marks tracks as missing since `at_s`, and returns how many are newly missing. Only tracks below `present_root`,
    /// a folder that the caller has just listed, are marked: an absent drive must not make its tracks missing one by
    /// one. A track that is already missing keeps its time.
    pub fn mark_missing(
        &mut self,
        present_root: &Path,
        tracks: &[TrackId],
        at_s: i64,
    ) -> Result<usize, Error> {
        let (first, end) = path_bytes::range_below(present_root);
        let sql = "UPDATE tracks SET missing_since_s = ?2
                   WHERE id = ?1 AND missing_since_s IS NULL AND path >= ?3 AND path < ?4";
        let transaction = self.connection.transaction()?;
        let mut n_marked = 0;
        for track in tracks {
            n_marked += transaction.prepare_cached(sql)?.execute((track.0, at_s, &first, &end))?;
        }
        transaction.commit()?;
        Ok(n_marked)
    }

    /// Stores that tracks were seen on disk, unchanged, at `at_s`. Tracks that were missing are present again.
    pub fn touch(&mut self, tracks: &[TrackId], at_s: i64) -> Result<(), Error> {
        let sql = "UPDATE tracks SET seen_s = ?2, missing_since_s = NULL WHERE id = ?1";
        let transaction = self.connection.transaction()?;
        for track in tracks {
            transaction.prepare_cached(sql)?.execute((track.0, at_s))?;
        }
        Ok(transaction.commit()?)
    }
}

fn warning<'a>(analysed: &AnalysedFile<'a>, kind: &'a str, message: &'a str) -> NewProblem<'a> {
    let FileStamp { path, size_bytes, mtime_ns, .. } = analysed.stamp;
    let file = Some(FileVersion { size_bytes, mtime_ns });
    NewProblem { path, kind, message, is_warning: true, at_s: analysed.at_s, file }
}

fn payload_at(connection: &Connection, path: &[u8]) -> Result<Option<PayloadHash>, Error> {
    let mut select = connection.prepare_cached("SELECT payload FROM tracks WHERE path = ?1")?;
    Ok(select.query_row([path], |row| row.get(0)).optional()?.flatten())
}

/// Writes the row of a present file; a known path keeps its id.
fn upsert(
    connection: &Connection,
    folder: FolderId,
    stamp: &FileStamp<'_>,
    tags: &Tags,
    payload: &PayloadHash,
    at_s: i64,
) -> Result<TrackId, Error> {
    let sql = "INSERT INTO tracks (folder_id, path, nfc, size_bytes, mtime_ns, file_id, payload, seen_s, title, \
                   artist, album, album_artist, genre, year, track_number, compilation, recording_mbid, work_mbids)
               VALUES (:folder_id, :path, :nfc, :size_bytes, :mtime_ns, :file_id, :payload, :seen_s, :title, \
                   :artist, :album, :album_artist, :genre, :year, :track_number, :compilation, :recording_mbid, \
                   :work_mbids)
               ON CONFLICT (path) DO UPDATE SET
                   folder_id = excluded.folder_id, nfc = excluded.nfc, size_bytes = excluded.size_bytes,
                   mtime_ns = excluded.mtime_ns, file_id = excluded.file_id, payload = excluded.payload,
                   seen_s = excluded.seen_s, missing_since_s = NULL, title = excluded.title,
                   artist = excluded.artist, album = excluded.album, album_artist = excluded.album_artist,
                   genre = excluded.genre, year = excluded.year, track_number = excluded.track_number,
                   compilation = excluded.compilation, recording_mbid = excluded.recording_mbid,
                   work_mbids = excluded.work_mbids
               RETURNING id";
    let work_mbids = (!tags.work_mbids.is_empty()).then(|| tags.work_mbids.join("\n"));
    let params = named_params! {
        ":folder_id": folder.0, ":path": path_bytes::encode(stamp.path), ":nfc": stamp.nfc,
        ":size_bytes": stamp.size_bytes as i64, ":mtime_ns": stamp.mtime_ns, ":file_id": stamp.file_id,
        ":payload": payload, ":seen_s": at_s, ":title": tags.title, ":artist": tags.artist, ":album": tags.album,
        ":album_artist": tags.album_artist, ":genre": tags.genre, ":year": tags.year,
        ":track_number": tags.track_number, ":compilation": tags.compilation,
        ":recording_mbid": tags.recording_mbid, ":work_mbids": work_mbids,
    };
    let id = connection.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
    Ok(TrackId(id))
}
