//! The folder of the quarantine, and its emptying.

use super::*;

/// A finished run of two moves and a rewrite.
fn finished(place: &Place) -> (Runs, RunId) {
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files = ["a/x.mp3", "y.mp3"].map(|name| place.write(name));
    let mut steps = files.map(|file| move_step(&root, &file, &keeper)).to_vec();
    steps.push(rewrite_step(&root, &place.write("x.m3u"), b"keeper.flac\n"));
    let run = runs.begin(&steps).run;
    (runs, run)
}

#[test]
fn a_quarantine_is_known_by_its_name_and_its_marker() {
    let place = Place::new();
    let (_, run) = finished(&place);
    let folder = place.root().join(".reprise-quarantine");
    assert!(is_quarantine(&folder));
    assert!(is_quarantine(&folder.join(".")), "also when it is written differently");
    assert!(!is_quarantine(&place.root()) && !is_quarantine(&folder.join("README.txt")));
    assert!(!is_quarantine(&folder.join(format!("2026-08-01T12-30-00Z-{run}"))));
    std::os::unix::fs::symlink(&folder, place.root().join("link")).unwrap();
    assert!(is_quarantine(&place.root().join("link")), "whatever name leads to it");
    fs::rename(&folder, place.root().join("renamed")).unwrap();
    assert!(!is_quarantine(&place.root().join("renamed")), "a folder of another name is the user's");
    fs::create_dir(&folder).unwrap();
    assert!(!is_quarantine(&folder), "so is one without the marker");
}

#[test]
fn a_quarantine_that_was_being_made_is_completed() {
    for names in [vec![], vec!["reprise-quarantine.json"], vec!["README.txt"]] {
        let place = Place::new();
        let folder = place.root().join(".reprise-quarantine");
        fs::create_dir(&folder).unwrap();
        names.iter().for_each(|name| fs::write(folder.join(name), b"").unwrap());
        let (runs, run) = finished(&place);
        assert!(is_quarantine(&folder) && folder.join("README.txt").is_file());
        runs.undo_whole(&run);
        assert!(!folder.exists());
    }
}

#[test]
fn the_contents_are_what_an_emptying_removes() {
    let place = Place::new();
    let root = place.root();
    let (runs, run) = finished(&place);
    let kept = runs.contents(&run).unwrap();
    let names: Vec<&Path> = kept.iter().map(|kept| kept.file.strip_prefix(&root).unwrap()).collect();
    assert_eq!(names, [Path::new("a/x.mp3"), Path::new("y.mp3"), Path::new("x.m3u")]);
    assert_eq!(kept.iter().map(|kept| kept.size_bytes).collect::<Vec<_>>(), [21, 15, 15]);
    let mut bytes = 0;
    let mut count = |progress: Progress| {
        bytes = progress.bytes;
        ControlFlow::Continue(())
    };
    let report = runs.empty(&run, &agree, &mut count).unwrap();
    assert!(report.told.iter().all(|told| told.outcome == Outcome::Removed) && bytes > 0);
    assert!(!root.join(".reprise-quarantine").exists());
    assert_eq!(fs::read(root.join("x.m3u")).unwrap(), b"keeper.flac\n", "only the quarantine is emptied");
    assert_eq!((runs.contents(&run).unwrap(), runs.only_run().unwrap().stage), (vec![], Stage::Emptied));
    assert!(runs.empty(&run, &agree, &mut go_on).unwrap().told.is_empty());
    let undo = runs.undo(&run, &mut go_on);
    assert!(matches!(undo, Err(Error::WrongStage { .. })), "{undo:?}");
}

#[test]
fn only_a_run_that_was_finished_can_be_emptied() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let steps = ["x.mp3", "y.mp3"].map(|name| move_step(&root, &place.write(name), &keeper));
    let run = runs.start(&steps, NOW_S, &agree, &mut |_| ControlFlow::Break(())).unwrap().run;
    let empty = runs.empty(&run, &agree, &mut go_on).unwrap_err();
    assert!(empty.to_string().ends_with("finish it or undo it before its quarantine is emptied"));
    assert_eq!(runs.contents(&run).unwrap().len(), 1);
    runs.undo_whole(&run);
    let empty = runs.empty(&run, &agree, &mut go_on);
    assert!(matches!(empty, Err(Error::WrongStage { .. })), "{empty:?}");
}

