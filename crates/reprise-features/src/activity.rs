//! Decides whether a track is music at all. From silence and noise CREMA would compute meaningless chords, not none.
//!
//! The decision depends on the absolute level and on partials that stand out in the constant-Q frames. In doubt a track
//! is music: noise that passes is matched poorly, but a song that is refused is lost.

use crate::Spec;

/// The content of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has pitch, or the decision is too close.
    Music,
    /// Nothing exceeds the dither of 16 bits for longer than a moment.
    Silence,
    /// Sound without pitch.
    Noise,
}

/// Accumulates the statistics of a track's frames.
#[derive(Debug, Clone)]
pub struct Activity {
    spec: &'static Spec,
    n_frames: u64,
    n_sounding: u64,
    n_tonal: u64,
    powers: Vec<f32>,
}

impl Activity {
    /// Creates statistics of no frames.
    pub fn new(spec: &'static Spec) -> Self {
        Self { spec, n_frames: 0, n_sounding: 0, n_tonal: 0, powers: Vec::new() }
    }

    /// Adds one frame of linear magnitudes, `[n_bins]`.
    pub fn observe(&mut self, frame: &[f32]) {
        self.n_frames += 1;
        let sounding = frame.iter().any(|&magnitude| magnitude >= self.spec.activity.sounding_magnitude);
        if sounding {
            self.n_sounding += 1;
            self.n_tonal += u64::from(self.has_partial(frame));
        }
    }

    /// Returns the verdict on the frames so far.
    pub fn verdict(&self) -> Verdict {
        let limits = &self.spec.activity;
        let needed = (limits.sounding_min_s * self.spec.frame_rate_hz()).min(self.n_frames as f64 / 2.0);
        if self.n_sounding == 0 || (self.n_sounding as f64) < needed {
            Verdict::Silence
        } else if self.tonal_share() < limits.tonal_share_min {
            Verdict::Noise
        } else {
            Verdict::Music
        }
    }

    /// Returns the share of the sounding frames in which a partial stands out, 0 to 1; 0 if nothing sounds.
    pub fn tonal_share(&self) -> f64 {
        self.n_tonal as f64 / self.n_sounding.max(1) as f64
    }

    fn has_partial(&mut self, frame: &[f32]) -> bool {
        let limits = &self.spec.activity;
        let (near, far) = (limits.flank_near_bins, limits.flank_far_bins);
        self.powers.clear();
        self.powers.extend(frame.iter().map(|magnitude| magnitude * magnitude));
        // The contrast applies to a flank's mean, but the flank is summed.
        let contrast = 10f32.powf(limits.partial_contrast_db / 10.0) / (far - near + 1) as f32;
        let audible = limits.sounding_magnitude * limits.sounding_magnitude;
        let powers = &self.powers;
        let flank = |bins: std::ops::RangeInclusive<usize>| powers[bins].iter().sum::<f32>();
        (far..powers.len() - far).any(|bin| {
            powers[bin] >= audible
                && powers[bin] > contrast * flank(bin - far..=bin - near)
                && powers[bin] > contrast * flank(bin + near..=bin + far)
        })
    }
}
