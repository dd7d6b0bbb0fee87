//! The program dies before each of its operations on the disk, one after another: every boundary exactly once.
//!
//! A death is an unwinding that nothing in the crate catches. It leaves the same files as a kill, as nothing in the
//! crate changes files while values are dropped.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::disk::{Disk, Operation};

/// What the disk is like: one volume, or one from which no file can be renamed into the quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Volumes {
    One,
    Two,
}

/// Answers a rename, a replacement or a link as a disk with these volumes does. The path is the file that is to move.
pub(super) fn answer(volumes: Volumes, operation: Operation, from: &Path) -> io::Result<()> {
    let crosses = matches!(operation, Operation::Rename | Operation::Replace | Operation::Link);
    let is_incomplete = from.extension().is_some_and(|extension| extension == "part")
        || from.parent().is_some_and(|folder| folder.ends_with("partial"));
    match volumes == Volumes::Two && crosses && !is_incomplete {
        true => Err(io::ErrorKind::CrossesDevices.into()),
        false => Ok(()),
    }
}

/// The program is dead.
struct Death;

/// A disk on which the program dies before operation number `at`. The counter says how many there were.
fn deadly(at: usize, volumes: Volumes) -> (Disk, Arc<AtomicUsize>) {
    let n = Arc::new(AtomicUsize::new(0));
    let count = n.clone();
    let disk = Disk::with_hook(move |operation, path| {
        if count.fetch_add(1, Ordering::Relaxed) == at {
            resume_unwind(Box::new(Death));
        }
        answer(volumes, operation, path)
    });
    (disk, n)
}

fn healthy(place: &Place, volumes: Volumes) -> Runs {
    let disk = Disk::with_hook(move |operation, path| answer(volumes, operation, path));
    Runs::on_disk(place.data(), disk, 2)
}

/// Does something with runs that die before operation number `at`. Whether they lived.
fn lives(place: &Place, at: usize, volumes: Volumes, act: impl FnOnce(&Runs)) -> bool {
    let runs = Runs::on_disk(place.data(), deadly(at, volumes).0, 2);
    match catch_unwind(AssertUnwindSafe(|| act(&runs))) {
        Ok(()) => true,
        Err(death) if death.is::<Death>() => false,
        Err(panic) => resume_unwind(panic),
    }
}

/// Every kind of step, in batches of two.
fn steps(place: &Place, n_moves: usize) -> Vec<Step> {
    let root = place.root();
    let keeper = place.write("masters/keeper.flac");
    let mut steps: Vec<Step> =
        (0..n_moves).map(|n| move_step(&root, &place.write(format!("{}/{n}.mp3", n % 2)), &keeper)).collect();
    steps.push(rewrite_step(&root, &place.write("party.m3u8"), b"masters/keeper.flac\n"));
    steps.push(create_step(&root.join("new.xml"), b"<xml/>"));
    steps
}

/// What must be at all times: each file of the snapshot is at its place or in the quarantine, with its bytes.
fn assert_nothing_is_lost(place: &Place, before: &Snapshot, context: &str) {
    let runs = place.runs();
    let now = match runs.only_run() {
        Some(state) => united(&runs, &state.run, &place.root()),
        None => snapshot(&place.root()),
    };
    for (path, look) in before {
        let found = now.get(path);
        assert_eq!(found, Some(look), "{}, {context}", path.display());
    }
}

fn assert_undone(place: &Place, volumes: Volumes, before: &Snapshot, context: &str) {
    let runs = healthy(place, volumes);
    if let Some(state) = runs.only_run() {
        runs.undo_whole(&state.run);
    }
    assert_eq!(&snapshot(&place.root()), before, "{context}");
}

/// The tree after a run without faults, on paper: the new bytes are there, and the files that moved are not.
fn assert_finished(place: &Place, n_moves: usize, context: &str) {
    let root = place.root();
    assert_eq!(fs::read(root.join("party.m3u8")).unwrap(), b"masters/keeper.flac\n", "{context}");
    assert_eq!(fs::read(root.join("new.xml")).unwrap(), b"<xml/>", "{context}");
    for n in 0..n_moves {
        assert!(!root.join(format!("{}/{n}.mp3", n % 2)).exists(), "{context}");
    }
    let leftovers = snapshot(&root).into_keys().filter(|path| {
        path.extension().is_some_and(|extension| extension == "part")
            || path.parent().is_some_and(|folder| folder.ends_with("partial"))
    });
    assert_eq!(leftovers.collect::<Vec<_>>(), Vec::<PathBuf>::new(), "{context}");
}

/// Dies at each operation of a run, then finishes or undoes it.
fn die_at_each_operation_of_a_run(volumes: Volumes) -> usize {
    const N_MOVES: usize = 3;
    for at in 0.. {
        let mut is_alive = false;
        for is_finished in [true, false] {
            let context = format!("died at {at}, {volumes:?}, finished: {is_finished}");
            let place = Place::new();
            let steps = steps(&place, N_MOVES);
            let before = snapshot(&place.root());
            is_alive = lives(&place, at, volumes, |runs| drop(runs.begin(&steps)));
            assert_nothing_is_lost(&place, &before, &context);
            let runs = healthy(&place, volumes);
            if let Some(state) = runs.only_run().filter(|_| is_finished) {
                let report = runs.finish(&state.run, &agree, &mut go_on).unwrap();
                assert!(report.left().next().is_none(), "{report:?}, {context}");
                assert_finished(&place, N_MOVES, &context);
                assert_nothing_is_lost(&place, &before, &context);
            }
            assert_undone(&place, volumes, &before, &context);
        }
        if is_alive {
            return at;
        }
    }
    0
}

