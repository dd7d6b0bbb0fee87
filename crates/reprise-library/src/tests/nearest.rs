//! Embeddings, and the search by them.

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_store::{Embeddings, Recording, RecordingId, SpaceName, TrackId};

use super::{TestLibrary, TestTrack};
use crate::candidates::embeddings;
use crate::candidates::model::space_in_use;
use crate::candidates::nearest::Nearest;
use crate::candidates::recording_index::{forget, recording_index};
use crate::database::Changed;
use crate::evaluate::truth::Label;
use crate::recordings::matchable;
use crate::recordings::prepared::PreparedTracks;
use crate::{Closeness, Control, Effort, Error, Method, Progress};

pub(super) fn embed(home: &TestLibrary, control: &Control) -> Vec<Recording> {
    let recordings = matchable(&home.library.database).unwrap();
    let tracks = PreparedTracks::new(&home.library.database, &recordings);
    let progress = Progress::new(&|_| {}, control);
    embeddings::embed(&home.library.database, Embedder::Harmony, &tracks, Effort { threads: 2 }, &progress)
        .unwrap();
    recordings
}

/// Triads in pseudo-random order, `raised` semitones higher.
pub(super) fn chords(seed: u32, raised: usize) -> Vec<[f32; 12]> {
    let (mut state, mut root) = (seed.wrapping_mul(2_654_435_761) | 1, 0);
    let mut frames = Vec::new();
    for _ in 0..20 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        root = (root + [0, 2, 5, 7, 9][(state >> 24) as usize % 5]) % 12;
        let third = if state & (1 << 20) == 0 { 3 } else { 4 };
        let chord = [0, third, 7].map(|interval| (root + raised + interval) % 12);
        frames.extend([std::array::from_fn(|p| if chord.contains(&p) { 0.95 } else { 0.02 }); 20]);
    }
    frames
}

/// Thirty songs, and versions of two of them, five and eleven semitones higher.
pub(super) fn songs() -> TestLibrary {
    let home = TestLibrary::new();
    let add = |name: &str, payload, song, raised| {
        home.add_analysed(&TestTrack { name, payload, ..TestTrack::default() }, &chords(song, raised))
    };
    for n in 0..30 {
        add(&n.to_string(), n, n, 0);
    }
    add("3 higher", 33, 3, 5);
    add("4 higher", 34, 4, 11);
    home
}

#[test]
fn a_version_in_another_key_is_the_nearest() {
    let home = songs();
    let recordings = embed(&home, &Control::new());
    let nearest = Nearest::of(&home.library.database, Embedder::Harmony).unwrap();
    assert_eq!(nearest.missing(&recordings), 0);
    let mut scratch = SearchScratch::default();
    for (song, version) in [(3, 33), (4, 34)] {
        for (one, other) in [(song, version), (version, song)] {
            let found = nearest.to_recording(home.recording(one), 5, &mut scratch).unwrap();
            assert_eq!(found[0].0, home.recording(other), "of {one}");
            assert!(found.len() <= 5 && found.iter().all(|(id, _)| *id != home.recording(one)));
            let query = nearest.embeddings(home.recording(one)).unwrap();
            let as_visitor = nearest.to_track(&query, 5, &mut scratch).unwrap();
            let first: Vec<RecordingId> = as_visitor[..2].iter().map(|(id, _)| *id).collect();
            assert!(first.contains(&home.recording(one)) && first.contains(&home.recording(other)));
        }
    }
}

