//! Data derived from other rows: words for searching, waveforms, links, scores against the bundled pieces.

use super::*;
use crate::{
    CohortStatistics, Embeddings, Error, Link, ProvisionalMatch, RecordingCodewords, RecordingId, SameSound,
    SpaceName,
};

fn retag(shelf: &mut Shelf, name: &str, n: u32, title: &str) -> TrackId {
    let path = shelf.path(name);
    let tags = Tags { title: Some(title.into()), ..Tags::default() };
    let stamp = FileStamp { nfc: name, ..stamp(&path, n) };
    let file = SameSound { folder: shelf.folder, stamp, tags: &tags, payload: payload(n), at_s: NOW_S };
    shelf.store.commit_same_sound(&file).unwrap()
}

#[test]
fn a_search_follows_tags_paths_and_removed_folders() {
    let mut shelf = Shelf::new();
    let id = shelf.analyse("a.mp3", 1);
    let found = |shelf: &Shelf, text: &str| shelf.store.search(text).unwrap().unwrap();
    assert_eq!(found(&shelf, "shown"), [id], "the path for people is searched");
    assert_eq!(
        retag(&mut shelf, "einaudi/a.mp3", 1, "Una Mattina").0,
        id.0 + 1,
        "another path is another track"
    );
    let id = retag(&mut shelf, "a.mp3", 1, "Für Elise");
    assert_eq!(found(&shelf, "fur eli"), [id]);
    assert_eq!(found(&shelf, "shown"), [], "words that are gone are not found");
    assert_eq!(found(&shelf, "MATTIN einaudi").len(), 1);
    shelf.store.remove_folder(shelf.folder).unwrap();
    assert_eq!(found(&shelf, "elise"), [], "a folder takes the words of its tracks along");
    assert_eq!(shelf.store.search(" \"*-:() ").unwrap(), None, "signs ask for nothing");
}

#[test]
fn no_search_is_an_error_whatever_is_typed() {
    let mut shelf = Shelf::new();
    shelf.analyse("a.mp3", 1);
    let id = retag(&mut shelf, "a.mp3", 1, "Either OR, rock'n'roll ½ x² \u{0928}\u{093f} 東京");
    for text in [
        "OR",
        "or*",
        "\"or",
        "x²",
        "½",
        "-rock:n",
        "ROCK'N'ROLL",
        "東",
        "\u{0928}\u{093f}",
        "rock AND roll NOT x",
    ] {
        let found = shelf.store.search(text).unwrap().unwrap();
        let has_other_words = text.contains("AND");
        assert_eq!(found, if has_other_words { vec![] } else { vec![id] }, "search {text:?}");
    }
    for text in ["\u{301}", "𐐀𝔘", "\u{0}", "a\u{0}b", "ⅷ٣", "\u{e000}", &"x ".repeat(5000)] {
        shelf.store.search(text).unwrap();
    }
}

#[test]
fn a_waveform_comes_with_a_analysed_file_or_later() {
    let mut shelf = Shelf::new();
    shelf.analyse("a.mp3", 1);
    assert_eq!(shelf.store.waveform(&payload(1)).unwrap(), None);
    shelf.store.put_waveform(&payload(1), &[1, 255, 0]).unwrap();
    shelf.analyse("a.mp3", 1);
    assert_eq!(
        shelf.store.waveform(&payload(1)).unwrap(),
        Some(vec![1, 255, 0]),
        "hearing without peaks keeps them"
    );
    assert!(matches!(shelf.store.put_waveform(&payload(9), &[1]), Err(Error::Rule(_))));
}

#[test]
fn links_are_replaced_by_recording_and_tell_whether_they_are_complete() {
    let mut store = Store::in_memory().unwrap();
    let link = |a, b, score| Link::new(RecordingId(a), RecordingId(b), score);
    store.replace_links("rule 1", &[link(1, 2, 6.0), link(1, 3, 7.0), link(2, 3, 8.0)]).unwrap();
    assert_eq!(store.links_derived_by().unwrap().as_deref(), Some("rule 1"));
    store.doubt_links().unwrap();
    assert_eq!(store.links_derived_by().unwrap(), None);
    store.renew_links("rule 1", &[RecordingId(3)], &[link(3, 4, 9.0)]).unwrap();
    assert_eq!(store.links().unwrap(), [link(1, 2, 6.0), link(3, 4, 9.0)]);
    assert_eq!(store.links_of(RecordingId(4)).unwrap(), [link(3, 4, 9.0)]);
    let rivalled = Link { standing: 4.5, ..link(1, 2, 6.0) };
    store.renew_links("rule 1", &[RecordingId(3)], &[link(3, 4, 9.0), rivalled]).unwrap();
    assert_eq!(store.links().unwrap(), [rivalled, link(3, 4, 9.0)], "others that stand otherwise");
    assert_eq!(store.links_from(5.0).unwrap(), [link(3, 4, 9.0)]);
    assert_eq!(store.links_derived_by().unwrap().as_deref(), Some("rule 1"));
    store.replace_links("rule 2", &[]).unwrap();
    assert_eq!(store.links().unwrap(), []);
}

