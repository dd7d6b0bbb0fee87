//! CREMA's input: the constant-Q bins of two harmonics as levels in dB, relative to the track's loudest cell of each
//! harmonic.

use crate::Spec;

/// Running maxima over the frames of a track; complete after the last frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Loudest {
    spec: &'static Spec,
    /// First bin of each channel.
    first_bins: Vec<usize>,
    /// Loudest magnitude of each channel.
    channels: Vec<f32>,
    overall: f32,
}

impl Loudest {
    /// Creates the maxima of no frames.
    pub fn new(spec: &'static Spec) -> Self {
        let first_bins: Vec<usize> = spec.crema.harmonics.iter().map(|&h| spec.first_bin(h)).collect();
        Self { spec, channels: vec![0.0; first_bins.len()], first_bins, overall: 0.0 }
    }

    /// Adds one frame of linear magnitudes, `[n_bins]`.
    pub fn observe(&mut self, frame: &[f32]) {
        let n_bins = self.spec.crema.n_bins;
        for (loudest, &first) in self.channels.iter_mut().zip(&self.first_bins) {
            *loudest = maximum(&frame[first..first + n_bins]).max(*loudest);
        }
        self.overall = maximum(frame).max(self.overall);
    }

    /// Returns the loudest magnitude in any bin; 0 before any sound.
    pub fn overall(&self) -> f32 {
        self.overall
    }

    pub(crate) fn spec(&self) -> &'static Spec {
        self.spec
    }
}

fn maximum(values: &[f32]) -> f32 {
    values.iter().copied().fold(0.0, f32::max)
}

/// Writes the levels of one frame of linear magnitudes `[252]` into `out` `[216, 2]`, in dB from -80 to 0.
///
/// A channel without any cell above the smallest power is at the floor throughout. DIFFERENCE: the reference gives 0 dB
/// there, from which CREMA computes chords in digital silence.
pub fn hcqt_frame(frame: &[f32], loudest: &Loudest, out: &mut [f32]) {
    let crema = &loudest.spec.crema;
    let n_channels = loudest.channels.len();
    for (channel, (&first, &loudest)) in loudest.first_bins.iter().zip(&loudest.channels).enumerate() {
        let reference_db = level_db(loudest, crema.power_min);
        let audible = loudest * loudest > crema.power_min;
        let cells = out.chunks_exact_mut(n_channels).map(|cell| &mut cell[channel]);
        for (out, &magnitude) in cells.zip(&frame[first..first + crema.n_bins]) {
            let level = (level_db(magnitude, crema.power_min) - reference_db).max(crema.floor_db);
            *out = if audible { level } else { crema.floor_db };
        }
    }
}

fn level_db(magnitude: f32, power_min: f32) -> f32 {
    10.0 * (magnitude * magnitude).max(power_min).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(magnitude: impl Fn(usize) -> f32) -> Vec<f32> {
        (0..Spec::v1().cqt.n_bins).map(magnitude).collect()
    }

    fn levels(frame: &[f32], loudest: &Loudest) -> Vec<f32> {
        let mut out = vec![f32::NAN; 216 * 2];
        hcqt_frame(frame, loudest, &mut out);
        out
    }

    #[test]
    fn each_channel_is_relative_to_its_own_loudest_cell() {
        let mut loudest = Loudest::new(Spec::v1());
        let low = frame(|bin| if bin == 10 { 10.0 } else { 0.0 });
        let high = frame(|bin| if bin == 240 { 1.0 } else { 0.1 });
        loudest.observe(&low);
        loudest.observe(&high);
        let (low, high) = (levels(&low, &loudest), levels(&high, &loudest));
        assert_eq!(low[10 * 2], 0.0);
        assert!((high[10 * 2] + 40.0).abs() < 1e-4, "a hundredth of the loudest is -40 dB");
        assert_eq!(high[(240 - 36) * 2 + 1], 0.0);
        assert!((high[(100 - 36) * 2 + 1] + 20.0).abs() < 1e-4, "a tenth of the loudest is -20 dB");
        assert_eq!(low[(100 - 36) * 2 + 1], -80.0);
    }

    #[test]
    fn silence_is_at_the_floor() {
        let mut loudest = Loudest::new(Spec::v1());
        let silence = frame(|_| 0.0);
        loudest.observe(&silence);
        assert!(levels(&silence, &loudest).iter().all(|&level| level == -80.0));
    }
}
