//! Compares CREMA with the output of the published network in `tests/golden/v1`: alone, in pieces, and after Reprise's
//! own chain from the samples on. The stages before it are tested in `golden.rs`.

// Helpers of tests are tests too, which clippy does not recognise outside of `#[test]`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::PathBuf;

use ndarray::{Array2, Array3};
use ndarray_npy::read_npy;
use reprise_features::{CqtStream, Loudest, Spec, hcqt_frame};
use reprise_inference::{Crema, CremaStream, Runtime, find_models, find_runtime_library};

const CASES: [&str; 2] = ["synth_C_Am_F_G", "midi_A_Fsm_D_E7"];

/// Sums in float32 in another order than TensorFlow's: 4e-7 was measured. With the chain before it (0.01 dB): 6e-6.
const ALLOWED: f32 = 1e-4;

fn crema() -> Crema {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Crema::load(&runtime, &find_models().unwrap()).unwrap()
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/v1").join(name)
}

/// The input of the published network, `[n_frames, n_bins, n_harmonics]`, in memory order.
fn reference_input(case: &str) -> Vec<f32> {
    let array: Array3<f32> = read_npy(file(&format!("{case}.cqt_librosa081.npy"))).unwrap();
    let [n_bins, n_harmonics] = [Spec::v1().crema.n_bins, Spec::v1().crema.harmonics.len()];
    assert_eq!(array.shape()[1..], [n_bins, n_harmonics]);
    // The file is in Fortran order; `iter` follows the logical index.
    array.iter().copied().collect()
}

/// Reprise's own input of the network, computed from the samples.
fn own_input(case: &str) -> Vec<f32> {
    let spec = Spec::v1();
    let mut reader = hound::WavReader::open(file(&format!("{case}.wav"))).unwrap();
    let samples: Vec<f32> = reader.samples::<i16>().map(|s| f32::from(s.unwrap()) / 32768.0).collect();
    let (mut magnitudes, mut loudest) = (Vec::new(), Loudest::new(spec));
    let mut emit = |frame: &[f32]| {
        loudest.observe(frame);
        magnitudes.push(frame.to_vec());
    };
    let mut stream = CqtStream::new(spec, 0.0);
    stream.push(&samples, &mut emit);
    stream.finish(&mut emit);
    let mut hcqt_db = vec![0.0; magnitudes.len() * spec.crema.n_bins * spec.crema.harmonics.len()];
    let n_values = hcqt_db.len() / magnitudes.len();
    for (frame, out) in magnitudes.iter().zip(hcqt_db.chunks_exact_mut(n_values)) {
        hcqt_frame(frame, &loudest, out);
    }
    hcqt_db
}

fn assert_is_reference(case: &str, computed: &[[f32; 12]]) {
    let reference: Array2<f32> = read_npy(file(&format!("{case}.chord_pitch_020_tf.npy"))).unwrap();
    assert_eq!([computed.len(), 12], reference.shape(), "{case}");
    let values = computed.as_flattened();
    assert!(values.iter().all(|p| (0.0..=1.0).contains(p)), "{case}: a value is no probability");
    let largest = values.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    println!("{case}: largest difference {largest:.1e}, allowed {ALLOWED:.0e}");
    assert!(largest <= ALLOWED, "{case}: {largest} off, allowed {ALLOWED}");
}

#[test]
fn the_network_gives_what_the_published_one_gives() {
    let mut crema = crema();
    for case in CASES {
        assert_is_reference(case, &crema.run(&reference_input(case)).unwrap());
    }
}

#[test]
fn the_network_gives_the_same_when_the_track_comes_bit_by_bit() {
    let mut crema = crema();
    for case in CASES {
        let push_len = 10 * crema.frame_len();
        let (input, mut frames) = (reference_input(case), Vec::new());
        let mut segments = CremaStream::new(&mut crema);
        for piece in input.chunks(push_len) {
            segments.push(piece, &mut |frame| frames.push(*frame)).unwrap();
        }
        segments.finish(&mut |frame| frames.push(*frame)).unwrap();
        assert_is_reference(case, &frames);
    }
}

#[test]
fn samples_through_the_whole_chain_give_what_the_published_package_gives() {
    let mut crema = crema();
    for case in CASES {
        assert_is_reference(case, &crema.run(&own_input(case)).unwrap());
    }
}
