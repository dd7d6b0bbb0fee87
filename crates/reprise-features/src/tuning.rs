//! Estimates how far a track is tuned from A = 440 Hz, from the partials of its spectrum.
//!
//! CREMA tolerates a third of a semitone of mistuning; at half a semitone every chord changes to a neighbour. The
//! tuning is therefore estimated once per track, and the kernels of the transform are moved
//! ([`crate::CqtStream::new`]).

use std::f64::consts::TAU;

use realfft::num_complex::{Complex32, Complex64};
use realfft::{RealFftPlanner, RealToComplex};

use crate::Spec;
use crate::spec;

/// Returns the deviation from A = 440 Hz in cents, in (-60, 40]; 0 if it is small or if no tuning can be determined.
///
/// `samples` are mono at `rate_hz`. A minute or two of a track are enough; longer ones cost no more, because at most
/// 128 windows are analysed. The range is not symmetric, so that recordings about a quarter-tone low, which are common,
/// are all assigned to the same semitone.
pub fn estimate_cents(samples: &[f32], rate_hz: u32) -> f32 {
    let limits = &Spec::v1().tuning;
    let (mean, confidence) = deviation(samples, rate_hz, limits);
    let above_lowest = (mean - limits.lowest_cents).rem_euclid(100.0);
    let cents = limits.lowest_cents + if above_lowest == 0.0 { 100.0 } else { above_lowest };
    if confidence < limits.confidence_min || cents.abs() < limits.ignored_cents { 0.0 } else { cents as f32 }
}

/// Returns the circular mean of the partials' deviations from the semitone grid, in cents modulo 100, and the mean's
/// resultant length: 1 if all partials agree, 0 if they are spread evenly.
fn deviation(samples: &[f32], rate_hz: u32, limits: &spec::Tuning) -> (f64, f64) {
    let mut spectra = Spectra::new(limits.fft_samples);
    let bin_hz = f64::from(rate_hz.max(1)) / limits.fft_samples as f64;
    let (mut resultant, mut weights) = (Complex64::ZERO, 0.0);
    for start in window_starts(samples.len(), limits) {
        let powers = spectra.powers(&samples[start..samples.len().min(start + limits.fft_samples)]);
        each_partial(powers, bin_hz, limits, |frequency_hz, power| {
            // The root of the amplitude: loud partials weigh most, but no single note decides.
            let weight = f64::from(power).powf(0.25);
            let semitones = 12.0 * (frequency_hz / limits.reference_hz).log2();
            resultant += Complex64::from_polar(weight, TAU * semitones);
            weights += weight;
        });
    }
    if weights > 0.0 { (resultant.arg() / TAU * 100.0, resultant.norm() / weights) } else { (0.0, 0.0) }
}

/// Returns the starts of windows that overlap by half, or of fewer windows spread evenly.
fn window_starts(n_samples: usize, limits: &spec::Tuning) -> impl Iterator<Item = usize> {
    let room = n_samples.saturating_sub(limits.fft_samples);
    let n_windows = (room / (limits.fft_samples / 2) + 1).min(limits.n_windows_max);
    (0..n_windows).map(move |index| index * room / n_windows.saturating_sub(1).max(1))
}

/// Calls `each` with the frequency and power of every peak within the limits.
fn each_partial(powers: &[f32], bin_hz: f64, limits: &spec::Tuning, mut each: impl FnMut(f64, f32)) {
    let first = ((limits.f_low_hz / bin_hz) as usize).clamp(1, powers.len() - 1);
    let end = ((limits.f_high_hz / bin_hz) as usize).clamp(first, powers.len() - 1);
    let strongest = powers[first..end].iter().copied().fold(0.0, f32::max);
    let weakest = strongest * 10f32.powf(-limits.peak_range_db as f32 / 10.0);
    for bin in first..end {
        let [left, centre, right] = [powers[bin - 1], powers[bin], powers[bin + 1]];
        if centre > left && centre >= right && centre > weakest.max(f32::MIN_POSITIVE) {
            // The vertex of a parabola through the logarithms is within 0.02 bins of a sinusoid under a Hann window.
            let [left, middle, right] =
                [left, centre, right].map(|power| f64::from(power.max(f32::MIN_POSITIVE)).ln());
            let offset = 0.5 * (left - right) / (left - 2.0 * middle + right);
            each((bin as f64 + offset) * bin_hz, centre);
        }
    }
}

