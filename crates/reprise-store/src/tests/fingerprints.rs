//! Fingerprints, and the results of comparing them.

use std::path::Path;

use super::*;
use crate::{NewFingerprint, NewSharedAudio, RecordingId, RecordingSketch};

const VERSION: &str = "chromaprint-2";

/// Three recordings with fingerprints.
fn store() -> (Store, Vec<RecordingId>) {
    let mut store = Store::in_memory().unwrap();
    let root = store.add_folder(Path::new("/music"), NOW_S).unwrap();
    for n in 1..=3 {
        analyse(&mut store, root, Path::new(&format!("/music/{n}.flac")), n);
        put(&mut store, n, VERSION);
    }
    let ids = (1..=3).map(|n| store.recording(&payload(n)).unwrap().unwrap().id).collect();
    (store, ids)
}

fn put(store: &mut Store, n: u32, version: &str) {
    let fingerprint = NewFingerprint { version, sketch: &[n, 7, u32::MAX], items: &[n as u8; 8] };
    store.put_fingerprint(&payload(n), &fingerprint).unwrap();
}

fn pair(a: RecordingId, b: RecordingId, start_s: f32) -> NewSharedAudio {
    NewSharedAudio {
        a,
        b,
        sameness: "part",
        stretches: vec![[start_s, 2.5, 30.0, 0.25], [40.0, 50.0, 9.0, 6.5]],
    }
}

#[test]
fn a_fingerprint_comes_back_and_only_in_its_version() {
    let (mut store, ids) = store();
    let sketch = |n: u32, is_compared| RecordingSketch {
        recording: ids[n as usize - 1],
        is_compared,
        sketch: vec![n, 7, u32::MAX],
    };
    assert_eq!(store.sketches(VERSION).unwrap(), [1, 2, 3].map(|n| sketch(n, false)));
    assert_eq!(store.fingerprint(ids[1], VERSION).unwrap().unwrap(), [2; 8]);
    assert_eq!(store.fingerprint(ids[1], "another").unwrap(), None);
    assert!(store.owed_fingerprints(VERSION).unwrap().is_empty());
    assert_eq!(store.owed_fingerprints("another").unwrap().len(), 3, "another version is owed anew");

    store.put_shared_audio(&ids, &[]).unwrap();
    assert!(!store.owes_comparisons(VERSION).unwrap());
    put(&mut store, 2, VERSION);
    assert!(store.owes_comparisons(VERSION).unwrap(), "a new fingerprint is to be compared");
    assert_eq!(store.sketches(VERSION).unwrap(), [sketch(1, true), sketch(2, false), sketch(3, true)]);
}

#[test]
fn shared_audio_is_replaced_with_its_recordings_and_told_from_either_end() {
    let (mut store, ids) = store();
    let [one, two, three] = ids[..] else { panic!() };
    store.put_shared_audio(&ids, &[pair(one, two, 0.0), pair(two, three, 1.0)]).unwrap();
    let shared = store.shared_audio().unwrap();
    assert_eq!(shared.iter().map(|pair| (pair.a, pair.b)).collect::<Vec<_>>(), [(one, two), (two, three)]);
    assert_eq!(shared[0].stretches, pair(one, two, 0.0).stretches);
    assert_eq!([shared[0].a_s, shared[0].b_s], [1, 2].map(|n| sound(n).duration_s), "with both lengths");
    assert_eq!(store.shared_audio_of(two).unwrap().len(), 2);
    assert_eq!(store.shared_audio_of(one).unwrap(), shared[..1]);

    store.put_shared_audio(&[three], &[pair(one, three, 2.0)]).unwrap();
    let pairs = |store: &Store| -> Vec<_> {
        store.shared_audio().unwrap().into_iter().map(|pair| (pair.a, pair.b)).collect()
    };
    assert_eq!(pairs(&store), [(one, two), (one, three)], "what was known of the third is replaced");
}
