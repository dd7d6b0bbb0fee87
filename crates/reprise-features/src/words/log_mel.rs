//! The input of the recogniser: decimal logarithms of mel bands, relative to the loudest of a segment.
//!
//! Frame i is centred on sample `i * hop_samples`. The signal is reflected at its start and followed by silence.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use super::spec::WordsSpec;
use crate::mel::{self, hann, windowed};

/// Computes the log-mel frames of segments.
pub struct WordsLogMel {
    spec: &'static WordsSpec,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each band, its first bin and its weights from that bin on.
    bands: Vec<(usize, Vec<f32>)>,
}

impl WordsLogMel {
    /// Prepares the window and the bands.
    pub fn new(spec: &'static WordsSpec) -> Self {
        let log_mel = &spec.log_mel;
        let bands = mel::bands(
            spec.passages.sample_rate_hz,
            log_mel.fft_samples,
            log_mel.n_mels,
            log_mel.mel_low_hz..log_mel.mel_high_hz,
        );
        let fft = RealFftPlanner::new().plan_fft_forward(log_mel.fft_samples);
        Self { spec, fft, window: hann(log_mel.fft_samples), bands }
    }

    /// Returns the frames of one segment, `[n_mels, segment_frames]`. Frames after the last sample are 0, as the
    /// recogniser expects of what is no sound at all. Samples beyond a segment's length are left out.
    pub fn segment(&self, samples: &[f32]) -> Vec<f32> {
        let spec = &self.spec.log_mel;
        let samples = &samples[..samples.len().min(self.spec.segment_samples())];
        let (n_frames, width) = (samples.len() / spec.hop_samples, self.spec.segment_frames());
        let mut padded = samples.to_vec();
        padded.resize(samples.len() + spec.fft_samples, 0.0);
        let mut out = vec![0.0; spec.n_mels * width];
        let (mut frame, mut spectrum) = (self.fft.make_input_vec(), self.fft.make_output_vec());
        let mut loudest = f32::MIN;
        for index in 0..n_frames {
            let first = (index * spec.hop_samples) as i64 - (spec.fft_samples / 2) as i64;
            windowed(&padded, first, &self.window, &mut frame);
            self.fft.process(&mut frame, &mut spectrum).expect("the buffers have the lengths the plan names");
            for (band, (first, weights)) in self.bands.iter().enumerate() {
                let power: f32 =
                    spectrum[*first..].iter().zip(weights).map(|(bin, weight)| weight * power(bin)).sum();
                let level = power.max(spec.power_min).log10();
                loudest = loudest.max(level);
                out[band * width + index] = level;
            }
        }
        for band in out.chunks_exact_mut(width) {
            for level in &mut band[..n_frames] {
                *level = (level.max(loudest - spec.range) + spec.offset) / spec.scale;
            }
        }
        out
    }
}

fn power(bin: &Complex32) -> f32 {
    bin.re * bin.re + bin.im * bin.im
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(samples: &[f32]) -> Vec<f32> {
        WordsLogMel::new(WordsSpec::v1()).segment(samples)
    }

    #[test]
    fn a_tone_is_loudest_in_its_band_and_nothing_follows_the_last_sample() {
        let tone: Vec<f32> =
            (0..16_000).map(|i| (std::f32::consts::TAU * 1000.0 * i as f32 / 16_000.0).sin()).collect();
        let frames = segment(&tone);
        let level = |band: usize, frame: usize| frames[band * 3000 + frame];
        let loudest = (0..80).max_by(|a, b| level(*a, 50).total_cmp(&level(*b, 50))).unwrap();
        assert_eq!(loudest, 26, "the band around 1 kHz");
        assert!((0..80).all(|band| (100..3000).all(|frame| level(band, frame) == 0.0)));
        let quietest = (0..80).map(|band| level(band, 50)).fold(f32::MAX, f32::min);
        assert!((level(loudest, 50) - quietest - 2.0).abs() < 0.05, "eight powers of ten, a quarter each");
    }

    #[test]
    fn any_length_has_its_frames() {
        for n in [0, 1, 159, 160, 480_000, 500_000] {
            let frames = segment(&vec![0.25; n]);
            assert_eq!(frames.len(), 80 * 3000, "{n} samples");
            assert!(frames.iter().all(|level| level.is_finite()));
        }
        assert!(segment(&[]).iter().all(|level| *level == 0.0));
    }
}
