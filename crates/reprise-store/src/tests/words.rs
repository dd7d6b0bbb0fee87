//! Words as heard, what they are found by, and how alike they are.

use super::*;
use crate::{Alignment, Error, RecordingId, Words, WordsIndex, WordsLikeness, WordsLine};

fn words(text: &str) -> Words {
    let line = |start_s: f32, text: &str| WordsLine {
        start_s,
        end_s: start_s + 2.34,
        log_probability: -0.57,
        text: text.into(),
    };
    Words {
        language: "en".into(),
        language_probability: 0.875,
        lines: vec![line(1.25, text), line(3600.5, "öl und Wein")],
    }
}

fn shelf() -> (Shelf, RecordingId, RecordingId) {
    let mut shelf = Shelf::new();
    shelf.analyse("a.flac", 1);
    shelf.analyse("b.flac", 2);
    let ids: Vec<_> = shelf.store.recordings().unwrap().iter().map(|one| one.id).collect();
    (shelf, ids[0], ids[1])
}

#[test]
fn words_come_back_to_the_hundredth_and_are_found_by_terms_and_sounds() {
    let (mut shelf, a, b) = shelf();
    let store = &mut shelf.store;
    let index = WordsIndex { terms: &[7, 9], sounds: "RFR RNS HM" };
    store.put_words(&payload(1), "words-1", &words("seven\thorses\n"), &index).unwrap();
    store
        .put_words(&payload(2), "words-1", &Words::default(), &WordsIndex { terms: &[], sounds: "" })
        .unwrap();
    assert_eq!(
        store.words(a, "words-1").unwrap(),
        Some(words("seven horses")),
        "tabs and line ends separate"
    );
    assert_eq!(store.words(a, "words-2").unwrap(), None);
    assert_eq!(store.words(b, "words-1").unwrap(), Some(Words::default()), "not listened to again");
    assert_eq!(store.words_counts("words-1").unwrap(), (2, 1));
    assert_eq!(store.recordings_with_words("words-1", true).unwrap(), [a]);
    assert_eq!(store.words_language(a, "words-1", 2).unwrap(), Some(("en".into(), 0.875)));
    assert_eq!(store.words_language(a, "words-1", 3).unwrap(), None);
    let with_term = |term| {
        let mut found = Vec::new();
        let n = shelf.store.each_with_term(term, |one| found.push(one)).unwrap();
        assert_eq!(n, found.len());
        found
    };
    assert_eq!((with_term(9), with_term(8)), (vec![a], vec![]));
    assert_eq!(shelf.store.search_words("\"HM\" OR \"XX\"", 5).unwrap(), [a]);
    assert!(shelf.store.search_words("\"XX\"", 5).unwrap().is_empty());
}

#[test]
fn words_of_another_version_go_with_all_that_was_found_by_them() {
    let (mut shelf, a, b) = shelf();
    let store = &mut shelf.store;
    let index = WordsIndex { terms: &[7], sounds: "RFR" };
    store.put_words(&payload(1), "words-1", &words("one"), &index).unwrap();
    let likeness = WordsLikeness { cosine: 0.25, n_shared: 30.5, otherness: 0.0 };
    store.put_word_pairs(b, &[(a, likeness)]).unwrap();
    let pair = Alignment { a, b, score: 1.5, key_shift: 0, voice: None, words: None };
    store.put_alignments(1, &[pair]).unwrap();
    assert_eq!(store.alignment(b, a, 1).unwrap(), Some(Alignment { words: Some(likeness), ..pair }));
    store.note_words_compared(&[a]).unwrap();
    assert!(store.recordings_with_words("words-1", true).unwrap().is_empty());
    assert!(!store.remove_words_except("words-1").unwrap());
    assert!(store.remove_words_except("words-2").unwrap());
    assert_eq!((store.words(a, "words-1").unwrap(), store.term_count(a).unwrap()), (None, 0));
    assert_eq!(store.alignment(a, b, 1).unwrap(), Some(pair));
    assert!(store.search_words("\"RFR\"", 5).unwrap().is_empty());
}

#[test]
fn words_are_owed_where_somebody_sings_and_damaged_ones_are_an_error() {
    let (mut shelf, a, _) = shelf();
    let melody = |frames| Features { kind: "melody", version: "melody-2", frames };
    shelf.store.put_voice(&payload(1), &melody(&[[0.5; 12]; 3]), 0.0).unwrap();
    shelf.store.put_voice(&payload(2), &melody(&[]), 0.0).unwrap();
    let owed = |store: &Store| store.owed_words("words-1", "melody-2").unwrap();
    assert_eq!(
        owed(&shelf.store).iter().map(|one| one.recording).collect::<Vec<_>>(),
        [a],
        "also who speaks"
    );
    assert_eq!(shelf.store.owed_words_count("words-1", "melody-2", 1e6).unwrap(), 1);
    let index = WordsIndex { terms: &[], sounds: "" };
    shelf.store.put_words(&payload(1), "words-1", &words("one"), &index).unwrap();
    assert!(owed(&shelf.store).is_empty());
    assert_eq!(shelf.store.owed_words_count("words-1", "melody-2", 1e6).unwrap(), 0);
    for damaged in ["x'00'", "zeroblob(9)"] {
        shelf.store.connection.execute(&format!("UPDATE words SET lines = {damaged}"), []).unwrap();
        assert!(matches!(shelf.store.words(a, "words-1"), Err(Error::Damaged(_))), "{damaged}");
    }
}
