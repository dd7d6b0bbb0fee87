//! The specification of the voice analysis: a flat copy of `models/features/voice-v2.toml`, which gives the reason for
//! every number. The training code reads the same file.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Error;
use crate::spec::require;

/// All numbers of the voice analysis.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoiceSpec {
    /// Version of the specification.
    pub version: u32,
    /// Input and output of the source separation.
    pub separation: Separation,
    /// Input of the voice activity detector.
    pub activity: Activity,
    /// Input and output of the pitch network.
    pub melody: Melody,
    /// How much a frame of the voice counts.
    pub prominence: Prominence,
}

/// Input and output of the source separation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Length of a Fourier transform.
    pub fft_samples: usize,
    /// Samples from frame to frame.
    pub hop_samples: usize,
    /// Window of analysis and synthesis: `hann-periodic`.
    pub window: String,
    /// Number of bins that the network reads, from the lowest on.
    pub n_bins: usize,
    /// Number of frames that the network reads at once.
    pub segment_frames: usize,
}

/// Input of the voice activity detector.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Number of samples in a frame.
    pub frame_samples: usize,
    /// Number of samples of the previous frame that precede a frame.
    pub context_samples: usize,
    /// Number of values in each of its two states.
    pub state_values: usize,
    /// Number of frames after which its state is reset.
    pub memory_frames: usize,
}

/// Input and output of the pitch network.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Melody {
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Length of a Fourier transform.
    pub fft_samples: usize,
    /// Samples from frame to frame.
    pub hop_samples: usize,
    /// Window: `hann-periodic`.
    pub window: String,
    /// Number of mel bands.
    pub n_mels: usize,
    /// Lower edge of the lowest band.
    pub mel_low_hz: f64,
    /// Upper edge of the highest band.
    pub mel_high_hz: f64,
    /// Added to powers before the root.
    pub power_offset: f32,
    /// The smallest mel magnitude; smaller magnitudes count as this.
    pub level_min: f32,
    /// Number of frames that the network reads at once, without context.
    pub chunk_frames: usize,
    /// Number of frames of context on either side.
    pub context_frames: usize,
    /// Number of pitches in a salience frame.
    pub n_pitches: usize,
    /// Frequency of the first pitch.
    pub pitch_low_hz: f64,
    /// Frequency of the last pitch.
    pub pitch_high_hz: f64,
}

/// How much a frame of the voice counts, by its power relative to that of the mix.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prominence {
    /// Time over which powers are averaged, in seconds.
    pub window_s: f64,
    /// Level of the voice relative to the mix, in dB, up to which a frame does not count.
    pub silent_db: f32,
    /// Level from which a frame counts fully, in dB.
    pub full_db: f32,
}

static V2: LazyLock<VoiceSpec> = LazyLock::new(|| {
    VoiceSpec::parse(include_str!("../../../../models/features/voice-v2.toml"))
        .expect("the built-in file is parsed by a test")
});

impl VoiceSpec {
    /// Returns the specification that is built into the program.
    pub fn v2() -> &'static Self {
        &V2
    }

    /// Reads a specification and checks that this crate can compute it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let spec: Self = toml::from_str(text)?;
        spec.check()?;
        Ok(spec)
    }

    fn check(&self) -> Result<(), Error> {
        let Self { separation, activity, melody, prominence, .. } = self;
        require(separation.window == "hann-periodic", "separation.window is \"hann-periodic\"")?;
        require(melody.window == "hann-periodic", "melody.window is \"hann-periodic\"")?;
        require(
            separation.hop_samples > 0 && separation.fft_samples == 4 * separation.hop_samples,
            "four windows of the separation overlap, so that their squares add up to a constant",
        )?;
        require(
            separation.n_bins <= separation.fft_samples / 2 && separation.segment_frames > 0,
            "separation.n_bins are bins of the transform",
        )?;
        require(
            activity.sample_rate_hz == melody.sample_rate_hz,
            "voice activity and melody are heard at one rate",
        )?;
        require(
            activity.frame_samples > 0
                && activity.context_samples <= activity.frame_samples
                && activity.memory_frames > 0,
            "the context is part of the frame before, and some frames are remembered",
        )?;
        require(
            (1..melody.fft_samples).contains(&melody.hop_samples)
                && (melody.fft_samples - melody.hop_samples).is_multiple_of(2),
            "melody frames overlap by an even number of samples",
        )?;
        require(
            prominence.window_s > 0.0 && prominence.silent_db < prominence.full_db,
            "the louder a voice, the more it counts",
        )?;
        require(melody.n_pitches > 1 && melody.chunk_frames > 0, "there are pitches and frames")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../../models/features/voice-v2.toml");

    #[test]
    fn the_built_in_specification_is_read() {
        assert_eq!(VoiceSpec::v2().version, 2);
    }

    #[test]
    fn unknown_keys_and_numbers_that_contradict_each_other_are_refused() {
        assert!(matches!(
            VoiceSpec::parse(&TEXT.replace("window_s ", "windows ")),
            Err(Error::Unreadable(_))
        ));
        for (from, to) in [
            ("hop_samples    = 1024", "hop_samples    = 1000"),
            ("n_bins         = 704 ", "n_bins         = 2049"),
            ("hop_samples    = 160", "hop_samples    = 161"),
            ("context_samples = 64", "context_samples = 513"),
            ("silent_db = -30.0", "silent_db = -5.0"),
        ] {
            assert!(TEXT.contains(from), "{from} stands in the file");
            assert!(matches!(VoiceSpec::parse(&TEXT.replace(from, to)), Err(Error::Unsupported(_))), "{to}");
        }
    }
}
