//! Compares the networks of ASimT with the results of PyTorch for the same track: `tests/golden/asimt`,
//! `tests/golden/asimt-voice`, `training/scripts/make_asimt_golden.py`.

// Helpers of tests are tests too, which clippy does not recognise outside of `#[test]`.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use ndarray::Array2;
use ndarray_npy::read_npy;
use reprise_inference::{Asimt, Embedder, Embedding, Runtime, find_models, find_runtime_library};
use reprise_matching::sung_frames;

/// The export script refuses differences above 2e-5 for one window; the code around the network rounds as well.
const LARGEST_DIFFERENCE: f32 = 1e-4;

fn array(of: &str, name: &str) -> Array2<f32> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(of);
    read_npy(folder.join(format!("{name}.npy"))).unwrap()
}

fn frames(of: &str, name: &str) -> Vec<[f32; 12]> {
    let values: Vec<f32> = array(of, name).iter().copied().collect();
    values.as_chunks().0.to_vec()
}

/// The embeddings of the track in its own key and seven semitones higher.
fn embedded(embedder: Embedder, views: &[&[[f32; 12]]]) -> Vec<Embedding> {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    let mut asimt = Asimt::load(&runtime, &find_models().unwrap().join(embedder.folder()), embedder).unwrap();
    asimt.embed(views, &[0, 7]).unwrap()
}

fn assert_as_pytorch_has_it(keys: &[Embedding], of: &str) {
    for (name, got) in [("moments", &keys[0].local), ("moments_7", &keys[1].local), ("whole", &keys[0].whole)]
    {
        let expected = array(of, name);
        assert_eq!(got.len(), expected.len(), "{of}, {name}");
        let largest = got.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(largest < LARGEST_DIFFERENCE, "{of}, {name}: {largest}");
    }
}

#[test]
fn a_track_has_the_vectors_that_pytorch_gives_it() {
    let (crema, chroma) = (frames("asimt", "crema"), frames("asimt", "chroma"));
    assert_as_pytorch_has_it(&embedded(Embedder::Harmony, &[&crema, &chroma]), "asimt");
}

#[test]
fn a_voice_has_the_vectors_that_pytorch_gives_it_once_its_silence_is_left_out() {
    let sung = sung_frames(&frames("asimt-voice", "melody"));
    assert_as_pytorch_has_it(&embedded(Embedder::Voice, &[&sung]), "asimt-voice");
}
