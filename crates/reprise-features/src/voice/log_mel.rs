//! The input of the pitch network: logarithms of mel bands.
//!
//! Frame i covers `fft_samples` samples, of which the middle `hop_samples` begin at sample `i * hop_samples`. The
//! signal is reflected at its ends. Bands are triangles of unit area on Slaney's mel scale, as librosa makes them.

use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use super::spec::Melody;
use super::spectra::hann;

/// Computes log-mel frames.
pub struct LogMel {
    spec: Melody,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each band, its first bin and its weights from that bin on.
    bands: Vec<(usize, Vec<f32>)>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl LogMel {
    /// Prepares the window and the bands.
    pub fn new(spec: &Melody) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(spec.fft_samples);
        Self {
            spec: spec.clone(),
            window: hann(spec.fft_samples),
            bands: bands(spec),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Returns how many samples a frame extends before the first sample of its hop, and as many after the last.
    pub fn reach(spec: &Melody) -> usize {
        (spec.fft_samples - spec.hop_samples) / 2
    }

    /// Returns the log-mel `frames` of `samples`, `[frames.len(), n_mels]`. Where a frame extends beyond either end,
    /// the signal is reflected without repeating the end sample.
    pub fn frames(&mut self, samples: &[f32], frames: Range<usize>) -> Vec<f32> {
        let mut out = Vec::with_capacity(frames.len() * self.spec.n_mels);
        for index in frames {
            let first = (index * self.spec.hop_samples) as i64 - Self::reach(&self.spec) as i64;
            let inside =
                usize::try_from(first).ok().and_then(|first| samples.get(first..first + self.window.len()));
            for (i, (out, window)) in self.frame.iter_mut().zip(&self.window).enumerate() {
                let sample = match inside {
                    Some(inside) => inside[i],
                    None => reflected(samples, first + i as i64),
                };
                *out = sample * window;
            }
            self.fft
                .process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch)
                .expect("the buffers have the lengths the plan names");
            self.fold(&mut out);
        }
        out
    }

    fn fold(&self, out: &mut Vec<f32>) {
        let magnitude = |bin: &Complex32| (bin.re * bin.re + bin.im * bin.im + self.spec.power_offset).sqrt();
        out.extend(self.bands.iter().map(|(first, weights)| {
            let level: f32 =
                self.spectrum[*first..].iter().zip(weights).map(|(bin, w)| w * magnitude(bin)).sum();
            level.max(self.spec.level_min).ln()
        }));
    }
}

/// Returns the sample at `at` of a signal that is reflected at its ends as often as necessary; 0 if it is empty.
fn reflected(samples: &[f32], at: i64) -> f32 {
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
fn mel_of(hz: f64) -> f64 {
    let linear = 3.0 * hz / 200.0;
    if hz < 1000.0 { linear } else { 15.0 + 27.0 * (hz / 1000.0).ln() / 6.4f64.ln() }
}

fn hz_of(mel: f64) -> f64 {
    if mel < 15.0 { 200.0 * mel / 3.0 } else { 1000.0 * (6.4f64.ln() * (mel - 15.0) / 27.0).exp() }
}

/// Returns triangles between neighbouring mel frequencies, each of unit area.
fn bands(spec: &Melody) -> Vec<(usize, Vec<f32>)> {
    let (low, high) = (mel_of(spec.mel_low_hz), mel_of(spec.mel_high_hz));
    let edge = |i: usize| hz_of(low + (high - low) * i as f64 / (spec.n_mels + 1) as f64);
    let bin_hz = f64::from(spec.sample_rate_hz) / spec.fft_samples as f64;
    let band = |m: usize| {
        let (left, centre, right) = (edge(m), edge(m + 1), edge(m + 2));
        let weight = |bin: usize| {
            let hz = bin as f64 * bin_hz;
            let triangle = ((hz - left) / (centre - left)).min((right - hz) / (right - centre)).max(0.0);
            (triangle * 2.0 / (right - left)) as f32
        };
        let weights: Vec<f32> = (0..=spec.fft_samples / 2).map(weight).collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let end = weights.iter().rposition(|weight| *weight > 0.0).map_or(first, |last| last + 1);
        (first, weights[first..end].to_vec())
    };
    (0..spec.n_mels).map(band).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::VoiceSpec;

    fn spec() -> &'static Melody {
        &VoiceSpec::v2().melody
    }

    #[test]
    fn the_mel_scale_is_slaney_s() {
        for (hz, mel) in [(0.0, 0.0), (1000.0, 15.0), (6400.0, 42.0), (200.0, 3.0)] {
            assert!((mel_of(hz) - mel).abs() < 1e-9, "{hz} Hz");
            assert!((hz_of(mel) - hz).abs() < 1e-6, "{mel} mel");
        }
    }

    #[test]
    fn a_tone_is_loudest_in_the_band_around_it_and_silence_is_the_floor() {
        let tone =
            |hz: f32| (0..16_000).map(move |i| (std::f32::consts::TAU * hz * i as f32 / 16_000.0).sin());
        for hz in [220.0f32, 1000.0, 5000.0] {
            let samples: Vec<f32> = tone(hz).collect();
            let frame = LogMel::new(spec()).frames(&samples, 50..51);
            let loudest = (0..128).max_by(|a, b| frame[*a].total_cmp(&frame[*b])).unwrap();
            let step = mel_of(8000.0) / 129.0;
            let centre = hz_of(step * (loudest + 1) as f64);
            assert!(
                (mel_of(f64::from(hz)) - mel_of(centre)).abs() < 1.5 * step,
                "{hz} Hz in the band at {centre}"
            );
        }
        // The weights of every band sum to some hundredths, so the offset under the root keeps even silence above the
        // floor.
        let silence = LogMel::new(spec()).frames(&[0.0; 4000], 3..4);
        assert!(silence.iter().all(|level| (-11.6..-9.0).contains(level)), "{silence:?}");
    }

    #[test]
    fn frames_do_not_depend_on_where_the_signal_is_cut() {
        let samples: Vec<f32> = (0..20_000).map(|i| ((i * i) as f32 * 1e-5).sin()).collect();
        let whole = LogMel::new(spec()).frames(&samples, 0..125);
        let cut = LogMel::new(spec()).frames(&samples[1600..], 20..60);
        assert_eq!(whole[30 * 128..70 * 128], cut);
    }

    #[test]
    fn the_ends_are_reflected_and_the_shortest_signals_have_frames() {
        let samples: Vec<f32> = (0..600).map(|i| (i as f32 * 0.3).sin()).collect();
        assert_eq!(reflected(&samples, -3), samples[3]);
        assert_eq!(reflected(&samples, 601), samples[597]);
        for n in [0, 1, 2, 160] {
            assert!(LogMel::new(spec()).frames(&samples[..n], 0..1).iter().all(|level| level.is_finite()));
        }
    }
}
