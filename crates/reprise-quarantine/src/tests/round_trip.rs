//! There and back.

use super::*;

/// Some moves, a rewrite and a new file.
fn steps(place: &Place) -> Vec<Step> {
    let root = place.root();
    let keeper = place.write("masters/song.flac");
    let mut steps: Vec<Step> = ["a/song.mp3", "a/b/song.mp3", "song.ogg"]
        .iter()
        .map(|file| move_step(&root, &place.write(file), &keeper))
        .collect();
    steps.push(rewrite_step(&root, &place.write("lists/party.m3u8"), b"masters/song.flac\r\n"));
    steps.push(create_step(&root.join("lists/rekordbox.xml"), b"<DJ_PLAYLISTS/>"));
    steps
}

#[test]
fn files_go_under_their_names_and_come_back_as_they_were() {
    let place = Place::new();
    let (steps, root, runs) = (steps(&place), place.root(), place.runs());
    let before = snapshot(&root);
    let report = runs.begin(&steps);
    assert!(!report.is_stopped && report.left().next().is_none(), "{report:?}");
    let folder = root.join(".reprise-quarantine").join(format!("2026-08-01T12-30-00Z-{}", report.run));
    for below in ["a/song.mp3", "a/b/song.mp3", "song.ogg", "lists/party.m3u8"] {
        assert_eq!(look(&folder.join("files").join(below)), before[&root.join(below)], "{below}");
    }
    assert!(!root.join("a/song.mp3").exists() && root.join("masters/song.flac").exists());
    assert_eq!(fs::read(root.join("lists/party.m3u8")).unwrap(), b"masters/song.flac\r\n");
    assert_eq!(fs::read(root.join("lists/rekordbox.xml")).unwrap(), b"<DJ_PLAYLISTS/>");
    let mode = |path: &Path| fs::metadata(path).unwrap().mode();
    assert_eq!(
        mode(&root.join("lists/party.m3u8")),
        mode(&folder.join("files/lists/party.m3u8")),
        "a rewritten file keeps its mode"
    );
    let mut after = before.clone();
    after.insert(root.join("lists/rekordbox.xml"), look(&root.join("lists/rekordbox.xml")));
    assert_eq!(united(&runs, &report.run, &root), after, "every byte is here or there");
    assert_eq!(runs.only_run().unwrap().stage, Stage::Finished);

    let undone = runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before, "and nothing of the quarantine is left");
    let words: Vec<&Outcome> = undone.told.iter().map(|told| &told.outcome).collect();
    let back = &Outcome::Restored;
    assert_eq!(words, [&Outcome::Removed, back, back, back, back], "the last step is undone first");
    assert_eq!(runs.only_run().unwrap().stage, Stage::Undone);
    assert!(runs.undo(&report.run, &mut go_on).unwrap().told.is_empty(), "undone twice is undone once");
}

#[test]
fn the_manifest_says_for_people_what_is_where() {
    let place = Place::new();
    let (steps, root, runs) = (steps(&place), place.root(), place.runs());
    let report = runs.begin(&steps);
    let folder = root.join(".reprise-quarantine").join(format!("2026-08-01T12-30-00Z-{}", report.run));
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert_eq!(files.len(), 4, "the new file is not in the quarantine");
    let first = &files[0];
    let kept = Path::new(first["kept"]["shown"].as_str().unwrap());
    assert_eq!(first["original"]["shown"], root.join("a/song.mp3").to_str().unwrap());
    assert_eq!(first["keeper"]["shown"], root.join("masters/song.flac").to_str().unwrap());
    assert_eq!(first["reason"], "The same recording with a lower bit rate.");
    assert_eq!(first["is_here"], true);
    let look = look(kept);
    assert_eq!(first["blake3"], look.0.to_hex().as_str());
    assert_eq!(first["mtime_ns"], look.1);
    assert_eq!(first["mode"], format!("{:04o}", look.2 & 0o7777));
    assert_eq!(manifest["begun"], "2026-08-01T12-30-00Z");
}

