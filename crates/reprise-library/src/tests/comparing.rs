//! The comparison of one pair agrees with `covers` and with the user's decisions, and says why there is no result.

use super::{TestLibrary, TestTrack};
use crate::{Comparison, NotMatched, Reason, Relation, TrackQuestion};

fn compare(home: &TestLibrary, query: &str, candidate: &str) -> Comparison {
    home.library.compare(&home.path(query), &home.path(candidate)).unwrap()
}

#[test]
fn a_pair_has_the_score_that_covers_ranks_it_by() {
    let home = TestLibrary::new();
    home.song("one", 1);
    home.song("two", 2);
    home.relate(&[(1, 2, 17.5)]);
    let pair = compare(&home, "one", "two");
    let matching = pair.matching.unwrap();
    assert_eq!((matching.relation, matching.score), (Relation::Version, Some(17.5)));
    let cover = &home.library.covers(&home.path("one"), 1).unwrap().covers[0];
    assert_eq!(
        (cover.score, cover.key_shift, &cover.spans),
        (Some(17.5), matching.key_shift, &matching.spans)
    );
    assert_eq!(cover.reason, matching.reason);
    assert!(pair.query.in_library && pair.candidate.in_library);
    assert_eq!((pair.query.chroma.len(), pair.candidate.chroma.len()), (400, 400), "whole, as stored");
    let likeness = matching.likeness.unwrap();
    assert_eq!(likeness.values.len(), likeness.n_query * likeness.n_candidate);
}

#[test]
fn what_the_user_said_counts_whoever_is_named_first() {
    let home = TestLibrary::new();
    let (one, two) = (home.song("one", 1), home.song("two", 2));
    home.relate(&[(1, 2, 17.5)]);
    for (verdict, relation) in [(false, Relation::Rejected), (true, Relation::Confirmed)] {
        home.library.decide(TrackQuestion::OneSong(one, two), Some(verdict)).unwrap();
        for (query, candidate) in [("one", "two"), ("two", "one")] {
            assert_eq!(compare(&home, query, candidate).matching.unwrap().relation, relation);
        }
    }
}

#[test]
fn the_same_audio_is_a_copy_in_its_own_key_and_tempo() {
    let home = TestLibrary::new();
    home.song("one", 1);
    home.song("again", 1);
    home.relate(&[]);
    let matching = compare(&home, "one", "again").matching.unwrap();
    assert_eq!((matching.relation, matching.key_shift, matching.tempo_ratio), (Relation::Copy, 0, 1.0));
    assert_eq!(matching.reason, Reason::Copy);
}

#[test]
fn a_track_that_is_not_matched_says_why_on_its_side() {
    let home = TestLibrary::new();
    home.song("one", 1);
    home.add(&TestTrack { name: "silence", payload: 2, refused: Some("silence"), ..TestTrack::default() });
    home.relate(&[]);
    let pair = compare(&home, "one", "silence");
    assert!(pair.matching.is_none() && pair.query.not_matched.is_none());
    assert_eq!(pair.candidate.not_matched, Some(NotMatched::Silence));
    assert!(pair.candidate.in_library && pair.candidate.chroma.is_empty());
}
