//! The personal calibration: when it is fitted, what it changes, and how it is withdrawn.

use proptest::prelude::*;
use reprise_store::{Decision, Question, TrackId};

use super::{TestLibrary, payload};
use crate::relations::evidence::ONE_SONG;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::platt::Platt;
use crate::relations::thresholds::Thresholds;
use crate::{
    Confidence, Control, Library, PersonalCalibration, Progress, Relation, ScanOptions, TrackQuestion,
};

/// How many pairs of tracks a test library has.
const PAIRS: u32 = 45;

/// The score of a pair. The scores lie where most pairs are in doubt.
fn score(pair: u32) -> f32 {
    5.3 + (pair % 15) as f32 / 5.0
}

/// Pairs of tracks that are linked with each other and with nothing else.
fn home() -> (TestLibrary, Vec<(TrackId, TrackId)>) {
    let home = TestLibrary::new();
    let track = |n: u32| home.song(&n.to_string(), n);
    let pairs = (0..PAIRS).map(|n| (track(2 * n), track(2 * n + 1))).collect();
    let scores: Vec<_> = (0..PAIRS).map(|n| (2 * n, 2 * n + 1, score(n))).collect();
    home.relate(&scores);
    (home, pairs)
}

fn say(library: &Library, pairs: &[(TrackId, TrackId)], is_yes: impl Fn(usize) -> bool) {
    for (n, (a, b)) in pairs.iter().enumerate() {
        library.decide(TrackQuestion::OneSong(*a, *b), Some(is_yes(n))).unwrap();
    }
}

fn thresholds(library: &Library) -> Thresholds {
    ScoreNormalisation::thresholds(&library.database.reader().unwrap()).unwrap()
}

fn learnt(library: &Library) -> PersonalCalibration {
    library.personal_calibration().unwrap()
}

/// The probabilities of many standings, as bits.
fn bits(thresholds: &Thresholds) -> Vec<u32> {
    (-50..150).map(|n| thresholds.probability(n as f32 / 5.0).to_bits()).collect()
}

#[test]
fn few_answers_or_answers_of_one_kind_change_nothing() {
    let shipped = Thresholds::among(2 * PAIRS as usize);
    let (home, pairs) = home();
    let library = &home.library;
    assert_eq!(learnt(library), PersonalCalibration { n_answers: 0, n_yes: 0, shifts: None, in_use: true });
    say(library, &pairs[..29], |n| n % 3 == 0);
    assert_eq!((learnt(library).n_answers, learnt(library).shifts), (29, None));
    assert_eq!((thresholds(library), bits(&thresholds(library))), (shipped, bits(&shipped)));
    say(library, &pairs[..40], |n| n < 4);
    assert_eq!((learnt(library).n_answers, learnt(library).n_yes), (40, 4));
    assert_eq!(thresholds(library), shipped, "four yes are too few");
    say(library, &pairs[..40], |n| n < 5);
    assert!(learnt(library).shifts.is_some());
    assert_ne!(thresholds(library), shipped);
}

#[test]
fn many_noes_raise_what_is_certain_and_likely_wherever_it_is_shown() {
    let (home, pairs) = home();
    let library = &home.library;
    let (asked, other) = (&pairs[..40], pairs[40 + 4]);
    assert!(score(44) > 7.9);
    let shown = || {
        let cover = library.versions(other.0).unwrap().covers.remove(0);
        let row = library.rows(&[other.0]).unwrap()[0].versions;
        (cover.relation, cover.confidence, row)
    };
    assert_eq!(shown(), (Relation::Version, Confidence::Likely, 1));
    say(library, asked, |n| n % 8 == 0);
    let shifts = learnt(library).shifts.unwrap();
    assert!(shifts.certain > 0.5 && shifts.likely > 0.5, "{shifts:?}");
    assert_eq!(shown(), (Relation::Possible, Confidence::Possible, 0));
    assert!(library.review_queue().unwrap().pairs.iter().all(|pair| pair.probability < 0.9));
}

#[test]
fn the_shipped_calibration_comes_back_exactly_and_the_personal_one_too() {
    let (home, pairs) = home();
    let library = &home.library;
    let shipped = thresholds(library);
    say(library, &pairs[..40], |n| n % 8 == 0);
    let (personal, revision) = (thresholds(library), library.revision());
    library.use_personal_calibration(false).unwrap();
    assert!(library.revision() > revision, "faces must learn of it");
    assert_eq!((thresholds(library), bits(&thresholds(library))), (shipped, bits(&shipped)));
    assert!(learnt(library).shifts.is_some() && !learnt(library).in_use);
    say(library, &pairs[40..], |_| false);
    assert_eq!(thresholds(library), shipped, "further answers do not switch it on");
    say(library, &pairs[..40], |n| n % 8 == 0);
    for (a, b) in &pairs[40..] {
        library.decide(TrackQuestion::OneSong(*a, *b), None).unwrap();
    }
    library.use_personal_calibration(true).unwrap();
    assert_eq!((thresholds(library), bits(&thresholds(library))), (personal, bits(&personal)));
}

