//! What a scan relies on: nothing is analysed twice, and nothing is lost.

use super::*;
use crate::{Decision, Error, FileVersion, NewProblem, Question, SameSound};

fn failure<'a>(path: &'a Path, n: u32) -> NewProblem<'a> {
    let file = Some(FileVersion { size_bytes: 1000 + u64::from(n), mtime_ns: i64::from(n) });
    NewProblem { path, kind: "undecodable", message: "holds no audio", is_warning: false, at_s: NOW_S, file }
}

#[test]
fn a_analysed_file_comes_back_with_everything_it_had() {
    let mut shelf = Shelf::new();
    let path = shelf.path("a.flac");
    let tags = Tags {
        title: Some("Greensleeves".into()),
        artist: Some("Anon".into()),
        album: Some("Airs".into()),
        album_artist: Some("Various".into()),
        genre: Some("Folk".into()),
        year: Some(-44),
        track_number: Some(3),
        compilation: true,
        recording_mbid: Some("r".into()),
        work_mbids: vec!["w1".into(), "w2".into()],
    };
    let (sound, frames) = (sound(1), frames(1));
    let features = [Features { kind: "crema", version: "crema-1", frames: &frames }];
    let warnings = [("cut-short", "ends early"), ("damaged", "two packets were skipped")];
    let id = [7; 16];
    let stamp = FileStamp { file_id: Some(&id), ..stamp(&path, 1) };
    let folder = shelf.folder;
    let analysed = AnalysedFile {
        folder,
        stamp,
        tags: &tags,
        sound: &sound,
        features: &features,
        waveform: &[],
        fingerprint: None,
        warnings: &warnings,
        at_s: NOW_S,
    };
    let id = shelf.store.commit_analysis(&analysed).unwrap();
    assert_eq!(shelf.store.commit_analysis(&analysed).unwrap(), id, "a track heard again keeps its row");

    let track = shelf.store.track(id).unwrap().unwrap();
    assert_eq!((&track.path, &track.tags, track.folder), (&path, &tags, folder));
    assert_eq!((track.payload, track.duration_s), (Some(payload(1)), Some(180.5)));
    let recording = shelf.store.recording(&payload(1)).unwrap().unwrap();
    assert_eq!((Some(recording.id), &recording.sound), (track.recording, &sound));
    assert_eq!(shelf.store.features(&payload(1), "crema", "crema-1").unwrap().unwrap(), frames);
    assert_eq!(shelf.store.features(&payload(1), "crema", "crema-2").unwrap(), None, "versions do not mix");
    let problems = shelf.store.problems().unwrap();
    assert_eq!(problems.len(), 2, "hearing again replaces the warnings");
    assert!(problems.iter().all(|problem| problem.is_warning && problem.track == Some(id)));
    let known = &shelf.store.files_under(&shelf.root).unwrap()[&path];
    assert_eq!((known.size_bytes, known.mtime_ns, known.file_id.as_deref()), (1001, 1, Some(&[7u8; 16][..])));
    assert_eq!(shelf.store.track_at(&path).unwrap().unwrap(), track);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_a_name_like_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let mut shelf = Shelf::new();
    let path = shelf.root.join(std::ffi::OsStr::from_bytes(b"caf\xe9.mp3"));
    let folder = shelf.folder;
    analyse(&mut shelf.store, folder, &path, 1);
    assert!(shelf.store.files_under(&shelf.root).unwrap().contains_key(&path));
    assert_eq!(shelf.store.track_at(&path).unwrap().unwrap().path, path);
}

#[test]
fn files_under_a_folder_are_told_from_those_of_its_namesakes() {
    let mut shelf = Shelf::new();
    for (n, name) in ["jazz/a.mp3", "jazz/x/b.mp3", "jazz 2/c.mp3", "jazzy.mp3"].iter().enumerate() {
        shelf.analyse(name, n as u32);
    }
    let mut under: Vec<_> = shelf.store.files_under(&shelf.path("jazz")).unwrap().into_keys().collect();
    under.sort();
    assert_eq!(under, [shelf.path("jazz/a.mp3"), shelf.path("jazz/x/b.mp3")]);
}

