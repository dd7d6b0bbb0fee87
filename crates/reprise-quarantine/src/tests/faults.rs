//! Each operation on the disk fails once, with the errors that disks have.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::crash::{Volumes, answer};
use super::*;
use crate::disk::{Disk, Operation};

fn steps(place: &Place) -> Vec<Step> {
    let root = place.root();
    let keeper = place.write("masters/keeper.flac");
    let files = ["a/x.mp3", "b/y.mp3"].map(|name| place.write(name));
    let mut steps: Vec<Step> = files.iter().map(|file| move_step(&root, file, &keeper)).collect();
    steps.push(rewrite_step(&root, &place.write("party.m3u8"), b"masters/keeper.flac\n"));
    steps.push(create_step(&root.join("new.xml"), b"<xml/>"));
    steps
}

/// A disk whose operation number `at` fails, and all later ones if it is broken for good.
fn faulty(at: usize, is_broken: bool, kind: ErrorKind, volumes: Volumes) -> Disk {
    let n = AtomicUsize::new(0);
    Disk::with_hook(move |operation, path| {
        let now = n.fetch_add(1, Ordering::Relaxed);
        let fails = now == at || (is_broken && now > at);
        if fails { Err(kind.into()) } else { answer(volumes, operation, path) }
    })
}

/// After any failure: nothing is lost, an undo on a disk that works restores everything, and a finish does the rest.
fn fail_at_each_operation(is_broken: bool, kind: ErrorKind, volumes: Volumes) {
    for at in 0..500 {
        let place = Place::new();
        let steps = steps(&place);
        let before = snapshot(&place.root());
        let runs = Runs::on_disk(place.data(), faulty(at, is_broken, kind, volumes), 2);
        let outcome = runs.start(&steps, NOW_S, &agree, &mut go_on);
        let context = format!("failed at {at} for good: {is_broken}, {kind}, {volumes:?}: {outcome:?}");
        let runs = Runs::on_disk(place.data(), Disk::with_hook(move |is, path| answer(volumes, is, path)), 2);
        if let Some(state) = runs.only_run() {
            let now = united(&runs, &state.run, &place.root());
            for (path, look) in &before {
                assert_eq!(now.get(path), Some(look), "{}, {context}", path.display());
            }
            if !is_broken {
                assert_nothing_half_done(&runs, &outcome, &state.run, &context);
            }
            if at % 2 == 0 && state.stage == Stage::Unfinished {
                runs.finish(&state.run, &agree, &mut go_on).unwrap();
            }
            runs.undo_whole(&state.run);
        }
        assert_eq!(snapshot(&place.root()), before, "{context}");
        let is_clean = |report: &Report| report.left().next().is_none();
        if outcome.as_ref().is_ok_and(is_clean) {
            assert!(at > 30, "{at} operations: not all are counted");
            return;
        }
    }
    panic!("a disk without a fault must do everything");
}

/// After a single failure in a run that went on: of a step that was left alone, nothing is in the quarantine.
fn assert_nothing_half_done(runs: &Runs, outcome: &Result<Report, Error>, run: &RunId, context: &str) {
    let Ok(report) = outcome else { return };
    let kept: Vec<usize> = runs.contents(run).unwrap().iter().map(|kept| kept.step).collect();
    assert!(report.left().all(|told| !kept.contains(&told.step)), "{kept:?}, {context}");
    for told in &report.told {
        let beside = told.file.with_file_name(format!(".reprise-{run}-{}.part", told.step));
        assert!(!beside.exists(), "{context}");
    }
}

#[test]
fn a_disk_that_is_full_at_any_moment_loses_nothing() {
    for volumes in [Volumes::One, Volumes::Two] {
        fail_at_each_operation(false, ErrorKind::StorageFull, volumes);
        fail_at_each_operation(true, ErrorKind::StorageFull, volumes);
    }
}

#[test]
fn a_disk_that_fails_at_any_moment_loses_nothing() {
    // As EIO is.
    for volumes in [Volumes::One, Volumes::Two] {
        fail_at_each_operation(false, ErrorKind::Other, volumes);
        fail_at_each_operation(true, ErrorKind::Other, volumes);
        fail_at_each_operation(false, ErrorKind::PermissionDenied, volumes);
    }
}

