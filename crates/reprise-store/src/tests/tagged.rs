//! Recordings that are one work by the ids in their tags.

use super::*;
use crate::{RecordingId, TaggedBy, TaggedGroup};

/// Makes recordings with these works, joined by `+`, and recording ids; the last one is refused.
fn tagged(tags: &[(&str, Option<&str>)]) -> (Shelf, Vec<RecordingId>) {
    let mut shelf = Shelf::new();
    for (n, (works, recording)) in (1..).zip(tags) {
        let path = shelf.path(&format!("{n}.flac"));
        let mut sound = sound(n);
        sound.refused = (n as usize == tags.len()).then(|| "speech".into());
        let tags = Tags {
            work_mbids: works.split('+').filter(|id| !id.is_empty()).map(Into::into).collect(),
            recording_mbid: recording.map(Into::into),
            ..Tags::default()
        };
        let analysed = AnalysedFile {
            folder: shelf.folder,
            stamp: stamp(&path, n),
            tags: &tags,
            sound: &sound,
            features: &[],
            waveform: &[],
            fingerprint: None,
            warnings: &[],
            at_s: NOW_S,
        };
        shelf.store.commit_analysis(&analysed).unwrap();
    }
    let id = |n: usize| shelf.store.recording(&payload(n as u32)).unwrap().unwrap().id;
    let ids = (1..=tags.len()).map(id).collect();
    (shelf, ids)
}

#[test]
fn equal_works_and_equal_recordings_are_one_work_and_a_medley_is_another() {
    let (shelf, ids) = tagged(&[
        ("yesterday", None),
        ("yesterday", Some("take 2")),
        ("yesterday+help", None),
        ("", Some("take 2")),
        ("", None),
        ("yesterday", Some("take 2")),
    ]);
    let with = |n: usize| shelf.store.tagged_with(ids[n]).unwrap();
    let (work, take) = (TaggedBy::Work, TaggedBy::Recording);
    assert_eq!(with(0), [(ids[1], work)]);
    assert_eq!(with(1), [(ids[0], work), (ids[3], take)]);
    assert_eq!([with(2), with(4)], [[], []], "a medley and an untagged track stand alone");
    assert_eq!(with(3), [(ids[1], take)]);
    let all = shelf.store.tagged_alike().unwrap();
    let group =
        |by, recordings: [usize; 2]| TaggedGroup { by, recordings: recordings.map(|n| ids[n]).into() };
    assert_eq!(all, [group(work, [0, 1]), group(take, [1, 3])], "what is refused is no music");
}

#[test]
fn all_groups_say_the_same_as_each_recording_asked_by_itself() {
    let works = ["a", "b", "a", "a+b", "", "b", "a", "a+b", "refused"];
    let takes = [None, Some("x"), Some("y"), None, Some("x"), None, Some("y"), Some("z"), None];
    let (shelf, ids) = tagged(&works.into_iter().zip(takes).collect::<Vec<_>>());
    let groups = shelf.store.tagged_alike().unwrap();
    for id in &ids {
        let mut joined = std::collections::BTreeMap::new();
        for group in groups.iter().filter(|group| group.recordings.contains(id)) {
            // Works come first, so that equal recordings replace them.
            joined
                .extend(group.recordings.iter().filter(|other| *other != id).map(|other| (*other, group.by)));
        }
        assert_eq!(shelf.store.tagged_with(*id).unwrap(), Vec::from_iter(joined));
    }
}