#[test]
fn an_absent_drive_must_not_erase_a_track() {
    let mut shelf = Shelf::new();
    let (near, far) = (shelf.analyse("near/a.mp3", 1), shelf.analyse("far/b.mp3", 2));
    let present = shelf.path("near");
    let n_marked = shelf.store.mark_missing(&present, &[near, far], NOW_S + 5).unwrap();
    assert_eq!(n_marked, 1, "only what lies below a listed folder can be missing from it");
    assert_eq!(shelf.store.mark_missing(&present, &[near], NOW_S + 9).unwrap(), 0);
    let track = shelf.store.track(near).unwrap().expect("a missing track must stay in the library");
    assert_eq!(track.missing_since_s, Some(NOW_S + 5), "missing since it was first missed");
    assert_eq!(shelf.store.track(far).unwrap().unwrap().missing_since_s, None);
    assert_eq!(shelf.store.recordings().unwrap().len(), 2, "a missing track is still matched");

    shelf.store.touch(&[near], NOW_S + 20).unwrap();
    let track = shelf.store.track(near).unwrap().unwrap();
    assert_eq!((track.missing_since_s, track.seen_s), (None, NOW_S + 20), "what is seen is back");
}

#[test]
fn a_moved_file_is_recognised_among_the_missing_only() {
    let mut shelf = Shelf::new();
    let (old, new) = (shelf.path("old.mp3"), shelf.path("new.mp3"));
    let id = shelf.analyse("old.mp3", 1);
    let folder = shelf.folder;
    shelf
        .store
        .relocate(id, folder, &FileStamp { file_id: Some(b"inode 5"), ..stamp(&old, 1) }, NOW_S)
        .unwrap();
    let moved = FileStamp { file_id: Some(b"inode 5"), ..stamp(&new, 1) };
    assert_eq!(shelf.store.moved_from(&moved).unwrap(), [], "a second link to a present file is not a move");
    shelf.store.mark_missing(&shelf.root, &[id], NOW_S).unwrap();
    let found = shelf.store.moved_from(&moved).unwrap();
    assert_eq!(found.iter().map(|file| file.id).collect::<Vec<_>>(), [id]);
    for other in [
        FileStamp { size_bytes: 5, ..moved },
        FileStamp { mtime_ns: 5, ..moved },
        FileStamp { file_id: Some(b"inode 6"), ..moved },
        FileStamp { file_id: None, ..moved },
    ] {
        assert_eq!(shelf.store.moved_from(&other).unwrap(), [], "size, time and file id must all agree");
    }
    shelf.store.relocate(id, folder, &moved, NOW_S + 1).unwrap();
    let track = shelf.store.track_at(&new).unwrap().unwrap();
    assert_eq!((track.id, track.missing_since_s), (id, None));
    assert_eq!(track.payload, Some(payload(1)), "a moved track keeps what was heard");
    assert!(shelf.store.track_at(&old).unwrap().is_none());
}

#[test]
fn a_track_does_not_move_over_another() {
    let mut shelf = Shelf::new();
    let (a, _) = (shelf.analyse("a.mp3", 1), shelf.analyse("b.mp3", 2));
    let (folder, path) = (shelf.folder, shelf.path("b.mp3"));
    let outcome = shelf.store.relocate(a, folder, &stamp(&path, 1), NOW_S);
    assert!(matches!(outcome, Err(Error::Rule(_))), "no track may be overwritten by a move");
    assert_eq!(shelf.store.track_count().unwrap(), 2);
}

#[test]
fn a_copy_or_a_retagged_file_is_not_analysed_again() {
    let mut shelf = Shelf::new();
    let id = shelf.analyse("a.mp3", 1);
    let (folder, copy, retagged) = (shelf.folder, shelf.path("copy.mp3"), shelf.path("a.mp3"));
    assert_eq!(shelf.store.files_of_size(1001).unwrap()[0].payload, Some(payload(1)));
    let tags = Tags { title: Some("New".into()), ..Tags::default() };
    let same = |stamp, payload| SameSound { folder, stamp, tags: &tags, payload, at_s: NOW_S + 1 };
    let copy = shelf.store.commit_same_sound(&same(stamp(&copy, 1), payload(1))).unwrap();
    assert_eq!(shelf.store.commit_same_sound(&same(stamp(&retagged, 9), payload(1))).unwrap(), id);
    assert_eq!(shelf.store.track(id).unwrap().unwrap().tags, tags);
    let tracks: Vec<_> = shelf.store.tracks_of(&payload(1)).unwrap().iter().map(|track| track.id).collect();
    assert_eq!(tracks, [id, copy], "two files may hold one recording");
    assert_eq!(shelf.store.recordings().unwrap().len(), 1);
    let unanalysed = shelf.store.commit_same_sound(&same(stamp(&retagged, 9), payload(77)));
    assert!(matches!(unanalysed, Err(Error::Rule(_))), "only what was heard can be the same sound");
    assert_eq!(shelf.store.track(id).unwrap().unwrap().payload, Some(payload(1)));
}

