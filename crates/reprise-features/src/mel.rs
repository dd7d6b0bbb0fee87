//! What the networks that hear a voice read: the window of their transforms, the reflection of a signal at its ends, and
//! bands of the mel scale.

use std::ops::Range;

/// Returns a periodic Hann window.
pub(crate) fn hann(n: usize) -> Vec<f32> {
    let angle = |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
    (0..n).map(|i| (0.5 - 0.5 * angle(i).cos()) as f32).collect()
}

/// Writes the windowed frame of `samples` that begins at `first`. Where it extends beyond either end, the signal is
/// reflected without repeating the end sample.
pub(crate) fn windowed(samples: &[f32], first: i64, window: &[f32], frame: &mut [f32]) {
    let inside = usize::try_from(first).ok().and_then(|first| samples.get(first..first + window.len()));
    for (i, (out, window)) in frame.iter_mut().zip(window).enumerate() {
        let sample = match inside {
            Some(inside) => inside[i],
            None => reflected(samples, first + i as i64),
        };
        *out = sample * window;
    }
}

/// Returns the sample at `at` of a signal that is reflected at its ends as often as necessary; 0 if it is empty.
pub(crate) fn reflected(samples: &[f32], at: i64) -> f32 {
    match samples {
        [] => 0.0,
        [only] => *only,
        _ => {
            let period = 2 * (samples.len() as i64 - 1);
            let at = at.rem_euclid(period);
            samples[at.min(period - at) as usize]
        }
    }
}

/// Converts Hz to Slaney's scale: linear below 1 kHz, logarithmic above (Auditory Toolbox, 1998).
pub(crate) fn mel_of(hz: f64) -> f64 {
    let linear = 3.0 * hz / 200.0;
    if hz < 1000.0 { linear } else { 15.0 + 27.0 * (hz / 1000.0).ln() / 6.4f64.ln() }
}

pub(crate) fn hz_of(mel: f64) -> f64 {
    if mel < 15.0 { 200.0 * mel / 3.0 } else { 1000.0 * (6.4f64.ln() * (mel - 15.0) / 27.0).exp() }
}

/// Returns triangles between neighbouring mel frequencies within `hz`, each of unit area: for each of `n_mels` bands its
/// first bin and its weights from that bin on.
pub(crate) fn bands(
    sample_rate_hz: u32,
    fft_samples: usize,
    n_mels: usize,
    hz: Range<f64>,
) -> Vec<(usize, Vec<f32>)> {
    let (low, high) = (mel_of(hz.start), mel_of(hz.end));
    let edge = |i: usize| hz_of(low + (high - low) * i as f64 / (n_mels + 1) as f64);
    let bin_hz = f64::from(sample_rate_hz) / fft_samples as f64;
    let band = |m: usize| {
        let (left, centre, right) = (edge(m), edge(m + 1), edge(m + 2));
        let weight = |bin: usize| {
            let hz = bin as f64 * bin_hz;
            let triangle = ((hz - left) / (centre - left)).min((right - hz) / (right - centre)).max(0.0);
            (triangle * 2.0 / (right - left)) as f32
        };
        let weights: Vec<f32> = (0..=fft_samples / 2).map(weight).collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let end = weights.iter().rposition(|weight| *weight > 0.0).map_or(first, |last| last + 1);
        (first, weights[first..end].to_vec())
    };
    (0..n_mels).map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mel_scale_is_slaney_s() {
        for (hz, mel) in [(0.0, 0.0), (1000.0, 15.0), (6400.0, 42.0), (200.0, 3.0)] {
            assert!((mel_of(hz) - mel).abs() < 1e-9, "{hz} Hz");
            assert!((hz_of(mel) - hz).abs() < 1e-6, "{mel} mel");
        }
    }
}