/// Computes power spectra under a Hann window, with its buffers.
struct Spectra {
    fft: std::sync::Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    powers: Vec<f32>,
}

impl Spectra {
    fn new(fft_samples: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(fft_samples);
        let hann = |n: usize| (0.5 - 0.5 * (TAU * n as f64 / fft_samples as f64).cos()) as f32;
        Self {
            window: (0..fft_samples).map(hann).collect(),
            samples: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            powers: Vec::new(),
            fft,
        }
    }

    /// Returns the powers of at most as many samples as the window has. Missing and damaged samples count as 0.
    fn powers(&mut self, samples: &[f32]) -> &[f32] {
        let limit = Spec::v1().audio.sample_limit;
        self.samples.fill(0.0);
        for ((out, &sample), weight) in self.samples.iter_mut().zip(samples).zip(&self.window) {
            *out = if sample.abs() <= limit { sample * weight } else { 0.0 };
        }
        self.fft
            .process_with_scratch(&mut self.samples, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers have the lengths of the plan");
        self.powers.clear();
        self.powers.extend(self.spectrum.iter().map(Complex32::norm_sqr));
        &self.powers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 44_100;

    /// Makes a sequence of triads with six partials per note, `cents` away from A = 440 Hz.
    fn chords(cents: f64) -> Vec<f32> {
        let tuned = |note: i32| 440.0 * 2f64.powf((f64::from(note) + cents / 100.0) / 12.0);
        let tones = |chord: [i32; 3], seconds: f64| {
            let partial =
                |note: i32, k: i32| (TAU * tuned(note) * f64::from(k) * seconds).sin() / f64::from(k * k);
            chord.iter().flat_map(|&note| (1..=6).map(move |k| partial(note, k))).sum::<f64>() as f32 * 0.1
        };
        let chord =
            |n: usize| [[-12, -8, -5], [-15, -12, -8], [-19, -15, -12], [-17, -13, -10]][n / 44_100 % 4];
        (0..8 * 44_100).map(|n| tones(chord(n), n as f64 / 44_100.0)).collect()
    }

    #[test]
    fn a_track_s_tuning_is_found_within_its_range() {
        for (cents, expected) in [
            (-55.0, -55.0),
            (-50.0, -50.0),
            (-45.0, -45.0),
            (-32.0, -32.0),
            (-15.0, -15.0),
            (12.0, 12.0),
            (30.0, 30.0),
            (38.0, 38.0),
            (43.0, -57.0),
            (70.0, -30.0),
            (100.0, 0.0),
        ] {
            let estimate = estimate_cents(&chords(cents), RATE_HZ);
            // The 5th and 6th partials are in just intonation, which shifts the estimate by a cent or two.
            assert!((estimate - expected).abs() < 4.0, "{cents} cents gave {estimate}");
        }
    }

    #[test]
    fn a_small_deviation_counts_as_none() {
        for cents in [-5.0, 0.0, 5.0] {
            assert_eq!(estimate_cents(&chords(cents), RATE_HZ), 0.0);
        }
    }

    #[test]
    fn nothing_and_damage_have_no_tuning() {
        assert_eq!(estimate_cents(&[], RATE_HZ), 0.0);
        assert_eq!(estimate_cents(&[0.5], RATE_HZ), 0.0);
        assert_eq!(estimate_cents(&[0.0; 100_000], RATE_HZ), 0.0);
        assert_eq!(estimate_cents(&[f32::NAN; 100_000], RATE_HZ), 0.0);
        assert_eq!(estimate_cents(&chords(0.0), 0), 0.0);
    }

    #[test]
    fn noise_has_no_tuning() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        for _ in 0..10 {
            let samples: Vec<f32> = (0..441_000).map(|_| 0.1 * noise()).collect();
            let (_, confidence) = deviation(&samples, RATE_HZ, &Spec::v1().tuning);
            println!("{confidence}");
            assert_eq!(estimate_cents(&samples, RATE_HZ), 0.0);
        }
    }
}