#[test]
fn scores_against_the_cohort_belong_to_an_aligner_and_a_set() {
    let mut shelf = Shelf::new();
    let id = shelf.analyse("a.mp3", 1);
    let recording = shelf.store.track(id).unwrap().unwrap().recording.unwrap();
    shelf.store.put_cohort_scores("harmony", 1, "set", &[(recording, vec![0.5, -1.25])]).unwrap();
    assert_eq!(shelf.store.cohort_scores("harmony", 1, "set", recording).unwrap(), Some(vec![0.5, -1.25]));
    assert_eq!(shelf.store.cohort_scores("harmony", 1, "other set", recording).unwrap(), None);
    assert_eq!(shelf.store.cohort_scores("harmony", 2, "set", recording).unwrap(), None);
    shelf.store.put_cohort_scores("voice", 1, "set", &[(recording, vec![7.0, 8.0])]).unwrap();
    assert_eq!(shelf.store.cohort_scores("voice", 1, "set", recording).unwrap(), Some(vec![7.0, 8.0]));
    assert_eq!(
        shelf.store.cohort_scores("harmony", 1, "set", recording).unwrap(),
        Some(vec![0.5, -1.25]),
        "harmony and voice do not concern each other"
    );
}

#[test]
fn a_voice_is_kept_with_the_share_that_is_sung_and_owed_until_then() {
    let mut shelf = Shelf::new();
    shelf.analyse("a.mp3", 1);
    let owed = |store: &Store| store.owed("melody", "melody-1").unwrap().len();
    assert_eq!(owed(&shelf.store), 1);
    assert_eq!(shelf.store.recording(&payload(1)).unwrap().unwrap().sung_share, None);
    let melody = Features { kind: "melody", version: "melody-1", frames: &[[0.0; 12]; 5] };
    shelf.store.put_voice(&payload(1), &melody, 0.25).unwrap();
    assert_eq!(owed(&shelf.store), 0);
    assert_eq!(shelf.store.recording(&payload(1)).unwrap().unwrap().sung_share, Some(0.25));
    shelf.analyse("b.mp3", 1);
    assert_eq!(
        shelf.store.recording(&payload(1)).unwrap().unwrap().sung_share,
        Some(0.25),
        "hearing the harmony again says nothing of the voice"
    );
}

