//! Signals by formula, mono at 44,100 Hz, and what every test does with them.

use std::f64::consts::TAU;
use std::path::Path;

use reprise_features::{CqtStream, Loudest, Spec};

pub const RATE_HZ: u32 = 44_100;

/// Makes `seconds` of a signal that is given as a function of time in seconds.
pub fn of_time(seconds: f64, value: impl Fn(f64) -> f64) -> Vec<f32> {
    let n_samples = (seconds * f64::from(RATE_HZ)) as usize;
    (0..n_samples).map(|n| value(n as f64 / f64::from(RATE_HZ)) as f32).collect()
}

pub fn tone(seconds: f64, amplitude: f64, frequency_hz: f64) -> Vec<f32> {
    of_time(seconds, |t| amplitude * (TAU * frequency_hz * t).sin())
}

/// Returns the frequency of a bin; `bin` 0 is C1.
pub fn bin_hz(bin: f64) -> f64 {
    Spec::v1().cqt.f_min_hz * 2f64.powf(bin / 36.0)
}

/// Pseudo-random numbers, uniform from -1 to 1.
pub fn white(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

pub fn scaled(samples: &[f32], gain: f32) -> Vec<f32> {
    samples.iter().map(|sample| sample * gain).collect()
}

pub fn mixed(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Reads an input of the golden tests: a band that plays A, F#m, D, E7, and four synthesised chords.
pub fn golden(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/v1").join(name);
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32768.0).collect()
}

/// Returns frames of linear magnitudes; the samples are pushed in blocks.
pub fn frames_of_blocks(samples: &[f32], tuning_cents: f32, block: usize) -> Vec<Vec<f32>> {
    let mut frames = Vec::new();
    let mut stream = CqtStream::new(Spec::v1(), tuning_cents);
    for samples in samples.chunks(block) {
        stream.push(samples, &mut |frame| frames.push(frame.to_vec()));
    }
    stream.finish(&mut |frame| frames.push(frame.to_vec()));
    frames
}

pub fn frames(samples: &[f32]) -> Vec<Vec<f32>> {
    frames_of_blocks(samples, 0.0, 4096)
}

pub fn loudest(frames: &[Vec<f32>]) -> Loudest {
    let mut loudest = Loudest::new(Spec::v1());
    frames.iter().for_each(|frame| loudest.observe(frame));
    loudest
}
