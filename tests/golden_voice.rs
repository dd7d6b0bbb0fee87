//! Compares every stage of the voice's chain with the reference arrays of `tests/golden/voice2`.

// Helpers of tests are tests too, which clippy does not recognise outside of `#[test]`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use ndarray_npy::{ReadableElement, read_npy};
use reprise_features::Spec;
use reprise_features::voice::{Grid, LogMel, PitchClasses, Powers, Resynthesis, Segment, Spectra, VoiceSpec};
use reprise_inference::{Melody, Runtime, Vocals, VoiceActivity, find_models, find_runtime_library};

/// The values in `make_voice.py`.
const CHOSEN_FRAMES: [usize; 5] = [0, 40, 100, 200, 258];
const MASK_STEP: usize = 16;
const VOCALS: std::ops::Range<usize> = 88_200..110_250;

fn models() -> (Runtime, PathBuf) {
    (Runtime::load(&find_runtime_library().unwrap()).unwrap(), find_models().unwrap())
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/voice2").join(format!("{name}.npy"))
}

fn samples(name: &str) -> Vec<f32> {
    let array: Array1<i16> = read_npy(file(name)).unwrap();
    array.iter().map(|sample| f32::from(*sample) / 32_768.0).collect()
}

/// A matrix in memory order, and its width.
fn matrix<T: ReadableElement + Copy + Into<f32>>(name: &str) -> (Vec<f32>, usize) {
    let array: Array2<T> = read_npy(file(name)).unwrap();
    (array.iter().map(|value| (*value).into()).collect(), array.shape()[1])
}

/// Like `matrix`, for values in 0..=1 that are stored as bytes.
fn shares(name: &str) -> (Vec<f32>, usize) {
    let (bytes, width) = matrix::<u8>(name);
    (bytes.into_iter().map(|byte| byte / 255.0).collect(), width)
}

/// The largest and the mean difference.
fn difference(a: &[f32], b: &[f32]) -> (f32, f32) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().all(|value| value.is_finite()));
    let each = || a.iter().zip(b).map(|(a, b)| (a - b).abs());
    (each().fold(0.0, f32::max), each().sum::<f32>() / a.len() as f32)
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |v: &[f32]| v.iter().map(|x| f64::from(*x)).sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| f(f64::from(*a) - ma, f64::from(*b) - mb)).sum()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

fn song_segment() -> Segment {
    let mut spectra = Spectra::new(&VoiceSpec::v2().separation);
    let mut segments = spectra.push(&samples("song"));
    segments.extend(spectra.finish());
    assert_eq!(segments.len(), 1);
    segments.remove(0)
}

#[test]
fn magnitudes_are_those_of_the_reference() {
    let (reference, width) = matrix::<f32>("magnitudes");
    let own = song_segment().magnitudes(&VoiceSpec::v2().separation);
    for (frame, expected) in CHOSEN_FRAMES.iter().zip(reference.chunks(width)) {
        let (largest, _) = difference(&own[frame * width..(frame + 1) * width], expected);
        // The loudest value is 200; the difference is that of f32 and double arithmetic.
        assert!(largest < 2e-3, "frame {frame}: {largest}");
    }
}

#[test]
fn masks_and_vocals_are_those_of_the_published_network() {
    let spec = &VoiceSpec::v2().separation;
    let (runtime, models) = models();
    let segment = song_segment();
    let mask = Vocals::load(&runtime, &models).unwrap().masks(&segment.magnitudes(spec)).unwrap();
    let (reference, width) = shares("mask");
    let own: Vec<f32> = mask.chunks(width).step_by(MASK_STEP).flatten().copied().collect();
    // The weights are 8-bit integers. This affects single values of the mask, most of all those without sound, but not
    // the audible result.
    let magnitudes = segment.magnitudes(spec);
    let loud: Vec<f32> = magnitudes.chunks(width).step_by(MASK_STEP).flatten().copied().collect();
    let heard =
        |mask: &[f32]| -> Vec<f32> { mask.iter().zip(&loud).map(|(mask, loud)| mask * loud).collect() };
    let likeness = correlation(&heard(&own), &heard(&reference));
    println!("masked magnitudes correlate by {likeness}");
    assert!(likeness > 0.999);

    let vocals = Resynthesis::new(spec).push(&segment, &mask);
    let reference: Array1<f32> = read_npy(file("vocals")).unwrap();
    let likeness = correlation(&vocals[VOCALS], reference.as_slice().unwrap());
    println!("vocals correlate by {likeness}");
    assert!(likeness > 0.9995);
}

