//! Decimation by 2, block by block, with the filter that librosa 0.8 used between octaves (resampy 0.2, `kaiser_fast`).
//!
//! Only the samples that are kept are computed. Even and odd input samples are stored separately, so that neighbouring
//! outputs read neighbouring inputs.

use crate::spec;

/// Number of outputs computed together.
const LANES: usize = 16;

/// Returns the taps `h[0], h[1], ..` of one half of the symmetric filter: `h[m]` = w(m/2)/2 with w(t) = rolloff
/// sinc(rolloff t) kaiser(t / zero_crossings).
pub fn half_taps(spec: &spec::Decimation) -> Vec<f64> {
    let kaiser_peak = bessel_i0(spec.kaiser_beta);
    let tap = |m: usize| {
        let t = m as f64 / 2.0;
        let across = t / spec.zero_crossings as f64;
        let kaiser = bessel_i0(spec.kaiser_beta * (1.0 - across * across).sqrt()) / kaiser_peak;
        spec.rolloff * sinc(spec.rolloff * t) * kaiser / 2.0
    };
    (0..2 * spec.zero_crossings).map(tap).collect()
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if angle == 0.0 { 1.0 } else { angle.sin() / angle }
}

/// Returns the modified Bessel function of the first kind and order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// Halves the rate of a stream. The output is scaled by sqrt(2), which keeps the energy of a tone.
///
/// Sample n of the output is centred on sample 2n of the input. Outside the stream the input counts as 0. N input
/// samples give floor(N/2) outputs and, if N is odd, a 0, because the reference pads so.
pub(super) struct Decimator {
    /// h[2j], scaled.
    even_taps: Vec<f32>,
    /// h[2j + 1], scaled.
    odd_taps: Vec<f32>,
    /// Input samples 2k (`even`) and 2k + 1 (`odd`), from `even_taps.len()` before the next output on.
    even: Vec<f32>,
    odd: Vec<f32>,
    n_in: u64,
    n_out: u64,
}

impl Decimator {
    pub fn new(spec: &spec::Decimation) -> Self {
        let scaled: Vec<f32> =
            half_taps(spec).iter().map(|tap| (tap * std::f64::consts::SQRT_2) as f32).collect();
        let (even_taps, odd_taps) = scaled.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip();
        let before = vec![0.0; spec.zero_crossings];
        Self { even_taps, odd_taps, even: before.clone(), odd: before, n_in: 0, n_out: 0 }
    }

    /// Takes any number of samples and appends the outputs that they complete.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let mut rest = samples;
        if self.n_in % 2 == 1
            && let Some((first, others)) = rest.split_first()
        {
            self.odd.push(*first);
            rest = others;
        }
        let pairs = rest.chunks_exact(2);
        self.even.extend(pairs.clone().map(|pair| pair[0]));
        self.even.extend(pairs.remainder());
        self.odd.extend(pairs.map(|pair| pair[1]));
        self.n_in += samples.len() as u64;
        self.run(out);
    }

    /// Ends the stream and appends the remaining outputs.
    pub fn finish(mut self, out: &mut Vec<f32>) {
        let already = out.len();
        let missing = (self.n_in / 2 - self.n_out) as usize;
        let enough = missing + LANES + 2 * self.even_taps.len();
        let (n_even, n_odd) = (self.even.len(), self.odd.len());
        self.even.resize(n_even.max(enough), 0.0);
        self.odd.resize(n_odd.max(enough), 0.0);
        self.run(out);
        out.truncate(already + missing);
        out.resize(already + missing + (self.n_in % 2) as usize, 0.0);
    }

    fn run(&mut self, out: &mut Vec<f32>) {
        let reach = self.even_taps.len();
        // Output n reads samples n - reach ..= n + reach - 1 of each half.
        let complete = (self.even.len().min(self.odd.len()) + 1).saturating_sub(2 * reach);
        let n_new = complete / LANES * LANES;
        for start in (0..n_new).step_by(LANES) {
            let span = start..start + 2 * reach + LANES - 1;
            out.extend_from_slice(&self.lanes(&self.even[span.clone()], &self.odd[span]));
        }
        self.even.drain(..n_new);
        self.odd.drain(..n_new);
        self.n_out += n_new as u64;
    }

    /// Computes the outputs n .. n + LANES. `even` and `odd` begin `reach` samples before n.
    fn lanes(&self, even: &[f32], odd: &[f32]) -> [f32; LANES] {
        let reach = self.even_taps.len();
        let mut sums = [0f32; LANES];
        add_scaled(&mut sums, self.even_taps[0] / 2.0, &even[reach..], &even[reach..]);
        for (j, &tap) in self.even_taps.iter().enumerate().skip(1) {
            add_scaled(&mut sums, tap, &even[reach - j..], &even[reach + j..]);
        }
        for (j, &tap) in self.odd_taps.iter().enumerate() {
            add_scaled(&mut sums, tap, &odd[reach - 1 - j..], &odd[reach + j..]);
        }
        sums
    }
}

fn add_scaled(sums: &mut [f32; LANES], tap: f32, left: &[f32], right: &[f32]) {
    for ((sum, left), right) in sums.iter_mut().zip(&left[..LANES]).zip(&right[..LANES]) {
        *sum += tap * (left + right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spec;

    /// The slow twin: the definition, one output at a time.
    fn decimated(samples: &[f32]) -> Vec<f64> {
        let taps = half_taps(&Spec::v1().decimation);
        let at = |n: i64| usize::try_from(n).ok().and_then(|n| samples.get(n)).map_or(0.0, |&x| f64::from(x));
        let output = |n: usize| {
            let n = 2 * n as i64;
            let sides: f64 = (1..taps.len()).map(|m| taps[m] * (at(n - m as i64) + at(n + m as i64))).sum();
            (taps[0] * at(n) + sides) * 2f64.sqrt()
        };
        let mut out: Vec<f64> = (0..samples.len() / 2).map(output).collect();
        out.resize(samples.len().div_ceil(2), 0.0);
        out
    }

    #[test]
    fn blocks_of_any_size_give_the_sums_of_the_definition() {
        for n_samples in [0usize, 1, 2, 3, 31, 64, 65, 500, 1001] {
            let samples: Vec<f32> = (0..n_samples).map(|n| ((n * n) as f32 * 0.37).sin()).collect();
            let expected = decimated(&samples);
            for block in [1, 2, 7, 64, 2000] {
                let mut decimator = Decimator::new(&Spec::v1().decimation);
                let mut out = Vec::new();
                samples.chunks(block).for_each(|samples| decimator.push(samples, &mut out));
                decimator.finish(&mut out);
                assert_eq!(out.len(), expected.len(), "{n_samples} samples in blocks of {block}");
                for (n, (out, expected)) in out.iter().zip(&expected).enumerate() {
                    // The tolerance is that of f32 sums of 63 products of about 1.
                    assert!(
                        (f64::from(*out) - expected).abs() < 2e-6,
                        "{n} of {n_samples}, blocks of {block}"
                    );
                }
            }
        }
    }
}