#[test]
fn a_withdrawn_answer_is_no_longer_learnt_from() {
    let (home, pairs) = home();
    let library = &home.library;
    let shipped = thresholds(library);
    say(library, &pairs[..30], |n| n % 3 == 0);
    assert!(learnt(library).shifts.is_some());
    let question = library.decisions().unwrap()[0].decision.question.clone();
    assert!(library.withdraw(&question).unwrap().is_some());
    assert_eq!(library.withdraw(&question).unwrap(), None);
    assert_eq!((learnt(library).n_answers, thresholds(library)), (29, shipped));
}

#[test]
fn imported_answers_count_once_their_recordings_are_here() {
    let (home, _) = home();
    let said = |n: u32| {
        let question = Question::pair(ONE_SONG, payload(2 * n), payload(2 * n + 1)).unwrap();
        Decision { question, is_yes: n.is_multiple_of(3), at_s: 1 }
    };
    let said: Vec<Decision> = (0..40).map(said).collect();
    assert_eq!(home.library.import_decisions(&said).unwrap(), 40);
    let here = learnt(&home.library);
    assert_eq!((here.n_answers, here.n_yes), (40, 14));
    assert!(here.shifts.is_some());

    let empty = TestLibrary::new();
    empty.library.import_decisions(&said).unwrap();
    assert_eq!(learnt(&empty.library).n_answers, 0);
    for n in 0..2 * PAIRS {
        empty.song(&n.to_string(), n);
    }
    empty.relate(&(0..PAIRS).map(|n| (2 * n, 2 * n + 1, score(n))).collect::<Vec<_>>());
    let TestLibrary { folder, library, .. } = empty;
    drop(library);
    let library = Library::open(&folder.path().join("library.db")).unwrap();
    assert_eq!(learnt(&library), here, "a library that is opened learns from what it has");
}

#[test]
fn a_scan_renews_what_was_learnt_because_it_changes_standings() {
    let home = TestLibrary::new();
    let said = Question::pair(ONE_SONG, payload(0), payload(1)).unwrap();
    home.library.import_decisions(&[Decision { question: said, is_yes: true, at_s: 1 }]).unwrap();
    for n in 0..4 {
        home.song(&n.to_string(), n);
    }
    home.relate(&[(0, 1, 6.0), (0, 2, 0.5), (0, 3, 0.5), (1, 2, 0.5), (1, 3, 0.5), (2, 3, 0.5)]);
    assert_eq!(learnt(&home.library).n_answers, 0);
    let (empty, control) = (home.folder.path().join("empty"), Control::new());
    std::fs::create_dir(&empty).unwrap();
    let progress = Progress::new(&|_| {}, &control);
    home.library.scan(&[empty], &ScanOptions::default(), &progress).unwrap();
    assert_eq!((learnt(&home.library).n_answers, learnt(&home.library).n_yes), (1, 1));
}

#[test]
fn answers_about_the_same_audio_or_without_a_score_are_not_learnt_from() {
    let (home, pairs) = home();
    let library = &home.library;
    let (a, b) = (home.recording(0), home.recording(1));
    let stretches = vec![[0.0, 0.0, 20.0, 1.0]];
    let shared = reprise_store::NewSharedAudio { a: a.min(b), b: a.max(b), sameness: "whole", stretches };
    library.database.store().put_shared_audio(&[], &[shared]).unwrap();
    say(library, &pairs[..2], |_| true);
    library.decide(TrackQuestion::OneSong(pairs[3].0, pairs[7].1), Some(true)).unwrap();
    assert_eq!(learnt(library).n_answers, 1);
}

proptest! {
    #[test]
    fn whatever_was_learnt_thresholds_keep_their_order_and_fall_by_half_a_deviation_at_most(
        slope in 0.3_f64..=3.0,
        offset in -40.0_f64..40.0,
        recordings in 0_usize..200_000,
        steps in prop::collection::vec(-200_i32..400, 2..30),
    ) {
        let shipped = Thresholds::among(recordings);
        let personal = shipped.with(Platt::new(slope, offset).unwrap());
        let mut scores: Vec<f32> = steps.into_iter().map(|step| step as f32 / 10.0).collect();
        scores.sort_by(f32::total_cmp);
        for pair in scores.windows(2) {
            prop_assert!(personal.probability(pair[0]) <= personal.probability(pair[1]));
            prop_assert!(personal.confidence(pair[0]) >= personal.confidence(pair[1]), "the best is the least");
        }
        for score in scores {
            let confidence = personal.confidence(score);
            // A hair more than half a deviation, for what rounding does.
            prop_assert!(confidence >= shipped.confidence(score + 0.501));
            let probability = personal.probability(score);
            prop_assert!(confidence != Confidence::Certain || probability >= 0.9899);
            prop_assert!(confidence != Confidence::Likely || probability >= 0.89);
            prop_assert!(confidence <= Confidence::Likely || probability < 0.9001);
        }
    }
}
