//! Whether a track is music at all: silence and noise would give CREMA garbage, not nothing.
//!
//! Judged by absolute level and by partials that stand out of the constant-Q frames. In doubt it is music: a noise
//! that passes is matched poorly, a song that is refused is lost.

use crate::Spec;

/// What a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Something with pitch, or too close to tell.
    Music,
    /// Nothing above the dither of 16 bits, but for moments.
    Silence,
    /// Sound without pitch.
    Noise,
}

/// Accumulates over the frames of a track.
#[derive(Debug, Clone)]
pub struct Activity {
    spec: &'static Spec,
    n_frames: u64,
    n_sounding: u64,
    n_tonal: u64,
    powers: Vec<f32>,
}

impl Activity {
    /// Nothing observed yet.
    pub fn new(spec: &'static Spec) -> Self {
        Self { spec, n_frames: 0, n_sounding: 0, n_tonal: 0, powers: Vec::new() }
    }

    /// Takes one frame of linear magnitudes `[n_bins]`.
    pub fn observe(&mut self, frame: &[f32]) {
        self.n_frames += 1;
        let sounding = frame.iter().any(|&magnitude| magnitude >= self.spec.activity.sounding_magnitude);
        if sounding {
            self.n_sounding += 1;
            self.n_tonal += u64::from(self.has_partial(frame));
        }
    }

    /// The verdict on what was observed.
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

    /// Share of the sounding frames in which a partial stands out, 0 to 1; 0 when nothing sounds.
    pub fn tonal_share(&self) -> f64 {
        self.n_tonal as f64 / self.n_sounding.max(1) as f64
    }

    fn has_partial(&mut self, frame: &[f32]) -> bool {
        let limits = &self.spec.activity;
        let (near, far) = (limits.flank_near_bins, limits.flank_far_bins);
        self.powers.clear();
        self.powers.extend(frame.iter().map(|magnitude| magnitude * magnitude));
        // Over a flank's sum instead of its mean.
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
