//! The folders of the library and whether they are there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use reprise_store::{FolderId, TrackId};

use crate::error::Error;
use crate::library::Library;

/// A folder that the user added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderStatus {
    /// Its row.
    pub id: FolderId,
    /// Where it is.
    pub path: PathBuf,
    /// Tracks found by it, the absent ones included.
    pub tracks: usize,
    /// It can be listed now; an absent drive cannot.
    pub is_reachable: bool,
}

impl Library {
    /// The folders of the library, in the order of their paths.
    pub fn folders(&self) -> Result<Vec<FolderStatus>, Error> {
        let store = self.store();
        let (folders, counts) = (store.folders()?, store.tracks_by_folder()?);
        drop(store);
        let status = |folder: reprise_store::Folder| {
            let tracks = counts.get(&folder.id).copied().unwrap_or_default();
            let is_reachable = is_reachable(&folder.path, tracks);
            FolderStatus { id: folder.id, path: folder.path, tracks, is_reachable }
        };
        Ok(folders.into_iter().map(status).collect())
    }

    /// Takes a folder and its tracks out of the library. No file is touched; what was heard and decided stays, so
    /// that adding the folder again costs no hearing.
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        self.change(|store| store.remove_folder(folder))
    }

    /// Where a track's file is, or was when last seen.
    pub fn track_path(&self, track: TrackId) -> Result<Option<PathBuf>, Error> {
        Ok(self.store().track(track)?.map(|track| track.path))
    }

    /// Which folders are there now.
    pub(crate) fn reachable(&self) -> Result<HashMap<FolderId, bool>, Error> {
        Ok(self.folders()?.into_iter().map(|folder| (folder.id, folder.is_reachable)).collect())
    }
}

/// An unmounted drive leaves an empty folder behind, or none.
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
