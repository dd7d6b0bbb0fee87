//! The folders of the library and whether they are reachable.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reprise_store::{FolderId, Store, TrackId};

use crate::browse::order::forget;
use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;

/// A folder that the user added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderStatus {
    /// Its row id.
    pub id: FolderId,
    /// Its path.
    pub path: PathBuf,
    /// Tracks found in it, including the absent ones.
    pub tracks: usize,
    /// Whether it can be listed now; the folder of an unmounted drive cannot.
    pub is_reachable: bool,
}

/// The track at an absolute path.
pub(crate) fn track_at(database: &Database, path: &Path) -> Result<TrackId, Error> {
    let track = database.reader()?.track_at(path)?;
    track.map(|track| track.id).ok_or_else(|| Error::NotATrack(path.to_path_buf()))
}

pub(crate) fn folders(database: &Database) -> Result<Vec<FolderStatus>, Error> {
    let reader = database.reader()?;
    let (folders, counts) = (reader.folders()?, reader.tracks_by_folder()?);
    let status = |folder: reprise_store::Folder| {
        let tracks = counts.get(&folder.id).copied().unwrap_or_default();
        let is_reachable = is_reachable(&folder.path, tracks);
        FolderStatus { id: folder.id, path: folder.path, tracks, is_reachable }
    };
    Ok(folders.into_iter().map(status).collect())
}

pub(crate) fn add_folder(database: &Database, path: &Path) -> Result<FolderId, Error> {
    database.change(Changed::Tracks, |store| store.add_folder(path, now_s()))
}

pub(crate) fn remove_folder(database: &Database, folder: FolderId) -> Result<(), Error> {
    let outcome = database.change(Changed::Tracks, |store| {
        store.remove_folder(folder)?;
        store.remove_idle_cohort_statistics()
    });
    // A removed folder must disappear at once, even from a list that may otherwise be slightly outdated.
    forget(database);
    outcome
}

pub(crate) fn track_path(database: &Database, track: TrackId) -> Result<Option<PathBuf>, Error> {
    Ok(database.reader()?.track(track)?.map(|track| track.path))
}

/// Which folders are reachable, checked at most a few seconds ago: a row of the list must not wait for a slow drive.
pub(crate) fn reachable_folders(
    database: &Database,
    reader: &Store,
) -> Result<HashMap<FolderId, bool>, Error> {
    let kept = database.kept::<Reachable>();
    let mut known = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut reachable = HashMap::new();
    for folder in reader.folders()? {
        let (is_reachable, _) = *known
            .entry(folder.id)
            .and_modify(|looked| {
                if looked.1.elapsed() > LOOKED_AGAIN {
                    *looked = (is_there(&folder.path), Instant::now());
                }
            })
            .or_insert_with(|| (is_there(&folder.path), Instant::now()));
        reachable.insert(folder.id, is_reachable);
    }
    Ok(reachable)
}

/// When each folder was checked, and whether it was reachable.
#[derive(Default)]
struct Reachable(Mutex<HashMap<FolderId, (bool, Instant)>>);

/// How long the result of a check is reused for the rows of the list.
const LOOKED_AGAIN: Duration = Duration::from_secs(3);

/// Whether the folder of a track is reachable: an unmounted drive leaves an empty folder or none.
fn is_there(path: &Path) -> bool {
    is_reachable(path, 1)
}

/// Whether a folder with this many tracks is reachable: an unmounted drive leaves an empty folder or none.
fn is_reachable(path: &Path, tracks: usize) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| tracks == 0 || entries.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_that_had_tracks_is_an_absent_drive() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_reachable(folder.path(), 0), "nothing was ever found in it");
        assert!(!is_reachable(folder.path(), 3));
        std::fs::write(folder.path().join("a.mp3"), "x").unwrap();
        assert!(is_reachable(folder.path(), 3));
        assert!(!is_reachable(&folder.path().join("gone"), 0));
    }
}
