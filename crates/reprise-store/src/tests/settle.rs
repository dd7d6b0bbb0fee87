//! The file of a library without its log.

use super::*;

/// Returns the number of tracks in a copy of the file alone. Another process makes the copy: closing a file in this one
/// would release SQLite's locks on it.
fn tracks_in_a_copy(path: &Path) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let copied = std::process::Command::new("cp").arg(path).arg(&copy).status().unwrap();
    assert!(copied.success());
    Store::open_read_only(&copy).unwrap().track_count().unwrap()
}

fn library(path: &Path, n_tracks: u32) -> Store {
    let mut store = Store::open(path).unwrap();
    let root = store.add_folder(Path::new("/music"), NOW_S).unwrap();
    for n in 0..n_tracks {
        analyse(&mut store, root, Path::new(&format!("/music/{n}.flac")), n);
    }
    store
}

#[cfg(unix)]
#[test]
fn a_file_is_whole_while_others_have_it_open_and_when_the_last_one_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut writer = library(&path, 3);
    let idle = Store::open_read_only(&path).unwrap();
    assert_eq!(idle.track_count().unwrap(), 3);
    writer.settle().unwrap();
    assert_eq!(tracks_in_a_copy(&path), 3, "a reader that reads nothing is not in the way");

    let busy = Store::open_read_only(&path).unwrap();
    busy.connection.execute_batch("BEGIN; SELECT count(*) FROM tracks").unwrap();
    let root = writer.folders().unwrap()[0].id;
    analyse(&mut writer, root, Path::new("/music/late.flac"), 9);
    let began = std::time::Instant::now();
    writer.settle().unwrap();
    drop(writer);
    assert!(began.elapsed().as_secs() < 5, "nobody is waited for");
    assert_eq!(busy.track_count().unwrap(), 3, "what it reads is left to it");
    Store::settle_closed(&path);
    assert_eq!(busy.track_count().unwrap(), 3);

    drop((idle, busy));
    Store::settle_closed(&path);
    assert_eq!(tracks_in_a_copy(&path), 4);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[cfg(unix)]
#[test]
fn the_log_of_a_linked_library_lies_beside_what_the_link_names() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("library.db"), folder.path().join("link"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let (writer, reader) = (library(&link, 2), Store::open_read_only(&link).unwrap());
    assert_eq!(reader.track_count().unwrap(), 2);
    drop(writer);
    drop(reader);
    Store::settle_closed(&link);
    assert_eq!(tracks_in_a_copy(&path), 2);
}
