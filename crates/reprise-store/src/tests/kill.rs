//! A process that dies while writing leaves an intact library of whole files. The dying process is this test program
//! itself, started again for one of its tests.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::Error;
use crate::table::{features, recordings};

/// Passes the library to the child. Without it the child's tests do nothing.
const LIBRARY: &str = "REPRISE_STORE_TEST_LIBRARY";

fn start_child(test: &str, library: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("tests::kill::{test}"), "--ignored"])
        .env(LIBRARY, library)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn child_library() -> Option<(Store, FolderId)> {
    let mut store = Store::open(Path::new(&std::env::var_os(LIBRARY)?)).unwrap();
    let folder = store.add_folder(Path::new("/music"), NOW_S).unwrap();
    Some((store, folder))
}

fn commit_one(store: &mut Store, folder: FolderId, n: u32) {
    analyse(store, folder, Path::new(&format!("/music/{n}.flac")), n);
}

fn count(store: &Store, sql: &str) -> u32 {
    store.connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn assert_sound_and_whole(store: &Store) {
    let verdict: String = store.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "a killed writer must not damage the library");
    let n_tracks = store.track_count().unwrap() as u32;
    assert_eq!(count(store, "SELECT count(*) FROM recordings"), n_tracks, "no recording without its track");
    assert_eq!(count(store, "SELECT count(*) FROM features"), 2 * n_tracks, "no track without its features");
    for track in store.tracks().unwrap().iter().take(50) {
        let payload = track.payload.unwrap();
        let n = u32::from_be_bytes(std::array::from_fn(|i| payload.0[i]));
        for kind in ["crema", "chroma"] {
            let stored = store.features(&payload, kind, "1").unwrap().unwrap();
            assert_eq!(stored, frames(n), "every feature of a committed file must be whole");
        }
    }
}

#[test]
#[ignore = "the child of a_writer_killed_at_any_moment_leaves_whole_files"]
fn child_commits_until_killed() {
    if let Some((mut store, folder)) = child_library() {
        (0..u32::MAX).for_each(|n| commit_one(&mut store, folder, n));
    }
}

#[test]
#[ignore = "the child of a_writer_that_dies_within_a_transaction_leaves_nothing_of_it"]
fn child_aborts_within_a_transaction() {
    let Some((mut store, folder)) = child_library() else { return };
    (0..3).for_each(|n| commit_one(&mut store, folder, n));
    // With so small a cache, SQLite writes pages of the open transaction to the log.
    store.connection.pragma_update(None, "cache_size", 1).unwrap();
    let transaction = store.connection.transaction().unwrap();
    for n in 3..200 {
        let recording = recordings::put(&transaction, &sound(n)).unwrap();
        let one = Features { kind: "crema", version: "1", frames: &frames(n) };
        features::put(&transaction, recording, &one).unwrap();
    }
    std::process::abort();
}

#[test]
fn a_writer_killed_at_any_moment_leaves_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let mut n_before = 0;
    for round in 0..4u32 {
        let mut child = start_child("child_commits_until_killed", &path);
        wait_for_tracks(&path, n_before.max(20));
        std::thread::sleep(Duration::from_millis(u64::from(7 * round)));
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 2 == 0 {
            // As a reader does when it is closed.
            Store::settle_closed(&path);
        }
        let store = Store::open(&path).unwrap();
        assert_sound_and_whole(&store);
        let n_now = store.track_count().unwrap();
        assert!(n_now >= n_before, "what was committed stays: {n_before} tracks became {n_now}");
        n_before = n_now;
    }
}

/// Waits as a reader, while the child writes.
fn wait_for_tracks(path: &Path, n_tracks: u64) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        let count = Store::open_read_only(path).and_then(|store| store.track_count());
        match count {
            Ok(count) if count >= n_tracks => return,
            Ok(_) | Err(Error::Unopenable { .. } | Error::Empty { .. } | Error::Busy) => {}
            Err(error) => panic!("a reader must get along with a writer: {error}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the child committed fewer than {n_tracks} tracks in a minute");
}

#[test]
fn a_writer_that_dies_within_a_transaction_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let status = start_child("child_aborts_within_a_transaction", &path).wait().unwrap();
    assert!(!status.success(), "the child was to die");
    let store = Store::open(&path).unwrap();
    assert_sound_and_whole(&store);
    assert_eq!(store.track_count().unwrap(), 3, "what was committed before stays");
}
