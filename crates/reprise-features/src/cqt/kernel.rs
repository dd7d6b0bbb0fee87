//! The sparse kernels of one octave in the frequency domain. They are the same for every octave, because rate and
//! frequencies halve together.
//!
//! Brown & Puckette, "An efficient algorithm for the calculation of a constant Q transform", JASA 1992;
//! Schörkhuber & Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010.

use std::f64::consts::TAU;

use realfft::RealFftPlanner;
use realfft::num_complex::{Complex32, Complex64};

use crate::Spec;

/// Kernels of the top octave, one row per bin, `[bins_per_octave, fft_samples / 2 + 1]`, sparse.
pub struct Kernel {
    rows: Vec<Row>,
}

struct Row {
    first: usize,
    /// Coefficients from Fourier bin `first` on. Dropped ones are stored as zeros, because few lie between two kept
    /// ones.
    coefficients: Vec<Complex32>,
}

impl Kernel {
    /// Computes the kernels at the top octave's rate, raised by `tuning_cents`. This takes about a millisecond.
    pub fn new(spec: &Spec, tuning_cents: f32) -> Self {
        let kept = |row: Vec<Complex64>| sparse_row(&row, spec.cqt.sparsity);
        Self { rows: dense_rows(spec, tuning_cents).into_iter().map(kept).collect() }
    }

    /// Returns the response of every row to a spectrum `[fft_samples / 2 + 1]`: the sum of products, without a
    /// conjugate.
    pub fn responses<'a>(&'a self, spectrum: &'a [Complex32]) -> impl Iterator<Item = Complex32> + 'a {
        self.rows.iter().map(|row| {
            let heard = &spectrum[row.first..row.first + row.coefficients.len()];
            row.coefficients.iter().zip(heard).map(|(coefficient, value)| coefficient * value).sum()
        })
    }

    /// Returns the coefficients that were kept, as (row, Fourier bin, value).
    pub fn coefficients(&self) -> impl Iterator<Item = (usize, usize, Complex32)> + '_ {
        self.rows.iter().enumerate().flat_map(|(index, row)| {
            let kept = row.coefficients.iter().enumerate().filter(|(_, value)| **value != Complex32::ZERO);
            kept.map(move |(offset, value)| (index, row.first + offset, *value))
        })
    }
}

/// Returns the length of a bin's window in samples at `rate_hz`, not rounded.
pub fn window_samples(spec: &Spec, tuning_cents: f32, bin: usize, rate_hz: f64) -> f64 {
    spec.quality() * rate_hz / bin_hz(spec, tuning_cents, bin)
}

fn bin_hz(spec: &Spec, tuning_cents: f32, bin: usize) -> f64 {
    let tuned = spec.cqt.f_min_hz * 2f64.powf(f64::from(tuning_cents) / 1200.0);
    tuned * 2f64.powf(bin as f64 / spec.cqt.bins_per_octave as f64)
}

/// Returns all rows before any coefficient is dropped, `[bins_per_octave][fft_samples / 2 + 1]`.
fn dense_rows(spec: &Spec, tuning_cents: f32) -> Vec<Vec<Complex64>> {
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(spec.cqt.fft_samples);
    let transformed = |mut real: Vec<f64>| {
        let mut spectrum = fft.make_output_vec();
        fft.process(&mut real, &mut spectrum).expect("the buffers have the lengths of the plan");
        spectrum
    };
    let lowest = spec.cqt.n_bins - spec.cqt.bins_per_octave;
    let row = |bin: usize| {
        let window = window_samples(spec, tuning_cents, bin, spec.top_rate_hz());
        let cycles_per_sample = bin_hz(spec, tuning_cents, bin) / spec.top_rate_hz();
        let (real, imaginary) = wavelet(window, cycles_per_sample, spec.cqt.fft_samples);
        let parts = transformed(real).into_iter().zip(transformed(imaginary));
        parts.map(|(real, imaginary)| real + Complex64::I * imaginary).collect()
    };
    (lowest..spec.cqt.n_bins).map(row).collect()
}

/// Returns a windowed complex exponential of L1 norm `window / fft_samples`, centred in `fft_samples`.
fn wavelet(window: f64, cycles_per_sample: f64, fft_samples: usize) -> (Vec<f64>, Vec<f64>) {
    let first = (-window / 2.0).floor() as i64;
    let length = ((window / 2.0).floor() as i64 - first) as usize;
    // Periodic Hann window; its sum is half its length.
    let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / length as f64).cos();
    let scale = window / fft_samples as f64 / (0..length).map(hann).sum::<f64>();
    let (mut real, mut imaginary) = (vec![0.0; fft_samples], vec![0.0; fft_samples]);
    let left = (fft_samples - length) / 2;
    for n in 0..length {
        let (sine, cosine) = (TAU * cycles_per_sample * (first + n as i64) as f64).sin_cos();
        real[left + n] = scale * hann(n) * cosine;
        imaginary[left + n] = scale * hann(n) * sine;
    }
    (real, imaginary)
}

/// Drops the coefficients of smallest magnitude that together make up less than `sparsity` of the row's L1 norm.
fn sparse_row(row: &[Complex64], sparsity: f64) -> Row {
    let mut magnitudes: Vec<f64> = row.iter().map(|value| value.norm()).collect();
    magnitudes.sort_by(f64::total_cmp);
    let norm: f64 = magnitudes.iter().sum();
    let mut share = 0.0;
    let smallest_kept = magnitudes.iter().copied().find(|magnitude| {
        share += magnitude / norm;
        share >= sparsity
    });
    let kept = |value: &Complex64| smallest_kept.is_some_and(|smallest| value.norm() >= smallest);
    let first = row.iter().position(kept).unwrap_or(0);
    let end = row.iter().rposition(kept).map_or(first, |last| last + 1);
    let value = |value: &Complex64| {
        if kept(value) { Complex32::new(value.re as f32, value.im as f32) } else { Complex32::ZERO }
    };
    Row { first, coefficients: row[first..end].iter().map(value).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_has_the_published_number_of_coefficients() {
        assert_eq!(Kernel::new(Spec::v1(), 0.0).coefficients().count(), 602);
    }

    #[test]
    fn windows_have_the_published_lengths() {
        let spec = Spec::v1();
        let length = |bin| window_samples(spec, 0.0, bin, spec.top_rate_hz());
        assert!((length(216) - 541.91).abs() < 0.01);
        assert!((length(251) - 276.22).abs() < 0.01);
    }

    #[test]
    fn dropping_less_than_one_percent_of_the_norm_keeps_the_rest() {
        let row = [0.004, 0.3, 0.0, 0.691, 0.005].map(|re| Complex64::new(re, 0.0));
        let sparse = sparse_row(&row, 0.01);
        assert_eq!(sparse.first, 1);
        let kept: Vec<f32> = sparse.coefficients.iter().map(|value| value.re).collect();
        assert_eq!(kept, [0.3, 0.0, 0.691]);
    }
}