#[test]
fn missing_folders_are_made_again() {
    let place = Place::new();
    let (steps, root, runs) = (steps(&place), place.root(), place.runs());
    let before = snapshot(&root);
    let report = runs.begin(&steps);
    fs::remove_dir(root.join("a/b")).unwrap();
    fs::remove_dir(root.join("a")).unwrap();
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_run_that_is_stopped_can_be_finished_or_undone() {
    for is_finished in [true, false] {
        let place = Place::new();
        let (steps, root, runs) = (steps(&place), place.root(), place.runs());
        let before = snapshot(&root);
        let mut seen = Vec::new();
        let mut stop_at_two = |progress: Progress| {
            seen.push((progress.done, progress.total));
            if progress.done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let report = runs.start(&steps, NOW_S, &agree, &mut stop_at_two).unwrap();
        assert!(report.is_stopped && report.told.len() == 2);
        assert_eq!(seen, [(1, 5), (2, 5)]);
        assert!(!root.join("a/b/song.mp3").exists() && root.join("song.ogg").exists());
        let unfinished = runs.unfinished().unwrap().runs;
        assert_eq!((unfinished.len(), unfinished[0].stage), (1, Stage::Unfinished));
        if is_finished {
            let rest = runs.finish(&report.run, &agree, &mut go_on).unwrap();
            assert_eq!(rest.told.iter().map(|told| told.step).collect::<Vec<_>>(), [2, 3, 4]);
            assert!(!root.join("song.ogg").exists() && runs.unfinished().unwrap().runs.is_empty());
        }
        runs.undo_whole(&report.run);
        assert_eq!(snapshot(&root), before);
    }
}

#[test]
fn an_undo_that_is_stopped_can_be_continued_and_nothing_else() {
    let place = Place::new();
    let (steps, root, runs) = (steps(&place), place.root(), place.runs());
    let before = snapshot(&root);
    let run = runs.begin(&steps).run;
    assert!(runs.undo(&run, &mut |_| ControlFlow::Break(())).unwrap().is_stopped);
    assert_eq!(runs.unfinished().unwrap().runs[0].stage, Stage::Undoing);
    let finish = runs.finish(&run, &agree, &mut go_on);
    assert!(matches!(finish, Err(Error::WrongStage { .. })), "{finish:?}");
    let empty = runs.empty(&run, &agree, &mut go_on);
    assert!(matches!(empty, Err(Error::WrongStage { .. })), "{empty:?}");
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn progress_counts_bytes() {
    let place = Place::new();
    let steps = steps(&place);
    let mut last = None;
    place
        .runs()
        .start(&steps, NOW_S, &agree, &mut |progress| {
            last = Some(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
    let sizes = ["a/song.mp3", "a/b/song.mp3", "song.ogg"].map(|name| 3 * name.len() as u64);
    let written = b"masters/song.flac\r\n<DJ_PLAYLISTS/>".len() as u64;
    assert_eq!(last, Some(Progress { done: 5, total: 5, bytes: sizes.iter().sum::<u64>() + written }));
}

#[test]
fn a_step_for_each_of_several_roots_goes_into_the_quarantine_of_its_root() {
    let place = Place::new();
    let (one, two) = (place.root().join("one"), place.root().join("two"));
    let keeper = place.write("keeper.flac");
    let files = [place.write("one/x.mp3"), place.write("two/x.mp3")];
    let before = snapshot(&place.root());
    let steps = [move_step(&one, &files[0], &keeper), move_step(&two, &files[1], &keeper)];
    let runs = place.runs();
    let run = runs.begin(&steps).run;
    let kept = runs.contents(&run).unwrap();
    assert!(kept[0].kept.starts_with(one.join(".reprise-quarantine")));
    assert!(kept[1].kept.starts_with(two.join(".reprise-quarantine")));
    runs.undo_whole(&run);
    assert_eq!(snapshot(&place.root()), before);
}

#[test]
fn two_runs_can_be_undone_in_either_order() {
    for first in [0, 1] {
        let place = Place::new();
        let (root, runs) = (place.root(), place.runs());
        let keeper = place.write("keeper.flac");
        let files = [place.write("x.mp3"), place.write("y.mp3")];
        let before = snapshot(&root);
        let ids = files.map(|file| runs.begin(&[move_step(&root, &file, &keeper)]).run);
        assert_ne!(ids[0], ids[1], "also when both begin in the same second");
        runs.undo_whole(&ids[first]);
        assert!(is_quarantine(&root.join(".reprise-quarantine")), "the other run is still in it");
        runs.undo_whole(&ids[1 - first]);
        assert_eq!(snapshot(&root), before);
    }
}
