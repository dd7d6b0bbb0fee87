//! The streaming transform compared with its slow twin, and its behaviour at the edges.

use reprise_features::{Spec, frame_count};

use crate::signals::{bin_hz, frames, frames_of_blocks, golden, mixed, scaled, tone, white};
use crate::twin;

fn compare(samples: &[f32], tuning_cents: f32) {
    let computed = frames_of_blocks(samples, tuning_cents, 5000);
    let expected = twin::cqt(samples, Spec::v1(), f64::from(tuning_cents));
    assert_eq!(computed.len(), expected.len(), "{} samples", samples.len());
    let loudest = expected.iter().flatten().copied().fold(0.0, f64::max);
    for (t, (computed, expected)) in computed.iter().zip(&expected).enumerate() {
        assert_eq!(computed.len(), expected.len());
        for (bin, (computed, expected)) in computed.iter().zip(expected).enumerate() {
            let difference = (f64::from(*computed) - expected).abs();
            // In f32 the error of seven filters and a transform of 1024 points is about 120 dB down.
            assert!(
                difference <= 2e-6 * loudest,
                "{} samples, frame {t}, bin {bin}: {computed} is not {expected}, loudest {loudest}",
                samples.len()
            );
        }
    }
}

#[test]
fn the_stream_computes_the_definition() {
    compare(&golden("midi_A_Fsm_D_E7.wav")[30_000..130_001], 0.0);
}

#[test]
fn the_stream_computes_the_definition_when_tuned() {
    compare(&golden("midi_A_Fsm_D_E7.wav")[30_000..100_000], -37.5);
}

#[test]
fn tracks_shorter_than_a_window_are_reflected_as_often_as_it_takes() {
    for n_samples in [4097, 5000, 12_345, 20_481] {
        compare(&mixed(&white(n_samples, 1), &tone(1.0, 0.5, bin_hz(100.0))), 0.0);
    }
}

#[test]
fn a_track_of_any_length_has_the_stated_number_of_frames() {
    for n_samples in [0usize, 1, 2, 100, 4095, 4096, 4097, 8192, 65_535, 65_536, 131_072, 200_001] {
        let frames = frames(&white(n_samples, 2));
        assert_eq!(frames.len(), frame_count(n_samples as u64), "{n_samples} samples");
        assert!(frames.iter().all(|frame| frame.len() == Spec::v1().cqt.n_bins));
        assert!(frames.iter().flatten().all(|magnitude| magnitude.is_finite()), "{n_samples} samples");
    }
    for multiple in 1..40u64 {
        let n_samples = multiple * 4096;
        assert_eq!(
            frames(&vec![0.0; n_samples as usize]).len(),
            frame_count(n_samples),
            "{n_samples} samples"
        );
    }
}

#[test]
fn blocks_of_any_size_give_the_same_frames() {
    let samples = scaled(&white(150_001, 3), 0.2);
    let whole = frames_of_blocks(&samples, 0.0, samples.len());
    for block in [1, 7, 1152, 40_000] {
        assert!(frames_of_blocks(&samples, 0.0, block) == whole, "blocks of {block}");
    }
}

#[test]
fn a_tuning_of_zero_is_the_definition_to_the_bit() {
    let samples = scaled(&white(100_000, 4), 0.2);
    assert!(frames_of_blocks(&samples, -0.0, 4096) == frames_of_blocks(&samples, 0.0, 4096));
}

#[test]
fn damaged_samples_count_as_silence() {
    let clean: Vec<f32> = (0..100_000).map(|n| if n % 1000 < 3 { 0.0 } else { 0.1 }).collect();
    let damage = [f32::NAN, f32::INFINITY, -1e30];
    let damaged: Vec<f32> = (0..100_000).map(|n| if n % 1000 < 3 { damage[n % 1000] } else { 0.1 }).collect();
    assert!(frames(&damaged) == frames(&clean));
}
