//! After a library is closed, its file alone is complete.

use std::path::{Path, PathBuf};

use super::TestLibrary;
use crate::{Error, Library, back_up};

/// Copies the file alone to another place.
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
    let TestLibrary { folder, library, .. } = {
        let home = TestLibrary::new();
        ["1", "2", "3"].into_iter().zip(1..).for_each(|(name, n)| _ = home.song(name, n));
        home
    };
    let (path, elsewhere) = (folder.path().join("library.db"), tempfile::tempdir().unwrap());
    let lent: Vec<_> = (0..6).map(|_| library.database.reader().unwrap()).collect();
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
    let home = TestLibrary::new();
    home.song("1", 1);
    let path = home.folder.path().join("library.db");
    let reader = Library::open_to_read(&path).unwrap();
    assert_eq!(reader.status().unwrap().tracks, 1);
    home.song("2", 2);
    let TestLibrary { folder, library, .. } = home;
    drop(library);
    drop(reader);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(tracks_of(&copy_alone(&path, elsewhere.path())), 2);
    assert!(!folder.path().join("library.db-wal").exists());
}

#[test]
fn a_library_that_is_settled_is_whole_and_can_be_written_on() {
    let home = TestLibrary::new();
    home.song("1", 1);
    home.library.status().unwrap();
    home.library.settle();
    let log = home.folder.path().join("library.db-wal");
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    home.song("2", 2);
    assert_eq!(home.library.status().unwrap().tracks, 2);
}

/// Another process copies: closing a file in this process would release the locks of SQLite on it.
#[cfg(unix)]
fn copy(from: &Path, to: &Path) {
    assert!(std::process::Command::new("cp").arg(from).arg(to).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_copy_of_the_file_alone_while_it_is_written_is_refused_and_what_it_holds_can_be_had() {
    let home = TestLibrary::new();
    home.song("1", 1);
    home.library.database.store().mark_open().unwrap();
    home.song("2", 2);
    let path = home.folder.path().join("library.db");
    let elsewhere = tempfile::tempdir().unwrap();
    let at = |name: &str| elsewhere.path().join(name);
    copy(&path, &at("alone.db"));
    for _ in 0..2 {
        for opened in [Library::open_to_read(&at("alone.db")), Library::open(&at("alone.db"))] {
            let error = opened.err().unwrap();
            assert!(matches!(error, Error::CopiedInPart(_)), "{error:?}");
        }
        assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1, "nothing is put beside it");
    }
    assert_eq!(back_up(&at("alone.db"), &at("taken.db")).unwrap(), 1);
    assert_eq!(tracks_of(&at("taken.db")), 1);
    assert!(Library::open(&at("alone.db")).is_err(), "it is what it was");

    copy(&path, &at("both.db"));
    copy(&home.folder.path().join("library.db-wal"), &at("both.db-wal"));
    assert_eq!(back_up(&at("both.db"), &at("whole.db")).unwrap(), 2);
    assert_eq!((tracks_of(&at("both.db")), tracks_of(&at("whole.db"))), (2, 2));
    drop(Library::open(&at("whole.db")).unwrap());

    let TestLibrary { library, folder: _kept, .. } = home;
    drop(library);
    std::fs::remove_file(at("alone.db")).unwrap();
    copy(&path, &at("alone.db"));
    assert_eq!(tracks_of(&at("alone.db")), 2, "of a closed one the file is all");
}