#[test]
fn a_broken_file_is_tried_again_only_when_it_changes_or_when_asked() {
    let mut shelf = Shelf::new();
    let path = shelf.path("broken.mp3");
    for _ in 0..2 {
        shelf.store.commit_failure(&failure(&path, 3)).unwrap();
    }
    assert_eq!(shelf.store.problems().unwrap().len(), 1, "a file fails once, however often it is tried");
    let failures = shelf.store.failures_under(&shelf.root).unwrap();
    assert_eq!(failures[&path], FileVersion { size_bytes: 1003, mtime_ns: 3 });
    assert_eq!(shelf.store.clear_failures_under(&shelf.root).unwrap(), 1);
    assert!(shelf.store.failures_under(&shelf.root).unwrap().is_empty());

    shelf.store.commit_failure(&failure(&path, 3)).unwrap();
    shelf.analyse("broken.mp3", 4);
    assert_eq!(shelf.store.problems().unwrap(), [], "a file that was heard has no problem");
}

#[test]
fn a_file_that_became_unreadable_no_longer_stands_for_its_old_content() {
    let mut shelf = Shelf::new();
    let (id, path) = (shelf.analyse("a.mp3", 1), shelf.path("a.mp3"));
    shelf.store.commit_failure(&failure(&path, 1)).unwrap();
    let track = shelf.store.track(id).unwrap().unwrap();
    assert_eq!(
        track.payload,
        Some(payload(1)),
        "an unchanged file that could not be read keeps its recording"
    );
    shelf.store.commit_failure(&failure(&path, 2)).unwrap();
    let track = shelf.store.track(id).unwrap().expect("the track stays");
    assert_eq!(track.payload, None, "a file replaced by garbage is not the old recording");
    assert!(shelf.store.recording(&payload(1)).unwrap().is_some(), "what was heard stays");
}

#[test]
fn a_warning_follows_its_track_and_leaves_with_its_content() {
    let mut shelf = Shelf::new();
    let (folder, a, b) = (shelf.folder, shelf.path("a.mp3"), shelf.path("b.mp3"));
    shelf.analyse("b.mp3", 2);
    let (tags, sound) = (Tags::default(), sound(1));
    let stamp_a = stamp(&a, 1);
    let warnings = [("cut-short", "ends early")];
    let analysed = AnalysedFile {
        folder,
        stamp: stamp_a,
        tags: &tags,
        sound: &sound,
        features: &[],
        waveform: &[],
        fingerprint: None,
        warnings: &warnings,
        at_s: NOW_S,
    };
    let id = shelf.store.commit_analysis(&analysed).unwrap();
    let moved = shelf.path("c.mp3");
    shelf.store.relocate(id, folder, &stamp(&moved, 1), NOW_S).unwrap();
    assert_eq!(shelf.store.problems().unwrap()[0].path, moved);
    let same = |payload| SameSound { folder, stamp: stamp(&moved, 5), tags: &tags, payload, at_s: NOW_S };
    shelf.store.commit_same_sound(&same(payload(1))).unwrap();
    assert_eq!(shelf.store.problems().unwrap().len(), 1, "new tags do not repair a cut-short file");
    shelf.store.commit_same_sound(&same(payload(2))).unwrap();
    assert_eq!(shelf.store.problems().unwrap(), [], "the warning was about other content");
    assert!(shelf.store.track_at(&b).unwrap().is_some());
}

