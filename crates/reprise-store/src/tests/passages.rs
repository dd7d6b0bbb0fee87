//! Songs inside other recordings.

use super::*;
use crate::{Passage, RecordingId, Sections};

fn passage(container: RecordingId, song: RecordingId, score: f32) -> Passage {
    let spans = vec![[60.0, 150.0, 0.5, 88.0], [200.0, 220.0, 90.0, 112.5]];
    Passage { container, song, score, key_shift: -3, tempo_ratio: 1.25, spans }
}

fn shelf() -> (Shelf, [RecordingId; 4]) {
    let mut shelf = Shelf::new();
    let ids = [1, 2, 3, 4].map(|n| {
        shelf.analyse(&format!("{n}.flac"), n);
        shelf.store.recording(&payload(n)).unwrap().unwrap().id
    });
    (shelf, ids)
}

#[test]
fn what_a_container_holds_is_replaced_as_a_whole_and_found_from_either_side() {
    let (mut shelf, [medley, one, other, set]) = shelf();
    shelf.store.put_passages(&[medley], &[passage(medley, one, 12.0), passage(medley, other, 9.0)]).unwrap();
    shelf.store.put_passages(&[set], &[passage(set, one, 20.0)]).unwrap();
    let of = |store: &Store, recording| {
        let mut pairs: Vec<_> =
            store.passages_of(recording).unwrap().iter().map(|one| (one.container, one.song)).collect();
        pairs.sort();
        pairs
    };
    assert_eq!(of(&shelf.store, one), [(medley, one), (set, one)]);
    assert_eq!(of(&shelf.store, medley), [(medley, one), (medley, other)]);
    shelf.store.put_passages(&[medley], &[passage(medley, other, 8.0)]).unwrap();
    assert_eq!(shelf.store.passages().unwrap(), [passage(medley, other, 8.0), passage(set, one, 20.0)]);
}

#[test]
fn what_another_method_found_in_a_set_goes_with_it_and_what_the_same_one_found_stays() {
    let (mut shelf, [_, one, other, set]) = shelf();
    let sections = |made_by: &str, searched_up_to| Sections {
        container: set,
        made_by: made_by.into(),
        searched_up_to,
        cohort_statistics: vec![[10.0, 2.5], [11.0, 3.0]],
    };
    assert_eq!(shelf.store.sections(set, "first").unwrap(), None);
    shelf.store.put_sections(&sections("first", one), &[passage(set, one, 20.0)]).unwrap();
    shelf.store.put_sections(&sections("first", other), &[passage(set, other, 15.0)]).unwrap();
    assert_eq!(shelf.store.sections(set, "first").unwrap(), Some(sections("first", other)));
    assert_eq!(shelf.store.passages_of(set).unwrap().len(), 2);
    shelf.store.put_sections(&sections("second", other), &[passage(set, other, 14.0)]).unwrap();
    assert_eq!(shelf.store.sections(set, "first").unwrap(), None);
    assert_eq!(shelf.store.passages_of(set).unwrap(), [passage(set, other, 14.0)]);
}
