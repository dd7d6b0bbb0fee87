//! Embeddings of the voice, and what a large library finds by them.

use reprise_features::Versions;
use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_matching::sung_share;
use reprise_store::{Embeddings, Features, Recording, SpaceName};

use super::nearest::chords;
use super::relating::link;
use super::{TestLibrary, TestTrack, payload};
use crate::candidates::embeddings;
use crate::candidates::model::space_in_use;
use crate::candidates::nearest::Nearest;
use crate::candidates::space::EmbeddingSpace;
use crate::database::Changed;
use crate::evaluate::truth::Label;
use crate::linking::run::LinkingRun;
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::{ALIGNER, matchable, sample};
use crate::tests::SMALL;
use crate::{Control, Effort, Method, Progress};

/// The number of songs in the large library, and the song that has a cover.
const SONGS: u32 = SMALL.aligned_whole as u32 + 16;
const ORIGINAL: u32 = 3;
const COVER: u32 = SONGS;

/// A tune with breaks, in pseudo-random order, `raised` semitones higher.
fn tune(seed: u32, raised: usize) -> Vec<[f32; 12]> {
    let (mut state, mut note) = (seed.wrapping_mul(747_796_405) | 1, 0);
    let mut frames = Vec::new();
    for place in 0..40 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        note = (note + [1, 2, 3, 9, 10, 11, 5][(state >> 24) as usize % 7]) % 12;
        let loudness = if place % 13 < 10 { 0.8 } else { 0.0 };
        let class = (note + raised) % 12;
        frames.extend([std::array::from_fn(|p| if p == class { loudness } else { 0.0 }); 10]);
    }
    frames
}

/// Stores `melody` as the sung melody of a recording.
fn sing(home: &TestLibrary, n: u32, melody: &[[f32; 12]]) {
    let features = Features { kind: "melody", version: Versions::CURRENT.melody, frames: melody };
    let put = |store: &mut reprise_store::Store| store.put_voice(&payload(n), &features, sung_share(melody));
    home.library.database.change(Changed::Relations, put).unwrap();
}

/// Songs over their own chords. One more song has its own chords and, five semitones higher, the tune of another song.
fn songs(n_songs: u32, cover: u32) -> TestLibrary {
    let home = TestLibrary::new();
    for n in (0..n_songs).chain([cover]) {
        home.add_analysed(
            &TestTrack { name: &n.to_string(), payload: n, ..TestTrack::default() },
            &chords(n, 0),
        );
    }
    home
}

fn sing_all(home: &TestLibrary, n_songs: u32, cover: u32) {
    (0..n_songs).for_each(|n| sing(home, n, &tune(n, 0)));
    sing(home, cover, &tune(ORIGINAL, 5));
}

fn embed(home: &TestLibrary) -> Vec<Recording> {
    let recordings = matchable(&home.library.database).unwrap();
    let (tracks, control) = (PreparedTracks::new(&home.library.database, &recordings), Control::new());
    let progress = Progress::new(&|_| {}, &control);
    let effort = Effort { threads: 2 };
    embeddings::embed(&home.library.database, Embedder::Voice, &tracks, effort, &progress).unwrap();
    recordings
}

fn vectors(home: &TestLibrary, space: &EmbeddingSpace, n: u32) -> Option<Embeddings> {
    home.library.database.reader().unwrap().embeddings(home.recording(n), space.name()).unwrap()
}

