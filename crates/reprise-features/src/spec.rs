//! The feature specification: a flat copy of `models/features/v1.toml`, which gives the reason for every number.
//!
//! The training code reads the same file. Unknown keys are an error on both sides, so that the two cannot diverge.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Error;

/// All numbers of the feature chain.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the specification.
    pub version: u32,
    /// The audio that the chain starts from.
    pub audio: Audio,
    /// The filter between octaves.
    pub decimation: Decimation,
    /// The constant-Q transform.
    pub cqt: Cqt,
    /// The input of CREMA's network.
    pub crema: Crema,
    /// Chroma folded from the transform.
    pub chroma: Chroma,
    /// The estimate of the tuning.
    pub tuning: Tuning,
    /// The criteria for music.
    pub activity: Activity,
}

/// The audio that the chain starts from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audio {
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// How channels are combined: `mean`.
    pub mixdown: String,
    /// Samples of a larger magnitude are damaged and count as 0.
    pub sample_limit: f32,
}

/// The filter of each decimation by 2: a sinc under a Kaiser window.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decimation {
    /// Zero crossings of the sinc on each side.
    pub zero_crossings: usize,
    /// Cut-off as a share of the lower Nyquist frequency.
    pub rolloff: f64,
    /// Shape of the Kaiser window.
    pub kaiser_beta: f64,
}

/// The constant-Q transform.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cqt {
    /// Samples from frame to frame at [`Audio::sample_rate_hz`].
    pub hop_samples: usize,
    /// Centre of the lowest bin in Hz.
    pub f_min_hz: f64,
    /// Bins per octave.
    pub bins_per_octave: usize,
    /// Number of bins in total.
    pub n_bins: usize,
    /// Length of each octave's Fourier transform at the octave's own rate.
    pub fft_samples: usize,
    /// Window of the kernels: `hann-periodic`.
    pub window: String,
    /// Share of each kernel row's L1 norm that is dropped.
    pub sparsity: f64,
    /// Number type of frames: `f32`.
    pub dtype: String,
}

/// The input of CREMA's network.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crema {
    /// Bins per harmonic.
    pub n_bins: usize,
    /// Multiples of the lowest bin's frequency at which the channels start; powers of 2.
    pub harmonics: Vec<usize>,
    /// The smallest power; smaller powers count as this.
    pub power_min: f32,
    /// Lowest level in dB relative to the loudest cell.
    pub floor_db: f32,
    /// Names of the axes, in order of memory.
    pub layout: Vec<String>,
}

/// Chroma folded from the transform.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chroma {
    /// Gain inside the logarithm.
    pub log_gain: f32,
    /// Bins summed around each semitone.
    pub bins_per_semitone: usize,
}

/// The estimate of the tuning.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// Estimates lie above this and at most 100 cents higher.
    pub lowest_cents: f64,
    /// The smallest deviation; smaller deviations count as 0.
    pub ignored_cents: f64,
    /// Frequency whose semitone grid deviates by 0 cents.
    pub reference_hz: f64,
    /// Length of each analysed window.
    pub fft_samples: usize,
    /// The largest number of windows that are analysed.
    pub n_windows_max: usize,
    /// Lowest frequency of a peak.
    pub f_low_hz: f64,
    /// Highest frequency of a peak.
    pub f_high_hz: f64,
    /// How far a peak may lie below the strongest peak of its window, in dB.
    pub peak_range_db: f64,
    /// Mean resultant length below which no tuning is reported.
    pub confidence_min: f64,
}

/// The criteria for music.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// A frame sounds if its loudest cell reaches this magnitude.
    pub sounding_magnitude: f32,
    /// A track that sounds for a shorter time, in seconds, is silent.
    pub sounding_min_s: f64,
    /// Nearest bin of a partial's flanks.
    pub flank_near_bins: usize,
    /// Farthest bin of a partial's flanks.
    pub flank_far_bins: usize,
    /// How far a partial must stand above the mean of its louder flank, in dB.
    pub partial_contrast_db: f32,
    /// A track is noise if a smaller share of its sounding frames has a partial.
    pub tonal_share_min: f64,
}

static V1: LazyLock<Spec> = LazyLock::new(|| {
    Spec::parse(include_str!("../../../models/features/v1.toml"))
        .expect("the built-in file is parsed by a test")
});

impl Spec {
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

    /// Returns the number of octaves of the transform.
    pub fn n_octaves(&self) -> usize {
        self.cqt.n_bins / self.cqt.bins_per_octave
    }

    /// Returns the sample rate of the top octave in Hz: half of the audio's.
    pub fn top_rate_hz(&self) -> f64 {
        f64::from(self.audio.sample_rate_hz) / 2.0
    }