#[test]
fn a_new_version_of_one_feature_leaves_the_other_kinds_current() {
    let mut shelf = Shelf::new();
    let (a, _, _) = (shelf.analyse("a.mp3", 1), shelf.analyse("copy.mp3", 1), shelf.analyse("b.mp3", 2));
    assert_eq!(shelf.store.owed("crema", "1").unwrap(), []);
    let owed = shelf.store.owed("crema", "2").unwrap();
    assert_eq!(owed.len(), 2, "one debt a recording, not one a copy");
    assert_eq!((owed[0].payload, owed[0].track, &owed[0].path), (payload(1), a, &shelf.path("a.mp3")));
    assert_eq!(shelf.store.owed("melody", "1").unwrap().len(), 2, "a feature never computed is owed");
    assert_eq!(shelf.store.owed("chroma", "1").unwrap(), []);

    let frames = frames(8);
    let features = [Features { kind: "crema", version: "2", frames: &frames }];
    shelf.store.put_features(&payload(1), &features).unwrap();
    assert_eq!(shelf.store.features(&payload(1), "crema", "2").unwrap().unwrap(), frames);
    assert_eq!(shelf.store.features(&payload(1), "crema", "1").unwrap(), None, "the old version is replaced");
    assert_eq!(shelf.store.owed("crema", "2").unwrap().len(), 1);
    let whole = shelf.store.recordings_with(&[("crema", "2"), ("chroma", "1")]).unwrap();
    assert_eq!(whole.iter().map(|recording| recording.sound.payload).collect::<Vec<_>>(), [payload(1)]);
    assert!(matches!(shelf.store.put_features(&payload(9), &features), Err(Error::Rule(_))));
}

#[test]
fn what_is_refused_or_absent_is_not_owed() {
    let mut shelf = Shelf::new();
    let (folder, path) = (shelf.folder, shelf.path("silent.mp3"));
    shelf.analyse("silent.mp3", 1);
    let (tags, sound) = (Tags::default(), Sound { refused: Some("silence".into()), ..sound(1) });
    let stamp = stamp(&path, 1);
    let analysed = AnalysedFile {
        folder,
        stamp,
        tags: &tags,
        sound: &sound,
        features: &[],
        waveform: &[],
        fingerprint: None,
        warnings: &[],
        at_s: NOW_S,
    };
    shelf.store.commit_analysis(&analysed).unwrap();
    assert_eq!(
        shelf.store.features(&payload(1), "crema", "1").unwrap(),
        None,
        "what is refused has no features"
    );
    let b = shelf.analyse("b.mp3", 2);
    shelf.store.mark_missing(&shelf.root, &[b], NOW_S).unwrap();
    assert_eq!(shelf.store.owed("crema", "2").unwrap(), [], "there is nothing to hear them from, or no use");
}

#[test]
fn a_removed_folder_takes_its_tracks_and_nothing_that_was_analysed_or_decided() {
    let mut shelf = Shelf::new();
    shelf.analyse("a.mp3", 1);
    let broken = shelf.path("broken.mp3");
    shelf.store.commit_failure(&failure(&broken, 1)).unwrap();
    let question = Question::pair("one song", payload(1), payload(2)).unwrap();
    shelf.store.put_decision(&Decision { question, is_yes: false, at_s: NOW_S }).unwrap();
    shelf.store.remove_folder(shelf.folder).unwrap();
    assert_eq!(shelf.store.track_count().unwrap(), 0);
    assert_eq!(shelf.store.problems().unwrap(), []);
    assert_eq!(shelf.store.recordings().unwrap(), [], "what no track holds is not matched");
    assert!(shelf.store.features(&payload(1), "crema", "1").unwrap().is_some(), "hearing is not done twice");
    assert_eq!(shelf.store.decisions().unwrap().len(), 1, "a decision outlives everything");
    assert!(matches!(shelf.store.remove_folder(shelf.folder), Err(Error::Rule(_))));
}

#[test]
fn a_folder_is_added_once() {
    let mut shelf = Shelf::new();
    let root = shelf.root.clone();
    assert_eq!(shelf.store.add_folder(&root, NOW_S + 9).unwrap(), shelf.folder);
    assert_eq!(shelf.store.folders().unwrap().len(), 1);
    assert_eq!(shelf.store.folders().unwrap()[0].added_s, NOW_S);
}
