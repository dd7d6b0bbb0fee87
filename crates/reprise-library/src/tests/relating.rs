//! Linking in portions, stopping, and continuing.

use reprise_inference::Embedder;
use reprise_store::{CohortStatistics, RecordingId};

use super::nearest::chords;
use super::{TestLibrary, TestTrack};
use crate::candidates::embeddings::embed;
use crate::linking::links::links_are_complete;
use crate::linking::provisional::match_provisionally;
use crate::linking::run::{Linking, LinkingRun};
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::{ALIGNER, matchable};
use crate::tests::SMALL;
use crate::{Confidence, Control, Effort, Progress, Relation, ScanOptions, linking, recordings};

/// Adds songs up to each of `ends` and links after each portion.
fn related(ends: &[u32]) -> TestLibrary {
    let (home, mut run, mut n) = (TestLibrary::new(), LinkingRun::default(), 0);
    for (place, end) in ends.iter().enumerate() {
        while n < *end {
            home.song(&n.to_string(), n);
            n += 1;
        }
        run.is_last = place + 1 == ends.len();
        link(&home, &mut run, &Control::new());
    }
    home
}

/// The only portion of a scan.
pub(super) fn link(home: &TestLibrary, run: &mut LinkingRun, control: &Control) -> usize {
    let progress = Progress::new(&|_| {}, control);
    linking::link(&home.library.database, run, Effort { threads: 2 }, &progress).unwrap();
    run.pairs_aligned
}

fn cohort_statistics(home: &TestLibrary) -> Vec<CohortStatistics> {
    recordings::cohort_statistics(&home.library.database).unwrap()
}

#[test]
fn a_library_analysed_in_portions_is_the_library_analysed_at_once() {
    let (at_once, in_portions) = (related(&[40]), related(&[10, 20, 32, 40]));
    assert_eq!(cohort_statistics(&in_portions), cohort_statistics(&at_once));
    let alignments =
        |home: &TestLibrary| home.library.database.reader().unwrap().alignments(ALIGNER).unwrap();
    assert_eq!(alignments(&in_portions), alignments(&at_once));
    let links = |home: &TestLibrary| home.library.database.reader().unwrap().links().unwrap();
    assert_eq!(links(&in_portions), links(&at_once));
    assert!(!links(&at_once).is_empty(), "some of the songs are alike");
}

#[test]
fn a_large_library_analysed_in_portions_rests_on_the_same_sample_as_one_analysed_at_once() {
    let n = 2 * SMALL.aligned_whole as u32;
    let in_portions = related(&[16, 40, 70, 110, n]);
    assert_eq!(cohort_statistics(&in_portions), cohort_statistics(&related(&[n])));
    assert!(cohort_statistics(&in_portions).iter().all(|one| one.n_library as usize + 1 >= SMALL.sampled));
    let aligned = link(&in_portions, &mut LinkingRun::at_last(), &Control::new());
    assert_eq!(aligned, 0, "nothing is owed any more");
}

#[test]
fn strangers_are_aligned_with_once() {
    let home = related(&[3]);
    let known = |home: &TestLibrary| cohort_statistics(home)[0].mean;
    let before = known(&home);
    let store = home.library.database.reader().unwrap();
    let digest = store.meta("background_pieces").unwrap().unwrap();
    let scores = store.cohort_scores("harmony", ALIGNER, &digest, home.recording(0)).unwrap().unwrap();
    assert_eq!(scores.len() as u32, cohort_statistics(&home)[0].n_bundled);
    drop(store);
    let other = vec![9.0; scores.len()];
    home.library
        .database
        .store()
        .put_cohort_scores("harmony", ALIGNER, &digest, &[(home.recording(0), other)])
        .unwrap();
    for n in 3..8 {
        home.song(&n.to_string(), n);
    }
    link(&home, &mut LinkingRun::default(), &Control::new());
    assert!(known(&home) > before + 1.0, "the stored scores are taken for what they say");
    home.library.database.store().set_meta("background_pieces", "an older set").unwrap();
    home.library
        .database
        .store()
        .put_cohort_scores("harmony", ALIGNER, "an older set", &[(home.recording(0), vec![])])
        .unwrap();
    link(&home, &mut LinkingRun::default(), &Control::new());
    assert!(known(&home) < before + 1.0, "another set of pieces makes all statistics stale");
}

#[test]
fn stopped_work_leaves_links_that_agree_and_the_next_one_goes_on() {
    let home = related(&[8]);
    for n in 8..30 {
        home.song(&n.to_string(), n);
    }
    let control = Control::new();
    control.stop();
    link(&home, &mut LinkingRun::default(), &control);
    assert!(links_are_complete(&home.library.database).unwrap());
    let aligned = link(&home, &mut LinkingRun::at_last(), &Control::new());
    assert!(aligned > 0);
    assert_eq!(cohort_statistics(&home), cohort_statistics(&related(&[30])));
}

#[test]
fn a_scan_that_finds_nothing_still_relates_what_is_owed() {
    let home = related(&[2]);
    home.song("2", 2);
    let progress_control = Control::new();
    let progress = Progress::new(&|_| {}, &progress_control);
    let empty = home.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let summary = home.library.scan(&[empty], &ScanOptions::default(), &progress).unwrap();
    assert_eq!((summary.analysed, summary.pairs_aligned), (0, 2));
}

#[test]
fn a_first_look_shows_as_possible_what_is_then_aligned() {
    let home = TestLibrary::new();
    let (n, mut run, control) = (2 * SMALL.aligned_whole as u32, LinkingRun::at_last(), Control::new());
    for n in 0..n {
        home.add_analysed(
            &TestTrack { name: &n.to_string(), payload: n, ..TestTrack::default() },
            &chords(n, 0),
        );
    }
    // A version in another key, and another rendition of it.
    home.add_analysed(&TestTrack { name: "3 higher", payload: n, ..TestTrack::default() }, &chords(3, 5));
    let recordings = matchable(&home.library.database).unwrap();
    let tracks = PreparedTracks::new(&home.library.database, &recordings);
    let (effort, progress) = (Effort { threads: 2 }, Progress::new(&|_| {}, &control));
    embed(&home.library.database, Embedder::Harmony, &tracks, effort, &progress).unwrap();
    let database = &home.library.database;
    let linking = Linking { database, recordings: &recordings, tracks: &tracks, effort, progress: &progress };
    let all: Vec<usize> = (0..recordings.len()).collect();
    let order = match_provisionally(&linking, &all).unwrap();
    let (one, other) = (home.recording(3), home.recording(n));
    let first: Vec<RecordingId> = order[..2].iter().map(|index| recordings[*index].id).collect();
    assert!(first.contains(&one) && first.contains(&other), "what looks most promising is aligned first");
    let track = home.library.database.reader().unwrap().track_at(&home.path("3 higher")).unwrap().unwrap().id;
    let versions = || home.library.versions(track).unwrap().covers;
    assert_eq!(versions()[0].relation, Relation::Possible);
    assert_eq!((versions()[0].confidence, versions()[0].key_shift), (Confidence::Possible, -5));
    link(&home, &mut run, &control);
    assert!(
        home.library.database.reader().unwrap().provisional_matches().unwrap().is_empty(),
        "an alignment says more"
    );
    assert!(versions()[0].score.is_some());
    assert!(match_provisionally(&linking, &all[..3]).unwrap() == all[..3]);
}