#[test]
fn a_full_disk_during_an_undo_leaves_the_rest_undoable() {
    for at in 0..40 {
        let place = Place::new();
        let steps = steps(&place);
        let before = snapshot(&place.root());
        let run = place.runs().begin(&steps).run;
        let disk = faulty(at, true, ErrorKind::StorageFull, Volumes::Two);
        let _ = Runs::on_disk(place.data(), disk, 2).undo(&run, &mut go_on);
        place.runs().undo_whole(&run);
        assert_eq!(snapshot(&place.root()), before, "full from {at} on");
    }
}

#[test]
fn files_in_a_folder_that_is_closed_are_left_and_the_others_go() {
    let place = Place::new();
    let steps = steps(&place);
    let before = snapshot(&place.root());
    let closed = place.root().join("a");
    for (volumes, refused) in [(Volumes::One, Operation::Rename), (Volumes::Two, Operation::RemoveFile)] {
        let closed = closed.clone();
        let disk = Disk::with_hook(move |operation, path| {
            let is_closed = operation == refused && path.parent() == Some(closed.as_path());
            if is_closed { Err(ErrorKind::PermissionDenied.into()) } else { answer(volumes, operation, path) }
        });
        let runs = Runs::on_disk(place.data(), disk, 2);
        let report = runs.begin(&steps);
        let why = only_reason(&report);
        assert!(why.contains("a/x.mp3 could not be"), "{why}");
        assert_eq!(runs.contents(&report.run).unwrap().len(), 2, "no copy of it stays in the quarantine");
        runs.undo_whole(&report.run);
        assert_eq!(snapshot(&place.root()), before);
        runs.forget(&report.run).unwrap();
    }
}

