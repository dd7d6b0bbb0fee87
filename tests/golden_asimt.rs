//! ASimT against what PyTorch made of the same track: `tests/golden/asimt`, `training/scripts/make_asimt_golden.py`.

// The helpers of a test are tests too, which clippy does not see outside of `#[test]`.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use ndarray::Array2;
use ndarray_npy::read_npy;
use reprise_inference::{Asimt, Runtime, find_models, find_runtime_library};

/// The export refuses above 2e-5 for a window; what is around the network rounds as well.
const LARGEST_DIFFERENCE: f32 = 1e-4;

fn array(name: &str) -> Array2<f32> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/asimt");
    read_npy(folder.join(format!("{name}.npy"))).unwrap()
}

fn frames(name: &str) -> Vec<[f32; 12]> {
    let values: Vec<f32> = array(name).iter().copied().collect();
    values.as_chunks().0.to_vec()
}

fn largest_difference(got: &[f32], name: &str) -> f32 {
    let expected = array(name);
    assert_eq!(got.len(), expected.len());
    got.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn a_track_has_the_vectors_that_pytorch_gives_it() {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    let mut asimt = Asimt::load(&runtime, &find_models().unwrap()).unwrap();
    let keys = asimt.embed(&frames("crema"), &frames("chroma"), &[0, 7]).unwrap();
    assert!(largest_difference(&keys[0].moments, "moments") < LARGEST_DIFFERENCE);
    assert!(largest_difference(&keys[1].moments, "moments_7") < LARGEST_DIFFERENCE);
    assert!(largest_difference(&keys[0].whole, "whole") < LARGEST_DIFFERENCE);
}
