//! The slow twin of the transform: the definition in models/features/README.md, computed directly in f64.
//!
//! It uses no streams, no fast Fourier transform and no sparse rows, and nothing of the crate but the specification.

use std::f64::consts::TAU;

use reprise_features::Spec;

/// Returns the linear magnitudes `[n_frames][n_bins]` of a whole track.
pub fn cqt(samples: &[f32], spec: &Spec, tuning_cents: f64) -> Vec<Vec<f64>> {
    let rate_hz = f64::from(spec.audio.sample_rate_hz);
    let n_frames = (samples.len() as f64 / rate_hz * rate_hz) as usize / spec.cqt.hop_samples;
    let width = spec.cqt.bins_per_octave;
    let top_rate_hz = rate_hz / 2.0;
    let f_min_hz = spec.cqt.f_min_hz * 2f64.powf(tuning_cents / 1200.0);
    let bin_hz = |bin: usize| f_min_hz * 2f64.powf(bin as f64 / width as f64);
    let window = |bin: usize| top_rate_hz / bin_hz(bin) / (2f64.powf(1.0 / width as f64) - 1.0);
    let top = spec.cqt.n_bins - width;
    let kernel: Vec<_> =
        (top..top + width).map(|bin| row(window(bin), bin_hz(bin) / top_rate_hz, spec)).collect();

    let mut frames = vec![vec![0.0; spec.cqt.n_bins]; n_frames];
    let mut signal: Vec<f64> = samples.iter().map(|&sample| f64::from(sample)).collect();
    for depth in 0..spec.cqt.n_bins / width {
        signal = decimated(&signal, spec);
        let hop = spec.cqt.hop_samples >> (depth + 1);
        for (index, frame) in frames.iter_mut().enumerate() {
            let spectrum = spectrum_of(&excerpt(&signal, index * hop, spec.cqt.fft_samples), &kernel);
            for (row, kernel) in kernel.iter().enumerate() {
                let bin = top - depth * width + row;
                frame[bin] = response(kernel, &spectrum) * 2f64.powf(depth as f64 / 2.0) / window(bin).sqrt();
            }
        }
    }
    frames
}

type Complex = (f64, f64);

/// Returns one row of the kernel over the Fourier bins 0..=n/2; dropped coefficients are 0.
fn row(window: f64, cycles_per_sample: f64, spec: &Spec) -> Vec<Complex> {
    let n_fft = spec.cqt.fft_samples;
    let (first, end) = ((-window / 2.0).floor() as i64, (window / 2.0).floor() as i64);
    let length = (end - first) as usize;
    let hann = |n: i64| 0.5 - 0.5 * (TAU * n as f64 / length as f64).cos();
    let norm: f64 = (0..length as i64).map(hann).sum();
    let left = ((n_fft - length) / 2) as i64;
    let coefficient = |bin: usize| {
        (0..length as i64).fold((0.0, 0.0), |(re, im), n| {
            let cycles =
                cycles_per_sample * (first + n) as f64 - bin as f64 * (left + n) as f64 / n_fft as f64;
            let scale = hann(n) / norm * window / n_fft as f64;
            (re + scale * (TAU * cycles).cos(), im + scale * (TAU * cycles).sin())
        })
    };
    let dense: Vec<Complex> = (0..=n_fft / 2).map(coefficient).collect();
    let mut ascending: Vec<f64> = dense.iter().map(|c| c.0.hypot(c.1)).collect();
    ascending.sort_by(f64::total_cmp);
    let total: f64 = ascending.iter().sum();
    let dropped =
        (0..ascending.len()).take_while(|&n| ascending[..=n].iter().sum::<f64>() / total < spec.cqt.sparsity);
    let smallest = ascending[dropped.count()];
    dense.into_iter().map(|c| if c.0.hypot(c.1) >= smallest { c } else { (0.0, 0.0) }).collect()
}

fn decimated(signal: &[f64], spec: &Spec) -> Vec<f64> {
    let d = &spec.decimation;
    let reach = d.zero_crossings as f64;
    let bessel = |x: f64| (1..60).rev().fold(1.0, |sum, k| 1.0 + sum * (x / 2.0 / f64::from(k)).powi(2));
    let tap = |m: i64| {
        let t = m as f64 / 2.0;
        let angle = std::f64::consts::PI * d.rolloff * t;
        let sinc = if m == 0 { 1.0 } else { angle.sin() / angle };
        let kaiser = bessel(d.kaiser_beta * (1.0 - (t / reach).powi(2)).sqrt()) / bessel(d.kaiser_beta);
        d.rolloff * sinc * kaiser / 2.0
    };
    let half = 2 * d.zero_crossings as i64 - 1;
    let taps: Vec<f64> = (-half..=half).map(tap).collect();
    let at = |n: i64| usize::try_from(n).ok().and_then(|n| signal.get(n)).copied().unwrap_or(0.0);
    let output = |n: usize| {
        let products = taps.iter().zip(-half..).map(|(tap, m)| tap * at(2 * n as i64 + m));
        products.sum::<f64>() * 2f64.sqrt()
    };
    let mut out: Vec<f64> = (0..signal.len() / 2).map(output).collect();
    out.resize(signal.len().div_ceil(2), 0.0);
    out
}

/// Returns `n_fft` samples around `centre`. The signal is reflected at both ends as often as necessary.
fn excerpt(signal: &[f64], centre: usize, n_fft: usize) -> Vec<f64> {
    let last = signal.len() as i64 - 1;
    let reflected = |mut index: i64| {
        while !(0..=last).contains(&index) {
            index = if index < 0 { -index } else { 2 * last - index };
        }
        signal[index as usize]
    };
    let first = centre as i64 - n_fft as i64 / 2;
    (first..first + n_fft as i64).map(reflected).collect()
}

/// Computes the Fourier bins that any row of the kernel reads; the others stay 0.
fn spectrum_of(samples: &[f64], kernel: &[Vec<Complex>]) -> Vec<Complex> {
    let n_fft = samples.len();
    let turns: Vec<Complex> = (0..n_fft).map(|n| (TAU * n as f64 / n_fft as f64).sin_cos()).collect();
    let bin = |bin: usize| {
        if kernel.iter().all(|row| row[bin] == (0.0, 0.0)) {
            return (0.0, 0.0);
        }
        samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
            let (sine, cosine) = turns[bin * n % n_fft];
            (re + sample * cosine, im - sample * sine)
        })
    };
    (0..=n_fft / 2).map(bin).collect()
}

fn response(row: &[Complex], spectrum: &[Complex]) -> f64 {
    let products = row.iter().zip(spectrum).map(|(a, b)| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0));
    let (re, im) = products.fold((0.0, 0.0), |sum, product| (sum.0 + product.0, sum.1 + product.1));
    re.hypot(im)
}