#[test]
fn a_keeper_that_disappears_with_the_file_brings_it_back() {
    let place = Place::new();
    let (root, keeper) = (place.root(), place.write("keeper.flac"));
    let file = place.write("x.mp3");
    let before = snapshot(&root);
    let step = move_step(&root, &file, &keeper);
    // As if both paths led to one file without the system knowing: when one is renamed, the other is gone.
    let (away, from) = (root.join("away"), keeper.clone());
    let is_done = std::sync::atomic::AtomicBool::new(false);
    let disk = Disk::with_hook(move |operation, _| {
        if operation == Operation::Rename && fs::exists(&from)? && !is_done.swap(true, Ordering::Relaxed) {
            // The first rename is that of the journal.
            return Ok(());
        }
        if operation == Operation::Rename && fs::exists(&from)? { fs::rename(&from, &away) } else { Ok(()) }
    });
    let runs = Runs::on_disk(place.data(), disk, 2);
    let report = runs.begin(&[step]);
    assert!(only_reason(&report).ends_with("keeper.flac, which is to stay, is not there"), "{report:?}");
    assert!(file.exists());
    fs::rename(root.join("away"), &keeper).unwrap();
    place.runs().undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_file_that_is_replaced_in_the_moment_of_the_rename_is_brought_back() {
    let place = Place::new();
    let (root, keeper) = (place.root(), place.write("keeper.flac"));
    let file = place.write("x.mp3");
    let step = move_step(&root, &file, &keeper);
    let target = file.clone();
    let disk = Disk::with_hook(move |operation, from| {
        if operation == Operation::Rename && from == target {
            write_dated(&target, b"somebody was faster", 2);
        }
        Ok::<(), io::Error>(())
    });
    let report = Runs::on_disk(place.data(), disk, 2).begin(&[step]);
    assert!(only_reason(&report).ends_with("x.mp3 has changed since this was planned"), "{report:?}");
    assert_eq!(fs::read(&file).unwrap(), b"somebody was faster");
}

#[test]
fn a_playlist_that_is_written_in_the_moment_of_the_rewrite_keeps_what_was_written() {
    let place = Place::new();
    let (root, list) = (place.root(), place.write("x.m3u"));
    let step = rewrite_step(&root, &list, b"ours");
    let target = list.clone();
    let disk = Disk::with_hook(move |operation, from| {
        let is_new = from.extension().is_some_and(|end| end == "part") && from.parent() == target.parent();
        if operation == Operation::Replace && is_new {
            fs::write(&target, b"theirs")?;
        }
        Ok::<(), io::Error>(())
    });
    let report = Runs::on_disk(place.data(), disk, 2).begin(&[step]);
    assert!(only_reason(&report).ends_with("x.m3u has changed since this was planned"), "{report:?}");
    assert_eq!(fs::read(&list).unwrap(), b"theirs");
    place.runs().undo_whole(&report.run);
    assert_eq!(fs::read(&list).unwrap(), b"theirs");
}

#[test]
fn a_file_that_cannot_be_brought_back_is_said_to_be_in_the_quarantine() {
    let place = Place::new();
    let (root, keeper) = (place.root(), place.write("keeper.flac"));
    let (file, away) = (place.write("x.mp3"), place.root().join("away"));
    let before = snapshot(&root);
    let step = move_step(&root, &file, &keeper);
    let (target, from, to) = (file.clone(), keeper.clone(), away.clone());
    let disk = Disk::with_hook(move |operation, path| {
        let is_rename = operation == Operation::Rename && path.ends_with("x.mp3");
        if is_rename && path == target {
            // As if the keeper went with the file.
            fs::rename(&from, &to)?;
        } else if is_rename {
            // On the way back the place is taken.
            write_dated(&target, b"another song", 2);
        }
        Ok::<(), io::Error>(())
    });
    let report = Runs::on_disk(place.data(), disk, 2).begin(&[step]);
    let runs = place.runs();
    let kept = runs.contents(&report.run).unwrap().remove(0).kept;
    let why = only_reason(&report);
    assert!(why.contains("it could not be put back") && why.ends_with(kept.to_str().unwrap()), "{why}");
    let blocked = runs.undo(&report.run, &mut go_on).unwrap();
    assert!(only_reason(&blocked).contains("stays in the quarantine as"), "{blocked:?}");
    assert_eq!(fs::read(&file).unwrap(), b"another song");
    fs::remove_file(&file).unwrap();
    fs::rename(&away, &keeper).unwrap();
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn every_folder_of_many_is_synced_and_a_failure_in_any_of_them_stops_the_run() {
    for failing in [None, Some(0), Some(20), Some(39)] {
        let place = Place::new();
        let (root, keeper) = (place.root(), place.write("keeper.flac"));
        let files: Vec<PathBuf> = (0..40).map(|n| place.write(format!("{n}/x.mp3"))).collect();
        let before = snapshot(&root);
        let steps: Vec<Step> = files.iter().map(|file| move_step(&root, file, &keeper)).collect();
        let synced = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let (log, bad) = (synced.clone(), failing.map(|n: usize| root.join(n.to_string())));
        let disk = Disk::with_hook(move |operation, path| {
            if operation != Operation::SyncFolder {
                return Ok(());
            }
            log.lock().unwrap().push(path.to_path_buf());
            if bad.as_deref() == Some(path) { Err(ErrorKind::Other.into()) } else { Ok(()) }
        });
        let runs = Runs::on_disk(place.data(), disk, 64);
        let outcome = runs.start(&steps, NOW_S, &agree, &mut go_on);
        let state = runs.only_run().unwrap();
        if failing.is_some() {
            assert!(matches!(outcome, Err(Error::Io { action: "synced", .. })), "{outcome:?}");
            assert_eq!(state.stage, Stage::Unfinished);
        } else {
            let synced = synced.lock().unwrap();
            let position = |path: &Path| synced.iter().position(|one| one == path).unwrap();
            let kept = runs.contents(&state.run).unwrap();
            let last_gained = kept.iter().map(|kept| position(kept.kept.parent().unwrap())).max();
            let first_lost = files.iter().map(|file| position(file.parent().unwrap())).min();
            assert!(last_gained < first_lost, "new entries go first: {synced:?}");
        }
        place.runs().undo_whole(&state.run);
        assert_eq!(snapshot(&root), before);
    }
}
