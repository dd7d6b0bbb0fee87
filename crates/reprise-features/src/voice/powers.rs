//! How prominent the separated voice is in the mix, frame by frame.

use std::ops::Range;

use super::spec::{Prominence, VoiceSpec};
use super::spectra::Segment;
use crate::Spec;

/// Prominence of a voice where nothing sounds.
const SILENT_DB: f32 = -120.0;

/// Powers of a track and of the voice in it, for each frame of the transform.
#[derive(Debug, Clone)]
pub struct Powers {
    prominence: Prominence,
    /// Number of frames of the transform per frame of the grid.
    frames_a_grid_frame: usize,
    /// Number of frames on either side that are averaged with a frame.
    reach: usize,
    /// Cumulative sums up to each frame: of the mix, and of the voice.
    sums: Vec<(f64, f64)>,
}

impl Powers {
    /// Starts a track.
    pub fn new(voice: &VoiceSpec, spec: &Spec) -> Self {
        let separation = &voice.separation;
        let rate_hz = f64::from(separation.sample_rate_hz) / separation.hop_samples as f64;
        Self {
            prominence: voice.prominence.clone(),
            frames_a_grid_frame: spec.cqt.hop_samples / separation.hop_samples,
            reach: (voice.prominence.window_s * rate_hz / 2.0).round() as usize,
            sums: vec![(0.0, 0.0)],
        }
    }

    /// Adds the next segment with its mask, `[segment_frames, n_bins]` in 0..=1.
    pub fn add(&mut self, segment: &Segment, mask: &[f32], n_bins: usize) {
        for (mix, voice) in segment.powers(mask, n_bins) {
            let (mix_before, voice_before) = self.sums[self.sums.len() - 1];
            self.sums.push((mix_before + f64::from(mix), voice_before + f64::from(voice)));
        }
    }

    /// Returns the level of the voice relative to the mix, in dB, in `frames` of the grid of the other features: 0
    /// where nothing else sounds.
    pub fn prominence_db(&self, frames: Range<usize>) -> Vec<f32> {
        let last = self.sums.len() - 1;
        let at = |grid_frame: usize| {
            let centre = grid_frame * self.frames_a_grid_frame;
            let (from, to) =
                (centre.saturating_sub(self.reach).min(last), (centre + self.reach + 1).min(last));
            let (mix, voice) = (self.sums[to].0 - self.sums[from].0, self.sums[to].1 - self.sums[from].1);
            if voice > 0.0 && mix > 0.0 { (10.0 * (voice / mix).log10()) as f32 } else { SILENT_DB }
        };
        frames.map(at).collect()
    }

    /// Returns the weight of the voice in each of `frames`, in 0..=1.
    pub fn weights(&self, frames: Range<usize>) -> Vec<f32> {
        let Prominence { silent_db, full_db, .. } = self.prominence;
        let weight = |db: f32| ((db - silent_db) / (full_db - silent_db)).clamp(0.0, 1.0);
        self.prominence_db(frames).into_iter().map(weight).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::Spectra;

    /// Makes the powers of noise, in which the voice has `share(second)` of the amplitude.
    fn powers(seconds: usize, share: impl Fn(f64) -> f32) -> Powers {
        let (voice, spec) = (VoiceSpec::v2(), Spec::v1());
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        // Smoothed, so that hardly any power lies above the bins of the mask.
        let raw: Vec<f32> = (0..seconds * 44_100 + 8).map(|_| noise()).collect();
        let samples: Vec<f32> = raw.windows(8).map(|some| some.iter().sum::<f32>() / 8.0).collect();
        let mut spectra = Spectra::new(&voice.separation);
        let mut segments = spectra.push(&samples);
        segments.extend(spectra.finish());
        let mut powers = Powers::new(voice, spec);
        let n_bins = voice.separation.n_bins;
        for (place, segment) in segments.iter().enumerate() {
            let second = |frame: usize| {
                let frame = place * voice.separation.segment_frames + frame;
                (frame * voice.separation.hop_samples) as f64 / 44_100.0
            };
            let frames = 0..voice.separation.segment_frames;
            let mask: Vec<f32> = frames.flat_map(|frame| vec![share(second(frame)); n_bins]).collect();
            powers.add(segment, &mask, n_bins);
        }
        powers
    }

    #[test]
    fn a_voice_is_as_prominent_as_its_share_of_the_power() {
        let db = powers(20, |second| if second < 10.0 { 0.1 } else { 0.5 }).prominence_db(0..215);
        for (frame, db) in db.iter().enumerate() {
            let second = frame as f64 * 4096.0 / 44_100.0;
            let expected = if second < 10.0 { -20.0 } else { -6.02 };
            // At the change both parts count; a little of the noise lies above the mask.
            if (second - 10.0).abs() > 0.5 {
                assert!((db - expected).abs() < 0.8, "{db} dB at {second} s");
            }
        }
    }

    #[test]
    fn the_more_prominent_a_voice_the_more_it_counts() {
        let weights = powers(9, |second| [0.01, 0.1, 1.0][(second / 3.0) as usize % 3]).weights(0..97);
        let at = |second: f64| weights[(second * 44_100.0 / 4096.0) as usize];
        assert_eq!(at(1.5), 0.0);
        assert!((at(4.5) - 0.5).abs() < 0.05, "{}", at(4.5));
        assert_eq!(at(7.5), 1.0);
    }

    #[test]
    fn silence_has_no_voice_and_a_track_without_frames_none_either() {
        let (voice, spec) = (VoiceSpec::v2(), Spec::v1());
        let mut spectra = Spectra::new(&voice.separation);
        let mut silent = Powers::new(voice, spec);
        assert_eq!(silent.weights(0..3), [0.0; 3]);
        spectra.push(&[0.0; 30_000]);
        let mask = vec![1.0; voice.separation.segment_frames * voice.separation.n_bins];
        spectra.finish().iter().for_each(|segment| silent.add(segment, &mask, voice.separation.n_bins));
        assert_eq!(silent.weights(0..8), [0.0; 8]);
    }
}