#[test]
fn files_of_others_in_the_quarantine_are_left_and_said() {
    for is_undone in [true, false] {
        let place = Place::new();
        let root = place.root();
        let (runs, run) = finished(&place);
        let folder = root.join(format!(".reprise-quarantine/2026-08-01T12-30-00Z-{run}"));
        let strangers = ["files/a/.DS_Store", "notes.txt", "partial/x/y"].map(|name| folder.join(name));
        fs::create_dir(folder.join("partial/x")).unwrap();
        strangers.iter().for_each(|path| fs::write(path, b"mine").unwrap());
        let report = match is_undone {
            true => runs.undo(&run, &mut go_on).unwrap(),
            false => runs.empty(&run, &agree, &mut go_on).unwrap(),
        };
        assert_eq!(report.left().count(), 0);
        assert_eq!(report.strangers, strangers);
        assert!(strangers.iter().all(|path| fs::read(path).unwrap() == b"mine"));
        assert!(is_quarantine(&root.join(".reprise-quarantine")));
    }
}

#[test]
fn a_file_that_changed_in_the_quarantine_is_not_removed() {
    let place = Place::new();
    let (runs, run) = finished(&place);
    let kept = runs.contents(&run).unwrap().remove(0).kept;
    write_dated(&kept, b"put there by hand", 1);
    let report = runs.empty(&run, &agree, &mut go_on).unwrap();
    assert!(only_reason(&report).contains("is not what was moved there"), "{report:?}");
    assert_eq!(fs::read(&kept).unwrap(), b"put there by hand");
    assert_eq!(runs.only_run().unwrap().stage, Stage::PartlyEmptied);
    // What is left can still be put back, and what is gone is said.
    let report = runs.undo(&run, &mut go_on).unwrap();
    let left = report.left().map(|told| told.step).collect::<Vec<_>>();
    assert_eq!(left, [2, 1]);
    assert_eq!(fs::read(place.root().join("a/x.mp3")).unwrap(), b"put there by hand");
}

#[test]
fn what_the_caller_objects_to_is_not_removed() {
    let place = Place::new();
    let (runs, run) = finished(&place);
    let object = |step: &Step| match step {
        Step::Move { keeper, .. } if !keeper.exists() => Err(String::from("its keeper is gone")),
        _ => Ok(()),
    };
    fs::remove_file(place.root().join("keeper.flac")).unwrap();
    let report = runs.empty(&run, &object, &mut go_on).unwrap();
    assert_eq!(report.left().count(), 2);
    assert_eq!(runs.contents(&run).unwrap().len(), 2);
    place.write("keeper.flac");
    assert_eq!(runs.empty(&run, &object, &mut go_on).unwrap().left().count(), 0);
    assert_eq!(runs.only_run().unwrap().stage, Stage::Emptied);
}

#[test]
fn only_a_run_with_nothing_in_the_quarantine_can_be_forgotten() {
    let place = Place::new();
    let (runs, run) = finished(&place);
    let forget = runs.forget(&run);
    assert!(matches!(forget, Err(Error::WrongStage { .. })), "{forget:?}");
    runs.empty(&run, &agree, &mut go_on).unwrap();
    runs.forget(&run).unwrap();
    assert_eq!(fs::read_dir(place.data()).unwrap().count(), 1, "the lock stays");
}

#[test]
fn a_file_that_is_gone_from_the_quarantine_is_said_by_the_undo() {
    let place = Place::new();
    let (runs, run) = finished(&place);
    fs::remove_file(&runs.contents(&run).unwrap()[0].kept).unwrap();
    let report = runs.undo(&run, &mut go_on).unwrap();
    assert!(only_reason(&report).starts_with("the file is neither at"), "{report:?}");
    let report = runs.undo(&run, &mut go_on).unwrap();
    assert_eq!(report.told.len(), 1, "only that one is tried again");
}
