//! Steps that are not done, and undos that are not possible, each with its reason.

use std::os::unix::fs::symlink;

use super::*;

/// Begins a run of one move after `change` was made to the file, which must then be as it was after that.
fn left(change: impl FnOnce(&Path, &Path)) -> String {
    let place = Place::new();
    let root = place.root();
    let (file, keeper) = (place.write("a/loser.mp3"), place.write("keeper.flac"));
    let other = place.write("b/loser.mp3");
    let steps = [move_step(&root, &file, &keeper), move_step(&root, &other, &keeper)];
    change(&file, &keeper);
    let before = snapshot(&root);
    let runs = place.runs();
    let report = runs.start(&steps[..1], NOW_S, &agree, &mut go_on).unwrap();
    let why = only_reason(&report);
    assert_eq!(united(&runs, &report.run, &root), before, "nothing was done: {why}");
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
    why
}

#[test]
fn a_file_that_was_replaced_is_left_alone() {
    let why = left(|file, _| write_dated(file, b"another song", 5));
    assert!(why.ends_with("a/loser.mp3 has changed since this was planned"), "{why}");
    let why = left(|file, _| {
        let time = fs::metadata(file).unwrap().modified().unwrap() + Duration::from_nanos(1);
        File::open(file).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
    });
    assert!(why.contains("has changed"), "one nanosecond is enough: {why}");
}

#[test]
fn a_file_that_is_gone_or_is_no_file_is_left_alone() {
    let why = left(|file, _| fs::remove_file(file).unwrap());
    assert!(why.ends_with("is not there any more"), "{why}");
    let why = left(|file, keeper| {
        fs::remove_file(file).unwrap();
        symlink(keeper, file).unwrap();
    });
    assert!(why.ends_with("is a symbolic link, not a file of its own"), "{why}");
    let why = left(|file, _| {
        fs::remove_file(file).unwrap();
        fs::create_dir(file).unwrap();
    });
    assert!(why.ends_with("is not a regular file"), "{why}");
}

#[test]
fn one_file_with_two_names_is_not_two_copies() {
    let why = left(|file, keeper| {
        fs::remove_file(keeper).unwrap();
        fs::hard_link(file, keeper).unwrap();
    });
    assert!(why.ends_with("are one file with two names"), "{why}");
}

#[test]
fn a_keeper_must_be_there_and_a_file_of_its_own() {
    let why = left(|_, keeper| fs::remove_file(keeper).unwrap());
    assert!(why.ends_with("keeper.flac, which is to stay, is not there"), "{why}");
    // A symbolic link would lead nowhere once the file has gone.
    let why = left(|file, keeper| {
        fs::remove_file(keeper).unwrap();
        symlink(file, keeper).unwrap();
    });
    assert!(why.ends_with("which is to stay, is not a regular file"), "{why}");
}

#[test]
fn two_paths_to_one_file_are_not_two_copies() {
    let place = Place::new();
    let root = place.root();
    let file = place.write("a/song.mp3");
    symlink(root.join("a"), root.join("b")).unwrap();
    let runs = place.runs();
    let report = runs.begin(&[move_step(&root, &file, &root.join("b/song.mp3"))]);
    assert!(only_reason(&report).ends_with("are one file with two names"));
    assert!(file.exists());
}

#[test]
fn what_the_caller_objects_to_is_left_alone_and_the_rest_is_done() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files = ["x.mp3", "y.mp3", "z.mp3"].map(|name| place.write(name));
    let before = snapshot(&root);
    let steps = files.each_ref().map(|file| move_step(&root, file, &keeper));
    let object = |step: &Step| match step.file().ends_with("y.mp3") {
        true => Err(String::from("its audio is not that of the keeper any more")),
        false => Ok(()),
    };
    let report = runs.start(&steps, NOW_S, &object, &mut go_on).unwrap();
    assert_eq!(only_reason(&report), "its audio is not that of the keeper any more");
    assert_eq!(files.map(|file| file.exists()), [false, true, false]);
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_file_that_changes_while_the_caller_checks_it_is_left_alone() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    let list = place.write("x.m3u");
    let steps = [move_step(&root, &file, &keeper), rewrite_step(&root, &list, b"keeper.flac\n")];
    let change = |step: &Step| {
        write_dated(step.file(), b"someone was faster", 3);
        Ok(())
    };
    let report = runs.start(&steps, NOW_S, &change, &mut go_on).unwrap();
    assert_eq!(report.left().count(), 2);
    assert_eq!(fs::read(&list).unwrap(), b"someone was faster");
    assert_eq!(runs.contents(&report.run).unwrap(), [], "nothing of it is in the quarantine");
    let before = snapshot(&root);
    runs.undo_whole(&report.run);
    let after = snapshot(&root);
    assert!(after.iter().all(|(path, look)| before[path] == *look) && after.contains_key(&file));
}

