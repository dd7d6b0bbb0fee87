//! The specification of the recogniser's input: a flat copy of `models/features/words-v1.toml`, which gives the reason
//! for every number. The training code reads the same file.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Error;
use crate::spec::require;

/// All numbers between the separated voice and the words heard in it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsSpec {
    /// Version of the specification.
    pub version: u32,
    /// Which parts of the voice are listened to.
    pub passages: Passages,
    /// What the recogniser hears at once.
    pub segments: Segments,
    /// Input of the recogniser.
    pub log_mel: LogMel,
    /// How tokens are chosen.
    pub decoding: Decoding,
}

/// Which parts of the voice are listened to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passages {
    /// Sample rate of the voice in Hz.
    pub sample_rate_hz: u32,
    /// The smallest weight of a frame in which somebody sings.
    pub least_weight: f32,
    /// Pauses up to this length stay, in seconds.
    pub longest_gap_s: f64,
    /// What is added before and after a passage, in seconds.
    pub margin_s: f64,
    /// Less than this in the whole track is not listened to, in seconds.
    pub shortest_s: f64,
    /// The largest magnitude of the voice after it is scaled.
    pub peak: f32,
}

/// What the recogniser hears at once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segments {
    /// Length of a segment in seconds.
    pub seconds: usize,
    /// A segment ends with the last passage that ends after this many seconds of it.
    pub earliest_cut_s: usize,
}

/// Input of the recogniser.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogMel {
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
    /// The smallest power; smaller powers count as this.
    pub power_min: f32,
    /// Decimal logarithms are at most this far below the largest of the segment.
    pub range: f32,
    /// Added to a logarithm.
    pub offset: f32,
    /// The sum is divided by this.
    pub scale: f32,
}

/// How tokens are chosen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoding {
    /// The largest number of tokens of a segment.
    pub longest_tokens: usize,
    /// Number of segments, from the first on, from which the language is heard where the first one leaves doubt.
    pub language_segments: usize,
    /// From this probability on the first segment leaves no doubt.
    pub sure_language: f32,
    /// A segment is left out if the probability that nobody speaks is above this ...
    pub no_speech: f32,
    /// ... and the mean log-probability of its tokens below this.
    pub log_probability: f32,
    /// Tokens that are not the first of a segment.
    pub suppressed_first: Vec<u32>,
    /// Tokens that are never chosen.
    pub suppressed: Vec<u32>,
}

static V1: LazyLock<WordsSpec> = LazyLock::new(|| {
    WordsSpec::parse(include_str!("../../../../models/features/words-v1.toml"))
        .expect("the built-in file is parsed by a test")
});

impl WordsSpec {
    /// Returns the specification that is built into the program.
    pub fn v1() -> &'static Self {
        &V1
    }

    /// Reads a specification and checks that this crate can compute it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let spec: Self = toml::from_str(text)?;
        spec.check()?;
        Ok(spec)
    }

    /// The number of samples in a segment.
    pub fn segment_samples(&self) -> usize {
        self.segments.seconds * self.passages.sample_rate_hz as usize
    }

    /// The number of log-mel frames in a segment.
    pub fn segment_frames(&self) -> usize {
        self.segment_samples() / self.log_mel.hop_samples
    }

    fn check(&self) -> Result<(), Error> {
        let Self { passages, segments, log_mel, decoding, .. } = self;
        require(log_mel.window == "hann-periodic", "log_mel.window is \"hann-periodic\"")?;
        require(
            (1..log_mel.fft_samples).contains(&log_mel.hop_samples)
                && self.segment_samples().is_multiple_of(log_mel.hop_samples.max(1)),
            "frames overlap, and a segment has a whole number of them",
        )?;
        require((1..segments.seconds).contains(&segments.earliest_cut_s), "a segment is cut before its end")?;
        require(
            passages.longest_gap_s >= 2.0 * passages.margin_s && passages.margin_s >= 0.0,
            "passages do not overlap",
        )?;
        require(
            decoding.longest_tokens > 0 && decoding.language_segments > 0,
            "something is said in some language",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../../models/features/words-v1.toml");

    #[test]
    fn the_built_in_specification_is_read() {
        let spec = WordsSpec::v1();
        assert_eq!((spec.version, spec.segment_samples(), spec.segment_frames()), (1, 480_000, 3000));
    }

    #[test]
    fn unknown_keys_and_numbers_that_contradict_each_other_are_refused() {
        assert!(matches!(WordsSpec::parse(&TEXT.replace("n_mels ", "mels ")), Err(Error::Unreadable(_))));
        for (from, to) in [
            ("hop_samples    = 160", "hop_samples    = 7"),
            ("hop_samples    = 160", "hop_samples    = 0"),
            ("earliest_cut_s = 22", "earliest_cut_s = 30"),
            ("margin_s       = 0.1", "margin_s       = 0.3"),
            ("longest_tokens    = 160", "longest_tokens    = 0"),
        ] {
            assert!(TEXT.contains(from), "{from} stands in the file");
            assert!(matches!(WordsSpec::parse(&TEXT.replace(from, to)), Err(Error::Unsupported(_))), "{to}");
        }
    }
}