#[test]
fn moments_count_as_much_as_in_the_reference() {
    let spec = VoiceSpec::v2();
    let (runtime, models) = models();
    let segment = song_segment();
    let n_bins = spec.separation.n_bins;
    let mut mask =
        Vocals::load(&runtime, &models).unwrap().masks(&segment.magnitudes(&spec.separation)).unwrap();
    // The singer of the song is louder than the band throughout. So the mask fades here, as in `make_voice.py`.
    for (frame, row) in mask.chunks_mut(n_bins).enumerate() {
        row.iter_mut().for_each(|value| *value *= 10f32.powf(-0.15 * frame as f32 / 20.0));
    }
    let mut powers = Powers::new(spec, Spec::v1());
    powers.add(&segment, &mask, n_bins);
    let reference: Array1<f32> = read_npy(file("weights")).unwrap();
    let (largest, mean) = difference(&powers.weights(0..reference.len()), reference.as_slice().unwrap());
    println!("weights differ by {largest} at most, {mean} on average");
    // The mask comes from weights in 8 bits.
    assert!(largest < 0.02 && mean < 0.003);
}

#[test]
fn log_mel_frames_are_those_of_the_reference() {
    let own = LogMel::new(&VoiceSpec::v2().melody).frames(&samples("sung"), 0..300);
    let (reference, _) = matrix::<f32>("log_mel");
    let (largest, mean) = difference(&own, &reference);
    println!("log-mel differs by {largest} at most, {mean} on average");
    // Near the floor, the logarithm magnifies rounding errors.
    assert!(largest < 0.02 && mean < 1e-4);
}

#[test]
fn the_melody_is_that_of_the_published_network() {
    let spec = VoiceSpec::v2();
    let (runtime, models) = models();
    let (log_mel, _) = matrix::<f32>("log_mel");
    let salience = Melody::load(&runtime, &models).unwrap().salience(&log_mel).unwrap();
    let (reference, width) = shares("salience");
    assert!(correlation(&salience, &reference) > 0.99);
    let classes = PitchClasses::new(&spec.melody, 0.0);
    let folded = |salience: &[f32]| {
        let mut grid = Grid::new(&spec.melody, Spec::v1());
        salience.chunks(width).enumerate().for_each(|(index, frame)| grid.add(index, &classes.fold(frame)));
        grid.finish(32).into_flattened()
    };
    let (melody, _) = matrix::<f32>("melody");
    // The reference is stored in bytes and folded by this chain, so only rounding differs.
    assert!(difference(&folded(&reference), &melody).0 < 1.0 / 510.0 + 1e-4);
    // The result of the network with its integer products.
    let likeness = correlation(&folded(&salience), &melody);
    println!("melodies correlate by {likeness}");
    assert!(likeness > 0.997);
}

#[test]
fn voice_activity_is_that_of_the_published_detector() {
    let (runtime, models) = models();
    let own = VoiceActivity::load(&runtime, &models).unwrap().probabilities(&samples("sung")).unwrap();
    let reference: Array1<f32> = read_npy(file("activity")).unwrap();
    let (largest, _) = difference(&own, reference.as_slice().unwrap());
    assert!(largest < 1e-4, "{largest}");
    assert!(own.iter().any(|probability| *probability > 0.5), "the synthetic singer is heard as a voice");
}