#[test]
fn vectors_belong_to_a_model_and_to_the_features_it_was_given() {
    let mut shelf = Shelf::new();
    let recording_of = |shelf: &Shelf, id| shelf.store.track(id).unwrap().unwrap().recording.unwrap();
    let (a, b) = (shelf.analyse("a.mp3", 1), shelf.analyse("b.mp3", 2));
    let (a, b) = (recording_of(&shelf, a), recording_of(&shelf, b));
    let one = SpaceName { view: "harmony", model: "asimt-1", features: "crema-1 chroma-1" };
    let embeddings = Embeddings {
        keys: vec![0, 7],
        codewords: vec![1, 65_535, 3, 4],
        local: vec![-127, 127, 0, 1, 2, 3, 4, -5],
    };
    shelf.store.put_embeddings(one, &[(a, embeddings.clone()), (b, embeddings.clone())]).unwrap();
    assert_eq!(shelf.store.embeddings(a, one).unwrap(), Some(embeddings.clone()));
    let in_key = |store: &Store, by, key| store.embeddings_in_key(a, by, key).unwrap();
    assert_eq!([0, 1].map(|key| in_key(&shelf.store, one, key).unwrap()).concat(), embeddings.local);
    assert_eq!(in_key(&shelf.store, one, 2), None, "it has two keys");
    assert_eq!(shelf.store.with_embeddings(one).unwrap(), [a, b].into());
    let codes = RecordingCodewords { recording: a, n_keys: 2, codewords: vec![1, 65_535, 3, 4] };
    let all = |store: &Store, by| store.codewords(by, RecordingId(0), 100).unwrap();
    assert_eq!(all(&shelf.store, one)[0], codes);
    assert_eq!(shelf.store.codewords(one, RecordingId(0), 1).unwrap().len(), 1);
    assert_eq!(shelf.store.codewords(one, a, 100).unwrap(), all(&shelf.store, one)[1..]);
    assert_eq!(shelf.store.embedding_counts(one, a).unwrap(), (1, 1));
    assert_eq!(shelf.store.embedding_counts(one, b).unwrap(), (2, 0));
    for other in [SpaceName { model: "asimt-2", ..one }, SpaceName { features: "crema-2 chroma-1", ..one }] {
        assert_eq!(shelf.store.embeddings(a, other).unwrap(), None, "stale embeddings are never mixed in");
        assert_eq!(in_key(&shelf.store, other, 0), None);
        assert!(shelf.store.with_embeddings(other).unwrap().is_empty());
        assert!(all(&shelf.store, other).is_empty());
    }
    let two = SpaceName { model: "asimt-2", ..one };
    shelf.store.put_embeddings(two, &[(a, embeddings.clone())]).unwrap();
    assert_eq!(shelf.store.embeddings(a, one).unwrap(), None, "a recording has the embeddings of one model");
    assert_eq!(shelf.store.with_embeddings(one).unwrap(), [b].into());
    let nobody = RecordingId(99);
    assert!(
        shelf.store.put_embeddings(one, &[(nobody, embeddings.clone())]).is_err(),
        "of a recording never heard"
    );
    let voice = SpaceName { view: "voice", ..two };
    assert!(shelf.store.with_embeddings(voice).unwrap().is_empty(), "the voice has embeddings of its own");
    let sung = Embeddings { keys: vec![5], codewords: vec![9, 8], local: vec![1, 2, 3, 4] };
    shelf.store.put_embeddings(voice, &[(a, sung.clone())]).unwrap();
    assert_eq!(shelf.store.embeddings(a, voice).unwrap(), Some(sung));
    assert_eq!(shelf.store.embeddings(a, two).unwrap(), Some(embeddings), "beside those of the harmony");
}

#[test]
fn provisional_matches_are_replaced_together_and_removed_with_either_end() {
    let mut shelf = Shelf::new();
    let pair = |a, b, score| ProvisionalMatch { a: RecordingId(a), b: RecordingId(b), score };
    let matches = [pair(1, 2, 7.5), pair(1, 3, 6.25), pair(2, 3, 9.0)];
    shelf.store.replace_provisional_matches(&[pair(4, 5, 8.0)]).unwrap();
    shelf.store.replace_provisional_matches(&matches).unwrap();
    assert_eq!(shelf.store.provisional_matches().unwrap(), matches);
    let mut of_third = shelf.store.provisional_matches_of(RecordingId(3)).unwrap();
    of_third.sort_by_key(|pair| pair.a);
    assert_eq!(of_third, matches[1..]);
    shelf.store.remove_provisional_matches(&[RecordingId(3), RecordingId(9)]).unwrap();
    assert_eq!(shelf.store.provisional_matches().unwrap(), matches[..1]);
}

#[test]
fn what_is_in_no_file_any_more_has_no_statistics() {
    let mut shelf = Shelf::new();
    let (a, b) = (shelf.analyse("a.mp3", 1), shelf.analyse("b.mp3", 2));
    let recording_of = |shelf: &Shelf, id| shelf.store.track(id).unwrap().unwrap().recording.unwrap();
    let statistics = |recording| CohortStatistics {
        recording,
        mean: 0.0,
        deviation: 1.0,
        n_library: 1,
        n_bundled: 1,
        voice: None,
    };
    let both = [recording_of(&shelf, a), recording_of(&shelf, b)].map(statistics);
    shelf.store.put_cohort_statistics(1, &both).unwrap();
    assert_eq!(shelf.store.mark_missing(&shelf.root.clone(), &[a], NOW_S).unwrap(), 1);
    shelf.store.remove_idle_cohort_statistics().unwrap();
    assert_eq!(shelf.store.cohort_statistics_count(1).unwrap(), 2, "a file that is not there may come back");
    shelf.store.remove_folder(shelf.folder).unwrap();
    shelf.store.remove_idle_cohort_statistics().unwrap();
    assert_eq!(shelf.store.cohort_statistics_count(1).unwrap(), 0);
}