#[test]
fn a_run_that_dies_anywhere_can_be_finished_and_undone() {
    let n = die_at_each_operation_of_a_run(Volumes::One);
    assert!(n > 40, "{n} operations: not all are counted");
}

#[test]
fn a_run_across_volumes_that_dies_anywhere_can_be_finished_and_undone() {
    let n = die_at_each_operation_of_a_run(Volumes::Two);
    assert!(n > 70, "{n} operations: not all are counted");
}

/// Dies at each operation of a second act, after a first one that died at one of its own.
fn die_twice(volumes: Volumes, second: impl Fn(&Runs, &RunId)) {
    let mut n_seconds = 0;
    for first_at in 0.. {
        let mut is_first_alive = false;
        for second_at in 0.. {
            let context = format!("died at {first_at} and {second_at}, {volumes:?}");
            let place = Place::new();
            let steps = steps(&place, 1);
            let before = snapshot(&place.root());
            is_first_alive = lives(&place, first_at, volumes, |runs| drop(runs.begin(&steps)));
            let run = place.runs().only_run().map(|state| state.run);
            let is_alive = run.is_none_or(|run| lives(&place, second_at, volumes, |runs| second(runs, &run)));
            assert_nothing_is_lost(&place, &before, &context);
            assert_undone(&place, volumes, &before, &context);
            n_seconds += 1;
            if is_alive {
                break;
            }
        }
        if is_first_alive {
            break;
        }
    }
    assert!(n_seconds > 500, "{n_seconds} deaths: not all are tried");
}

#[test]
fn an_undo_that_dies_anywhere_can_be_undone_again() {
    die_twice(Volumes::One, |runs, run| drop(runs.undo_whole(run)));
}

#[test]
fn an_undo_across_volumes_that_dies_anywhere_can_be_undone_again() {
    die_twice(Volumes::Two, |runs, run| drop(runs.undo_whole(run)));
}

#[test]
fn a_finish_that_dies_anywhere_can_be_undone() {
    die_twice(Volumes::One, |runs, run| drop(runs.finish(run, &agree, &mut go_on).unwrap()));
}

#[test]
fn a_finish_across_volumes_that_dies_anywhere_can_be_undone() {
    die_twice(Volumes::Two, |runs, run| drop(runs.finish(run, &agree, &mut go_on).unwrap()));
}

#[test]
fn an_emptying_that_dies_anywhere_can_be_continued_or_undone_for_the_rest() {
    for at in 0.. {
        let mut is_alive = false;
        for is_continued in [true, false] {
            let place = Place::new();
            let steps = steps(&place, 3);
            let before = snapshot(&place.root());
            let runs = place.runs();
            let run = runs.begin(&steps).run;
            is_alive = lives(&place, at, Volumes::One, |runs| {
                runs.empty(&run, &agree, &mut go_on).unwrap();
            });
            let kept = runs.contents(&run).unwrap();
            // The last thing that it waits for comes after its last line.
            let is_emptied = runs.only_run().unwrap().stage == Stage::Emptied;
            if is_continued || is_emptied {
                runs.empty(&run, &agree, &mut go_on).unwrap();
                assert_eq!(runs.only_run().unwrap().stage, Stage::Emptied, "died at {at}");
                assert!(!place.root().join(".reprise-quarantine").exists(), "died at {at}");
            } else {
                runs.undo(&run, &mut go_on).unwrap();
                for kept in kept {
                    assert_eq!(look(&kept.file), before[&kept.file], "died at {at}");
                }
            }
            assert!(place.root().join("masters/keeper.flac").exists());
        }
        if is_alive {
            assert!(at > 15, "{at} operations: not all are counted");
            break;
        }
    }
}

#[test]
fn the_line_that_announces_a_step_is_on_the_drive_before_it_and_copies_before_their_source_goes() {
    for volumes in [Volumes::One, Volumes::Two] {
        let place = Place::new();
        let steps = steps(&place, 3);
        let log = Arc::new(std::sync::Mutex::new(Vec::new()));
        let kept = log.clone();
        let disk = Disk::with_hook(move |operation, path| {
            kept.lock().unwrap().push((operation, path.to_path_buf()));
            answer(volumes, operation, path)
        });
        Runs::on_disk(place.data(), disk, 2).begin(&steps);
        let log = log.lock().unwrap();
        let position = |wanted: &dyn Fn(&Operation, &Path) -> bool| {
            log.iter().position(|(operation, path)| wanted(operation, path)).unwrap()
        };
        let is_journal = |path: &Path| path.extension().is_some_and(|end| end == "journal");
        let synced = position(&|operation, path| *operation == Operation::SyncFile && is_journal(path));
        let moved = position(&|operation, path| *operation == Operation::Rename && path.ends_with("0/0.mp3"));
        assert!(synced < moved, "{log:?}");
        let is_moved = |path: &Path| steps.iter().take(3).any(|step| step.file() == path);
        let writes = [Operation::Write, Operation::SetMetadata, Operation::Replace, Operation::Link];
        let written = log.iter().find(|(operation, path)| writes.contains(operation) && is_moved(path));
        assert_eq!(written, None, "audio files are never written");
        if volumes == Volumes::Two {
            let at = |wanted, end: &str| position(&|is, path| *is == wanted && path.ends_with(end));
            let order = [
                at(Operation::SyncFile, "partial/0"),
                at(Operation::Rename, "partial/0"),
                at(Operation::SyncFolder, "files/0"),
                at(Operation::RemoveFile, "0/0.mp3"),
                at(Operation::SyncFolder, "music/0"),
            ];
            assert!(order.is_sorted(), "{order:?}: {log:?}");
        }
    }
}
