//! Samples to levels.

use proptest::prelude::*;

use super::super::levels::{BANDS, CHANNELS, FRAME_S, energies};
use super::{RATE, Sound, piece, sketch};
use crate::stereo::StereoSketcher;

/// The edges of the bands in Hz, written a second time.
const EDGES_HZ: [f64; BANDS + 1] = [
    75.0, 150.0, 225.0, 300.0, 400.0, 500.0, 625.0, 775.0, 950.0, 1175.0, 1450.0, 1800.0, 2250.0, 2850.0,
    3600.0, 4600.0, 6000.0,
];

/// The energies of a frame in decibels, by the definition of the transform.
fn slow(sound: &[[f32; 2]]) -> [[f64; BANDS]; CHANNELS] {
    let n = sound.len() as f64;
    let signal = |channel: usize, frame: &[f32; 2]| {
        let [left, right] = frame.map(f64::from);
        [left, right, (left + right) / 2.0, (left - right) / 2.0][channel]
    };
    let energy = |channel: usize, bin: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (k, frame) in sound.iter().enumerate() {
            let turn = std::f64::consts::TAU * k as f64 / n;
            let windowed = signal(channel, frame) * (0.5 - 0.5 * turn.cos());
            re += windowed * (turn * bin as f64).cos();
            im += windowed * (turn * bin as f64).sin();
        }
        re * re + im * im
    };
    // A full-scale sine has a peak of a quarter of the frame, and half of that in the bins beside it.
    let full_scale = (n / 4.0).powi(2) * 1.5;
    let bin_hz = RATE as f64 / n;
    std::array::from_fn(|channel| {
        std::array::from_fn(|band| {
            let bins = (0..sound.len() / 2)
                .filter(|bin| (EDGES_HZ[band]..EDGES_HZ[band + 1]).contains(&(*bin as f64 * bin_hz)));
            10.0 * (bins.map(|bin| energy(channel, bin)).sum::<f64>() / full_scale).log10()
        })
    })
}

#[test]
fn levels_are_those_of_the_slow_transform() {
    let sound = piece(1, 1);
    let (sketch, energies) = (sketch(&sound), energies());
    for frame in [0, 7, 30] {
        let expected = slow(&sound[frame * 320..frame * 320 + 640]);
        for (levels, expected) in sketch.frames[frame].iter().flatten().zip(expected.iter().flatten()) {
            let db = 10.0 * f64::from(energies[usize::from(*levels)]).log10();
            // A level is the nearest half of a decibel.
            assert!((db.max(-109.0) - expected.max(-109.0)).abs() < 0.27, "{db} instead of {expected}");
        }
    }
}

#[test]
fn a_full_scale_sine_is_0_db_in_its_band_and_silence_is_nothing() {
    let sine = |n: usize| [(std::f32::consts::TAU * 850.0 * n as f32 / RATE as f32).sin(), 0.0];
    let sound: Sound = (0..RATE).map(sine).collect();
    let sketch_of_sine = sketch(&sound);
    let [left, right, mid, side] = sketch_of_sine.frames[10];
    assert_eq!((left[7], right, mid[7], side[7]), (220, [0; BANDS], 208, 208), "half the sum is 6 dB less");
    assert_eq!(sketch_of_sine.n_channels(), 2);
    let silence = sketch(&vec![[0.0; 2]; RATE]);
    assert!(silence.frames.iter().flatten().flatten().all(|level| *level == 0));
    assert_eq!(silence.n_channels(), 1);
    assert!((silence.duration_s() - 1.0).abs() < 2.0 * FRAME_S);
    assert!(sketch(&[]).frames.is_empty());
}

#[test]
fn samples_that_are_no_numbers_or_far_too_large_are_survived() {
    let broken = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN];
    let sound: Sound = (0..RATE).map(|n| [broken[n % 5], broken[n % 3]]).collect();
    assert!(!sketch(&sound).frames.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_sketch_does_not_depend_on_how_samples_come(
        samples in prop::collection::vec([-1.0f32..1.0, -1.0f32..1.0], 0..4000),
        portion in 1usize..3000,
    ) {
        let mut sketcher = StereoSketcher::new();
        samples.chunks(portion).for_each(|chunk| sketcher.push(chunk.as_flattened()));
        prop_assert_eq!(sketcher.finish(), sketch(&samples));
    }
}
