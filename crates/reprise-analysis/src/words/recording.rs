//! The voice of a track at the sample rate of the recogniser.

use std::ops::Range;

use reprise_audio::Resampler;
use reprise_features::Spec;
use reprise_features::words::WordsSpec;

/// Keeps the voice of one track while it is separated: 64 kB a second of music.
pub struct VoiceRecording {
    resampler: Option<Resampler>,
    samples: Vec<f32>,
    gain: f32,
}

impl Default for VoiceRecording {
    fn default() -> Self {
        let to_hz = WordsSpec::v1().passages.sample_rate_hz;
        let resampler = Resampler::new(Spec::v1().audio.sample_rate_hz, to_hz);
        Self { resampler, samples: Vec::new(), gain: 1.0 }
    }
}

impl VoiceRecording {
    /// Adds the next vocals, mono at 44,100 Hz.
    pub fn push(&mut self, vocals: &[f32]) {
        if let Some(resampler) = &mut self.resampler {
            resampler.push(vocals, &mut |samples| self.samples.extend_from_slice(samples));
        }
    }

    /// Ends the recording, so that all of it can be listened to.
    pub fn finished(mut self) -> Self {
        if let Some(resampler) = self.resampler.take() {
            resampler.finish(&mut |samples| self.samples.extend_from_slice(samples));
        }
        let loudest = self.samples.iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
        self.gain = if loudest > 0.0 { WordsSpec::v1().passages.peak / loudest } else { 1.0 };
        self
    }

    /// The samples at the rate of the recogniser.
    pub(super) fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// The samples of these ranges, one after another, at a level that does not depend on the track's.
    pub(super) fn excerpt(&self, passages: &[Range<usize>]) -> Vec<f32> {
        let samples = passages.iter().flat_map(|passage| &self.samples[passage.clone()]);
        samples.map(|sample| sample * self.gain).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_keeps_its_length_and_loses_its_level() {
        let vocals: Vec<f32> = (0..44_100).map(|i| 0.1 * (i as f32 * 0.05).sin()).collect();
        let mut recording = VoiceRecording::default();
        vocals.chunks(1000).for_each(|some| recording.push(some));
        let recording = recording.finished();
        assert_eq!(recording.samples().len(), 16_000);
        let excerpt = recording.excerpt(&[100..4000, 8000..16_000]);
        assert_eq!(excerpt.len(), 11_900);
        let loudest = excerpt.iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
        assert!((loudest - 0.9).abs() < 0.01, "{loudest}");
    }

    #[test]
    fn silence_stays_silence() {
        let mut recording = VoiceRecording::default();
        recording.push(&[0.0; 441]);
        assert_eq!(recording.finished().excerpt(&[0..80, 80..160]), [0.0; 160]);
    }
}
