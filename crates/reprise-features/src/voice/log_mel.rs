//! The input of the pitch network: logarithms of mel bands.
//!
//! Frame i covers `fft_samples` samples, of which the middle `hop_samples` begin at sample `i * hop_samples`. The
//! signal is reflected at its ends. Bands are triangles of unit area on Slaney's mel scale, as librosa makes them.

use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use super::spec::Melody;
use crate::mel::{self, hann, windowed};

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
            bands: mel::bands(
                spec.sample_rate_hz,
                spec.fft_samples,
                spec.n_mels,
                spec.mel_low_hz..spec.mel_high_hz,
            ),
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
            windowed(samples, first, &self.window, &mut self.frame);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mel::{hz_of, mel_of, reflected};
    use crate::voice::VoiceSpec;

    fn spec() -> &'static Melody {
        &VoiceSpec::v2().melody
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
