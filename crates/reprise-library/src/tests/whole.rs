//! The file of a library is all there is of it once it is closed.

use std::path::{Path, PathBuf};

use super::Home;
use crate::Library;

/// The file alone, elsewhere.
fn copy_alone(from: &Path, to: &Path) -> PathBuf {
    let copy = to.join("copy.db");
    std::fs::copy(from, &copy).unwrap();
    copy
}

fn tracks_of(path: &Path) -> usize {
    Library::open_to_read(path).unwrap().status().unwrap().tracks
}

#[test]
fn a_closed_library_is_whole_in_its_file_however_many_asked() {
    let Home { folder, library, .. } = {
        let home = Home::new();
        ["1", "2", "3"].into_iter().zip(1..).for_each(|(name, n)| _ = home.song(name, n));
        home
    };
    let (path, elsewhere) = (folder.path().join("library.db"), tempfile::tempdir().unwrap());
    let lent: Vec<_> = (0..6).map(|_| library.asking().unwrap()).collect();
    assert_eq!(lent[5].track_count().unwrap(), 3);
    drop(lent);
    drop(library);
    assert_eq!(tracks_of(&copy_alone(&path, elsewhere.path())), 3);
    let left = |name: &str| folder.path().join(name).exists();
    assert!(!left("library.db-wal") && !left("library.db-shm"));

    assert_eq!(tracks_of(&path), 3);
    assert!(!left("library.db-wal") && !left("library.db-shm"), "a reader leaves nothing either");
}

#[test]
fn a_reader_that_closes_last_leaves_the_file_whole() {
    let home = Home::new();
    home.song("1", 1);
    let path = home.folder.path().join("library.db");
    let reader = Library::open_to_read(&path).unwrap();
    assert_eq!(reader.status().unwrap().tracks, 1);
    home.song("2", 2);
    let Home { folder, library, .. } = home;
    drop(library);
    drop(reader);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(tracks_of(&copy_alone(&path, elsewhere.path())), 2);
    assert!(!folder.path().join("library.db-wal").exists());
}

#[test]
fn a_library_that_is_settled_is_whole_and_can_be_written_on() {
    let home = Home::new();
    home.song("1", 1);
    home.library.status().unwrap();
    home.library.settle();
    let log = home.folder.path().join("library.db-wal");
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    home.song("2", 2);
    assert_eq!(home.library.status().unwrap().tracks, 2);
}
