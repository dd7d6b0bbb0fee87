//! Alignments, cohort statistics, meta.

use std::collections::BTreeMap;

use super::*;
use crate::{Alignment, CohortStatistics, Error, RecordingId, VoiceCohortStatistics, VoiceScore};

fn pair(a: u32, b: u32, score: f32) -> Alignment {
    Alignment {
        a: RecordingId(a),
        b: RecordingId(b),
        score,
        key_shift: (b % 12) as i8 - 5,
        voice: None,
        words: None,
    }
}

#[test]
fn alignments_agree_with_a_map_of_pairs() {
    let mut store = Store::in_memory().unwrap();
    let mut twin = BTreeMap::new();
    let mut batch = Vec::new();
    for n in 0..3000u32 {
        let (a, b) = (n * 7919 % 60, 60 + n * 104_729 % 50);
        let alignment = pair(a, b, n as f32 / 7.0);
        twin.insert((a, b), alignment);
        batch.push(alignment);
    }
    store.put_alignments(3, &batch).unwrap();
    assert_eq!(store.alignments(3).unwrap(), twin.values().copied().collect::<Vec<_>>());
    for recording in [0, 17, 59, 60, 109, 500] {
        let mut stored = store.alignments_of(RecordingId(recording), 3).unwrap();
        stored.sort_by_key(|one| (one.a, one.b));
        let expected: Vec<_> = twin
            .iter()
            .filter(|((a, b), _)| *a == recording || *b == recording)
            .map(|(_, one)| *one)
            .collect();
        assert_eq!(stored, expected, "a recording is found on either side of its pairs");
    }
}

#[test]
fn what_the_voices_of_a_pair_say_is_kept_beside_its_score() {
    let mut store = Store::in_memory().unwrap();
    let voice = Some(VoiceScore { score: 12.25, key_shift: -4 });
    let sung = Alignment { voice, ..pair(1, 2, 0.5) };
    store.put_alignments(1, &[pair(1, 2, 0.5), pair(1, 3, 0.25)]).unwrap();
    store.put_alignments(1, &[sung]).unwrap();
    assert_eq!(store.alignments(1).unwrap(), [sung, pair(1, 3, 0.25)]);
    assert_eq!(store.alignments_of(RecordingId(2), 1).unwrap(), [sung]);
    assert_eq!(store.alignment(RecordingId(2), RecordingId(1), 1).unwrap(), Some(sung));
    let nan = VoiceScore { score: f32::NAN, key_shift: 0 };
    let wrong = Alignment { voice: Some(nan), ..sung };
    assert!(matches!(store.put_alignments(1, &[wrong]), Err(Error::Rule(_))));
}

#[test]
fn scores_of_two_aligners_do_not_mix() {
    let mut store = Store::in_memory().unwrap();
    store.put_alignments(1, &[pair(1, 2, 0.5), pair(1, 3, 0.25)]).unwrap();
    store.put_alignments(2, &[pair(1, 2, 0.75)]).unwrap();
    assert_eq!(store.alignments(2).unwrap(), [pair(1, 2, 0.75)]);
    assert_eq!(store.alignments_of(RecordingId(1), 1).unwrap(), [pair(1, 3, 0.25)]);
    assert_eq!(store.remove_alignments_except(2).unwrap(), 1);
    assert_eq!(store.remove_alignments(2).unwrap(), 1);
    assert_eq!(store.alignments(1).unwrap(), []);
}

#[test]
fn a_pair_out_of_order_is_refused_with_the_rule() {
    let mut store = Store::in_memory().unwrap();
    for wrong in [pair(2, 1, 0.0), pair(2, 2, 0.0)] {
        let error = store.put_alignments(1, &[pair(1, 2, 0.5), wrong]).unwrap_err();
        assert!(error.to_string().contains("comes first"), "got: {error}");
    }
    assert_eq!(store.alignments(1).unwrap(), [], "a batch is written whole or not at all");
}

#[test]
fn a_score_that_is_no_number_is_refused() {
    let mut store = Store::in_memory().unwrap();
    assert!(matches!(store.put_alignments(1, &[pair(1, 2, f32::NAN)]), Err(Error::Rule(_))));
    assert_eq!(store.alignments(1).unwrap(), []);
}

#[test]
fn cohort_statistics_are_replaced_and_belong_to_its_aligner() {
    let mut shelf = Shelf::new();
    let id = shelf.analyse("a.mp3", 1);
    let recording = shelf.store.track(id).unwrap().unwrap().recording.unwrap();
    let statistics = CohortStatistics {
        recording,
        mean: 0.25,
        deviation: 0.125,
        n_library: 7,
        n_bundled: 100,
        voice: None,
    };
    shelf.store.put_cohort_statistics(1, &[statistics]).unwrap();
    let later = CohortStatistics { n_library: 8, ..statistics };
    shelf.store.put_cohort_statistics(1, &[later]).unwrap();
    assert_eq!(shelf.store.cohort_statistics(1).unwrap(), [later]);
    assert_eq!(shelf.store.cohort_statistics(2).unwrap(), []);
    let voice = Some(VoiceCohortStatistics { mean: 2.0, deviation: 0.25, n: 40, sung_share: 0.5 });
    shelf.store.put_cohort_statistics(1, &[CohortStatistics { voice, ..later }]).unwrap();
    assert_eq!(
        shelf.store.cohort_statistics_of(recording, 1).unwrap(),
        Some(CohortStatistics { voice, ..later })
    );
    let unanalysed = CohortStatistics { recording: RecordingId(999), ..statistics };
    assert!(shelf.store.put_cohort_statistics(1, &[unanalysed]).is_err(), "statistics are of a recording");
}

#[test]
fn what_is_kept_of_the_library_is_replaced_by_key() {
    let mut store = Store::in_memory().unwrap();
    assert_eq!(store.meta("aligner").unwrap(), None);
    store.set_meta("aligner", "1").unwrap();
    store.set_meta("aligner", "2").unwrap();
    assert_eq!(store.meta("aligner").unwrap().as_deref(), Some("2"));
    store.remove_meta("aligner").unwrap();
    store.remove_meta("aligner").unwrap();
    assert_eq!(store.meta("aligner").unwrap(), None);
}