#[test]
fn a_tune_over_other_chords_is_found_by_its_voice_where_the_harmony_misses_it() {
    let home = songs(SONGS, COVER);
    link(&home, &mut LinkingRun::at_last(), &Control::new());
    let aligned = |home: &TestLibrary| {
        let (a, b) = (home.recording(ORIGINAL), home.recording(COVER));
        home.library.database.reader().unwrap().alignment(a, b, ALIGNER).unwrap()
    };
    assert_eq!(aligned(&home), None, "not by its harmony");
    sing_all(&home, SONGS, COVER);
    link(&home, &mut LinkingRun::at_last(), &Control::new());
    assert!(aligned(&home).unwrap().voice.is_some(), "by what is sung");

    let recordings = matchable(&home.library.database).unwrap();
    let place = |n: u32| recordings.iter().position(|one| one.id == home.recording(n)).unwrap();
    let near = |embedder, n| {
        let nearest = Nearest::of(&home.library.database, embedder).unwrap();
        let found = nearest
            .to_recording(home.recording(n), SMALL.shortlisted, &mut SearchScratch::default())
            .unwrap();
        found.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    for (one, other) in [(ORIGINAL, COVER), (COVER, ORIGINAL)] {
        assert!(!near(Embedder::Harmony, one).contains(&home.recording(other)));
        assert_eq!(near(Embedder::Voice, one)[0], home.recording(other));
        assert!(!sample(&recordings, SMALL.sampled).contains(&place(one)), "nor by being like everything");
    }
    let aligned = link(&home, &mut LinkingRun::at_last(), &Control::new());
    assert_eq!(aligned, 0, "nothing is owed any more");
}

#[test]
fn only_who_sings_has_vectors_of_the_voice_and_other_melodies_or_models_make_them_stale() {
    let home = songs(6, 6);
    (0..5).for_each(|n| sing(&home, n, &tune(n, 0)));
    sing(&home, 5, &vec![[0.0; 12]; 400]);
    let space = space_in_use(&home.library.database, Embedder::Voice).unwrap();
    let made_by = space.name();
    let old = Embeddings { keys: vec![0], codewords: vec![1], local: vec![0; 32] };
    for (n, by) in
        [(0, SpaceName { model: "older", ..made_by }), (1, SpaceName { features: "melody-0", ..made_by })]
    {
        home.library
            .database
            .change(Changed::Embeddings, |store| {
                store.put_embeddings(by, &[(home.recording(n), old.clone())])
            })
            .unwrap();
    }
    let harmony = SpaceName { view: "harmony", ..made_by };
    home.library
        .database
        .change(Changed::Embeddings, |store| {
            store.put_embeddings(harmony, &[(home.recording(2), old.clone())])
        })
        .unwrap();
    let recordings = embed(&home);
    let nearest = Nearest::of(&home.library.database, Embedder::Voice).unwrap();
    assert_eq!(nearest.missing(&recordings), 0, "who does not sing lacks nothing");
    for n in 0..5 {
        let made = vectors(&home, &space, n).unwrap();
        // 400 frames contain 33 blocks, of which four are silent; every other local embedding is kept.
        assert_eq!(made.codewords.len(), made.keys.len() * 15);
        assert_ne!(made, old);
    }
    assert_eq!((vectors(&home, &space, 5), vectors(&home, &space, 6)), (None, None));
    let kept = home.library.database.reader().unwrap().embeddings(home.recording(2), harmony).unwrap();
    assert_eq!(kept, Some(old.clone()), "those of the harmony stay as they are");
    home.library
        .database
        .change(Changed::Embeddings, |store| {
            store.put_embeddings(made_by, &[(home.recording(0), old.clone())])
        })
        .unwrap();
    embed(&home);
    assert_eq!(vectors(&home, &space, 0), Some(old), "what is there is not made twice");
}

#[test]
fn a_shortlist_by_voice_is_measured_among_those_who_sing() {
    let home = songs(12, 12);
    sing_all(&home, 12, 12);
    let label = |file: u32| Label { file: file.to_string(), work: "a".into() };
    let labels = [label(ORIGINAL), label(12)];
    assert!(home.library.evaluate(&labels, Method::VoiceShortlist).is_err(), "nobody is embedded yet");
    embed(&home);
    assert_eq!(home.library.evaluate(&labels, Method::VoiceShortlist).unwrap().ranking.map, 1.0);
}