    /// Returns the quality factor: centre frequency over bandwidth, the same for every bin.
    pub fn quality(&self) -> f64 {
        1.0 / (2f64.powf(1.0 / self.cqt.bins_per_octave as f64) - 1.0)
    }

    /// Returns the number of frames per second.
    pub fn frame_rate_hz(&self) -> f64 {
        f64::from(self.audio.sample_rate_hz) / self.cqt.hop_samples as f64
    }

    /// Returns the bin at which a harmonic's channel begins; `harmonic` is a power of 2.
    pub fn first_bin(&self, harmonic: usize) -> usize {
        self.cqt.bins_per_octave * harmonic.trailing_zeros() as usize
    }

    fn check(&self) -> Result<(), Error> {
        self.check_forms()?;
        self.check_sizes()
    }

    /// Checks the values for which this crate has only one implementation, and those from which the sizes are derived.
    fn check_forms(&self) -> Result<(), Error> {
        let (cqt, crema) = (&self.cqt, &self.crema);
        require(self.audio.mixdown == "mean", "audio.mixdown is \"mean\"")?;
        require(cqt.window == "hann-periodic", "cqt.window is \"hann-periodic\"")?;
        require(cqt.dtype == "f32", "cqt.dtype is \"f32\"")?;
        require(
            crema.layout == ["n_frames", "n_bins", "n_harmonics"],
            "crema.layout is frames, bins, harmonics",
        )?;
        require(crema.harmonics.iter().all(|h| h.is_power_of_two()), "crema.harmonics are powers of 2")?;
        require(self.chroma.bins_per_semitone % 2 == 1, "a semitone has a bin at its centre")?;
        require(cqt.bins_per_octave == 12 * self.chroma.bins_per_semitone, "an octave has 12 semitones")?;
        require(
            cqt.n_bins > 0 && cqt.n_bins.is_multiple_of(cqt.bins_per_octave),
            "cqt.n_bins are one or more whole octaves",
        )
    }

    fn check_sizes(&self) -> Result<(), Error> {
        let cqt = &self.cqt;
        let hops = u32::try_from(self.n_octaves()).ok().and_then(|n_octaves| 2usize.checked_pow(n_octaves));
        require(
            hops.is_some_and(|hops| cqt.hop_samples > 0 && cqt.hop_samples.is_multiple_of(hops)),
            "cqt.hop_samples can be halved for every octave",
        )?;
        let top_hz = cqt.f_min_hz * 2f64.powi(self.n_octaves() as i32 - 1);
        let longest = self.quality() * self.top_rate_hz() / top_hz;
        // A kernel that is tuned a semitone lower must still fit.
        require(longest * 1.06 < cqt.fft_samples as f64, "the longest kernel fits into cqt.fft_samples")?;
        require(cqt.fft_samples.is_power_of_two(), "cqt.fft_samples is a power of 2")?;
        require(self.decimation.zero_crossings > 1, "decimation.zero_crossings are at least 2")?;
        require(
            self.crema.harmonics.iter().all(|&h| self.first_bin(h) + self.crema.n_bins <= cqt.n_bins),
            "crema's bins lie within the transform",
        )
    }
}

pub(crate) fn require(holds: bool, rule: &str) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Unsupported(format!("expected that {rule}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../models/features/v1.toml");

    #[test]
    fn the_built_in_specification_is_the_published_chain() {
        let spec = Spec::v1();
        assert_eq!(spec.n_octaves(), 7);
        assert_eq!(spec.first_bin(2), 36);
        assert!((spec.frame_rate_hz() - 10.766).abs() < 1e-3);
        assert!((spec.quality() - 51.44).abs() < 1e-2);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let text = TEXT.replace("mixdown ", "downmix ");
        assert!(matches!(Spec::parse(&text), Err(Error::Unreadable(_))));
    }

    #[test]
    fn numbers_that_contradict_each_other_are_refused() {
        for (from, to) in [
            ("n_bins          = 252", "n_bins          = 253"),
            ("hop_samples     = 4096", "hop_samples     = 4095"),
            ("fft_samples     = 1024", "fft_samples     = 512"),
            ("harmonics = [1, 2]", "harmonics = [1, 3]"),
            ("harmonics = [1, 2]", "harmonics = [0, 2]"),
            ("bins_per_octave = 36", "bins_per_octave = 0"),
            ("n_bins          = 252", "n_bins          = 0"),
        ] {
            assert!(TEXT.contains(from), "{from} stands in the file");
            let outcome = Spec::parse(&TEXT.replace(from, to));
            assert!(matches!(outcome, Err(Error::Unsupported(_))), "{to} gave {outcome:?}");
        }
    }
}