#[test]
fn a_playlist_that_was_edited_is_not_rewritten() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let list = place.write("x.m3u");
    let step = rewrite_step(&root, &list, b"new");
    let (length, time) =
        (fs::metadata(&list).unwrap().len(), fs::metadata(&list).unwrap().modified().unwrap());
    // The same length and time, and other bytes.
    fs::write(&list, vec![b'#'; length as usize]).unwrap();
    File::open(&list).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
    let report = runs.begin(&[step]);
    assert!(only_reason(&report).contains("has changed"));
    assert_eq!(fs::read(&list).unwrap(), vec![b'#'; length as usize]);
}

#[test]
fn a_playlist_with_several_names_is_not_rewritten() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let list = place.write("x.m3u");
    fs::hard_link(&list, root.join("y.m3u")).unwrap();
    let before = snapshot(&root);
    let report = runs.begin(&[rewrite_step(&root, &list, b"new")]);
    assert!(only_reason(&report).contains("has other names"), "{report:?}");
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_new_file_replaces_nothing() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let taken = place.write("lists/rekordbox.xml");
    let bytes = fs::read(&taken).unwrap();
    let before = snapshot(&root);
    // Also where the bytes are the same: an undo must not remove what was there before.
    for new in [b"<DJ_PLAYLISTS/>".as_slice(), &bytes] {
        let report = runs.begin(&[create_step(&taken, new)]);
        assert!(only_reason(&report).starts_with("there is something else at"));
        runs.undo_whole(&report.run);
        assert_eq!(snapshot(&root), before);
    }
}

#[test]
fn an_undo_replaces_nothing_and_can_be_repeated_when_the_place_is_free() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files = ["x.mp3", "y.mp3"].map(|name| place.write(name));
    let before = snapshot(&root);
    let run = runs.begin(&files.each_ref().map(|file| move_step(&root, file, &keeper))).run;
    write_dated(&files[0], b"a new song of the same name", 9);
    let report = runs.undo(&run, &mut go_on).unwrap();
    let why = only_reason(&report);
    assert!(why.contains("so the one from there stays in the quarantine as"), "{why}");
    assert_eq!(fs::read(&files[0]).unwrap(), b"a new song of the same name");
    assert!(files[1].exists(), "the rest is restored");
    assert_eq!(runs.only_run().unwrap().stage, Stage::PartlyUndone);
    assert_eq!(runs.contents(&run).unwrap().len(), 1);
    fs::remove_file(&files[0]).unwrap();
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn what_was_changed_after_it_was_written_is_kept() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let (list, xml) = (place.write("x.m3u"), root.join("new.xml"));
    let run = runs.begin(&[rewrite_step(&root, &list, b"new"), create_step(&xml, b"<xml/>")]).run;
    fs::write(&list, b"new and edited").unwrap();
    fs::write(&xml, b"<xml>edited</xml>").unwrap();
    let report = runs.undo(&run, &mut go_on).unwrap();
    assert_eq!(report.left().count(), 2);
    assert_eq!(fs::read(&list).unwrap(), b"new and edited");
    assert_eq!(fs::read(&xml).unwrap(), b"<xml>edited</xml>");
    assert_eq!(runs.contents(&run).unwrap().len(), 1, "the old playlist is still there");
    fs::write(&list, b"new").unwrap();
    fs::remove_file(&xml).unwrap();
    runs.undo_whole(&run);
    assert_eq!(fs::read(&list).unwrap(), b"x.m3ux.m3ux.m3u");
}