#[test]
fn vectors_of_another_model_are_made_anew_and_none_is_made_twice() {
    let home = songs();
    let first = home.recording(0);
    let old = Embeddings { keys: vec![0], codewords: vec![1], local: vec![0; 64] };
    let older = SpaceName { view: "harmony", model: "older", features: "crema-1" };
    home.library
        .database
        .change(Changed::Embeddings, |store| store.put_embeddings(older, &[(first, old)]))
        .unwrap();
    let recordings = embed(&home, &Control::new());
    let space = space_in_use(&home.library.database, Embedder::Harmony).unwrap();
    let own =
        |n: u32| home.library.database.reader().unwrap().embeddings(home.recording(n), space.name()).unwrap();
    let vectors = own(0).unwrap();
    assert_eq!(vectors.keys.len(), 3);
    // 400 frames contain 33 patches, of which every other one is kept, with its two nearest codewords.
    assert_eq!((vectors.codewords.len(), vectors.local.len()), (3 * 17 * 2, 3 * 17 * 64));
    assert_eq!(
        recording_index(&home.library.database, Embedder::Harmony).unwrap().ids.len(),
        recordings.len()
    );
    let marked = Embeddings { codewords: vec![7; 3 * 17 * 2], ..vectors };
    home.library
        .database
        .change(Changed::Embeddings, |store| store.put_embeddings(space.name(), &[(first, marked.clone())]))
        .unwrap();
    embed(&home, &Control::new());
    assert_eq!(own(0), Some(marked), "what is there stays");
}

#[test]
fn stopped_embedding_goes_on_later_and_says_what_it_owes() {
    let home = songs();
    let control = Control::new();
    control.stop();
    let recordings = embed(&home, &control);
    let nearest = Nearest::of(&home.library.database, Embedder::Harmony).unwrap();
    assert_eq!(nearest.missing(&recordings), recordings.len());
    let first = recordings[0].id;
    assert!(nearest.to_recording(first, 5, &mut SearchScratch::default()).unwrap().is_empty());
    let label = |file: &str| Label { file: file.into(), work: "a".into() };
    let labels = [label("3"), label("3 higher")];
    let error = home.library.evaluate(&labels, Method::Embedding).unwrap_err();
    assert!(matches!(error, Error::NotEmbedded { missing } if missing == recordings.len()));
    embed(&home, &Control::new());
    for method in [Method::Embedding, Method::Shortlist] {
        let evaluation = home.library.evaluate(&labels, method).unwrap();
        assert_eq!(evaluation.ranking.map, 1.0, "{method:?}");
    }
}

#[test]
fn the_index_grows_with_the_library_and_notices_what_was_embedded_out_of_order() {
    let home = songs();
    embed(&home, &Control::new());
    let index = recording_index(&home.library.database, Embedder::Harmony).unwrap();
    assert!(
        std::sync::Arc::ptr_eq(&index, &recording_index(&home.library.database, Embedder::Harmony).unwrap()),
        "it is loaded once"
    );
    home.add_analysed(&TestTrack { name: "5 higher", payload: 35, ..TestTrack::default() }, &chords(5, 7));
    embed(&home, &Control::new());
    let tracks = |alike: Vec<TrackId>| alike.into_iter().map(|id| home.library.track_path(id).unwrap());
    let track =
        |name: &str| home.library.database.reader().unwrap().track_at(&home.path(name)).unwrap().unwrap().id;
    for closeness in [Closeness::Quickly, Closeness::ByLocalEmbeddings] {
        let alike = home.library.alike(track("5 higher"), closeness, 3).unwrap();
        assert_eq!(alike.len(), 3);
        assert_eq!(tracks(alike).next().unwrap(), Some(home.path("5")), "{closeness:?}");
    }
    assert_eq!(
        recording_index(&home.library.database, Embedder::Harmony).unwrap().ids.len(),
        index.ids.len() + 1
    );
    // This imitates a first recording that was embedded by another model.
    forget(&home.library.database);
    let space = space_in_use(&home.library.database, Embedder::Harmony).unwrap();
    let first = home.recording(0);
    let vectors = home.library.database.reader().unwrap().embeddings(first, space.name()).unwrap().unwrap();
    let older = SpaceName { view: "harmony", model: "older", features: "crema-1" };
    home.library
        .database
        .change(Changed::Embeddings, |store| store.put_embeddings(older, &[(first, vectors.clone())]))
        .unwrap();
    assert!(!recording_index(&home.library.database, Embedder::Harmony).unwrap().ids.contains(&first));
    home.library
        .database
        .change(Changed::Embeddings, |store| store.put_embeddings(space.name(), &[(first, vectors)]))
        .unwrap();
    assert!(recording_index(&home.library.database, Embedder::Harmony).unwrap().ids.contains(&first));
}
