//! Reading where writing is not possible, and files that are only a part of a library.

use super::*;
use crate::Error;

fn library(path: &Path) -> Store {
    let mut store = Store::open(path).unwrap();
    let root = store.add_folder(Path::new("/music"), NOW_S).unwrap();
    (0..3).for_each(|n| _ = analyse(&mut store, root, Path::new(&format!("/music/{n}.flac")), n));
    store
}

/// Copies in another process: closing a file in this one would release SQLite's locks on it.
#[cfg(unix)]
fn copy(from: &Path, to: &Path) {
    assert!(std::process::Command::new("cp").arg(from).arg(to).status().unwrap().success());
}

/// Prevents the creation of the log's shared-memory file, even for a superuser, whom permissions do not stop.
#[cfg(unix)]
fn forbid_sharing(library: &Path) {
    let mut name = library.as_os_str().to_owned();
    name.push("-shm");
    std::os::unix::fs::symlink("nowhere/at/all", &name).unwrap();
}

#[cfg(unix)]
#[test]
fn a_library_where_nothing_can_be_written_is_read_whatever_its_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for name in [&b"library.db"[..], b"a b?c#d%20 &=.db", b"caf\xe9.db"] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        drop(library(&path));
        forbid_sharing(&path);
        let store = Store::open_read_only(&path).unwrap();
        assert_eq!(store.track_count().unwrap(), 3);
        assert_eq!(store.recordings().unwrap().len(), 3);
    }
    assert!(matches!(Store::open_read_only(&folder.path().join("absent.db")), Err(Error::Unopenable { .. })));
}

#[cfg(unix)]
#[test]
fn what_lies_in_a_log_that_cannot_be_read_is_not_left_out_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("library.db"), folder.path().join("copy.db"));
    let open = library(&path);
    copy(&path, &elsewhere);
    copy(&folder.path().join("library.db-wal"), &folder.path().join("copy.db-wal"));
    assert_eq!(Store::open_read_only(&elsewhere).unwrap().track_count().unwrap(), 3, "both are the library");
    let _ = std::fs::remove_file(folder.path().join("copy.db-shm"));
    forbid_sharing(&elsewhere);
    let error = Store::open_read_only(&elsewhere).unwrap_err();
    assert!(matches!(error, Error::LogOutOfReach { .. }), "{error:?}");
    assert!(error.to_string().contains("copy.db-wal"), "{error}");
    drop(open);
}

#[cfg(unix)]
#[test]
fn a_file_without_its_log_says_that_it_is_no_library() {
    let folder = tempfile::tempdir().unwrap();
    let (path, alone, nothing) =
        (folder.path().join("library.db"), folder.path().join("alone.db"), folder.path().join("nothing.db"));
    let open = library(&path);
    copy(&path, &alone);
    std::fs::write(&nothing, "").unwrap();
    for path in [alone, nothing] {
        let error = Store::open_read_only(&path).unwrap_err();
        assert!(matches!(error, Error::Empty { .. }), "{error:?}");
        assert!(error.to_string().contains("copy of the file alone"), "{error}");
    }
    drop(open);
}

#[test]
fn a_file_that_breaks_off_anywhere_says_so_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (path, short) = (folder.path().join("library.db"), folder.path().join("short.db"));
    drop(library(&path));
    let whole = std::fs::read(&path).unwrap();
    let n = whole.len();
    for length in [2, 15, 16, 40, 99, 100, 511, 512, 4_095, 4_096, 4_097, 10_000, n / 2, n - 4_096, n - 1] {
        std::fs::write(&short, &whole[..length]).unwrap();
        for opened in [Store::open_read_only(&short), Store::open(&short)] {
            let error = opened.expect_err(&format!("of {length} bytes"));
            assert!(matches!(error, Error::CutShort { .. }), "{length} bytes: {error:?}");
            assert!(error.to_string().contains("cut short"));
        }
        assert_eq!(std::fs::read(&short).unwrap(), whole[..length], "{length} bytes");
    }
}

#[test]
fn a_backup_is_a_library_by_itself_while_others_read_and_write() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("library.db"), folder.path().join("copy.db"));
    let mut writer = library(&path);
    writer.mark_open().unwrap();
    let reader = Store::open_read_only(&path).unwrap();
    let root = writer.folders().unwrap()[0].id;
    analyse(&mut writer, root, Path::new("/music/late.flac"), 9);
    assert_eq!(reader.back_up(&copy).unwrap(), 4);
    analyse(&mut writer, root, Path::new("/music/later.flac"), 10);
    let backup = Store::open_read_only(&copy).unwrap();
    assert_eq!((backup.track_count().unwrap(), backup.is_marked_open().unwrap()), (4, false));
    assert_eq!(backup.library_id().unwrap(), writer.library_id().unwrap());
    assert!(writer.is_marked_open().unwrap());
    let error = reader.back_up(&folder.path().join("nowhere/copy.db")).unwrap_err();
    assert!(matches!(error, Error::Unwritten { .. }), "{error:?}");
}
