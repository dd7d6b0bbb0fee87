//! From the salience of pitches to pitch classes, and from the network's frames to the grid of the other features.

use super::spec::Melody;
use crate::Spec;

/// The frequency at which FCPE's scale of cents starts.
const CENT_REFERENCE_HZ: f64 = 10.0;

/// The pitch class of each pitch of the network.
#[derive(Debug, Clone)]
pub struct PitchClasses {
    class_of_pitch: Vec<usize>,
}

impl PitchClasses {
    /// Assigns each pitch to the nearest semitone of a scale tuned `tuning_cents` away from A = 440 Hz; 0 is C.
    pub fn new(spec: &Melody, tuning_cents: f32) -> Self {
        let cents = |hz: f64| 1200.0 * (hz / CENT_REFERENCE_HZ).log2();
        let (low, high) = (cents(spec.pitch_low_hz), cents(spec.pitch_high_hz));
        let step = (high - low) / (spec.n_pitches - 1) as f64;
        let class = |pitch: usize| {
            let hz = CENT_REFERENCE_HZ * 2f64.powf((low + step * pitch as f64) / 1200.0);
            let semitone = 69.0 + 12.0 * (hz / 440.0).log2() - f64::from(tuning_cents) / 100.0;
            (semitone.round() as i64).rem_euclid(12) as usize
        };
        Self { class_of_pitch: (0..spec.n_pitches).map(class).collect() }
    }

    /// Returns the largest salience of each pitch class in one frame, `[n_pitches]` to `[12]`.
    pub fn fold(&self, salience: &[f32]) -> [f32; 12] {
        let mut classes = [0f32; 12];
        for (class, value) in self.class_of_pitch.iter().zip(salience) {
            classes[*class] = classes[*class].max(*value);
        }
        classes
    }
}

/// Averages the network's frames onto the grid of chord-pitch and chroma.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Number of grid frames per frame of the network.
    frames_per_frame: f64,
    sums: Vec<[f32; 12]>,
    counts: Vec<u16>,
}

impl Grid {
    /// Creates an empty grid at the specification's frame rate.
    pub fn new(melody: &Melody, spec: &Spec) -> Self {
        let frame_rate_hz = f64::from(melody.sample_rate_hz) / melody.hop_samples as f64;
        let frames_per_frame = spec.frame_rate_hz() / frame_rate_hz;
        Self { frames_per_frame, sums: Vec::new(), counts: Vec::new() }
    }

    /// Returns the grid frame to which the network's frame `index` belongs.
    pub fn place(&self, index: usize) -> usize {
        (index as f64 * self.frames_per_frame).round() as usize
    }

    /// Adds the network's frame `index`. Frames that are never added count as silence.
    pub fn add(&mut self, index: usize, classes: &[f32; 12]) {
        let at = self.place(index);
        if at >= self.sums.len() {
            self.sums.resize(at + 1, [0.0; 12]);
            self.counts.resize(at + 1, 0);
        }
        (0..12).for_each(|p| self.sums[at][p] += classes[p]);
        self.counts[at] += 1;
    }

    /// Returns the melody, `[n_frames, 12]` in 0..=1. `n_frames` is the [`crate::frame_count`] of the track.
    pub fn finish(self, n_frames: usize) -> Vec<[f32; 12]> {
        let frames = self.sums.into_iter().zip(self.counts);
        let mut melody: Vec<[f32; 12]> =
            frames.map(|(sum, count)| sum.map(|value| value / f32::from(count.max(1)))).collect();
        melody.resize(n_frames, [0.0; 12]);
        melody
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::VoiceSpec;

    fn pitch_of(hz: f64) -> usize {
        let spec = &VoiceSpec::v2().melody;
        let share = (hz / spec.pitch_low_hz).log2() / (spec.pitch_high_hz / spec.pitch_low_hz).log2();
        (share * (spec.n_pitches - 1) as f64).round() as usize
    }

    #[test]
    fn tones_fold_to_their_names_in_every_octave() {
        let classes = PitchClasses::new(&VoiceSpec::v2().melody, 0.0);
        for (hz, class) in [(55.0, 9), (440.0, 9), (1760.0, 9), (261.63, 0), (987.77, 11), (34.65, 1)] {
            let mut salience = vec![0.0; 360];
            salience[pitch_of(hz)] = 0.7;
            let folded = classes.fold(&salience);
            assert_eq!(folded[class], 0.7, "{hz} Hz");
            assert_eq!(folded.iter().sum::<f32>(), 0.7);
        }
    }

    #[test]
    fn a_track_tuned_low_is_folded_by_its_own_scale() {
        // 60 cents below A: this is A of an instrument tuned 60 cents low, and A flat of one that is not.
        let hz = 440.0 * 2f64.powf(-60.0 / 1200.0);
        let mut salience = vec![0.0; 360];
        salience[pitch_of(hz)] = 1.0;
        let spec = &VoiceSpec::v2().melody;
        assert_eq!(PitchClasses::new(spec, -60.0).fold(&salience)[9], 1.0);
        assert_eq!(PitchClasses::new(spec, 0.0).fold(&salience)[8], 1.0);
    }

    #[test]
    fn a_grid_frame_is_the_mean_of_what_is_nearest_to_it() {
        let (melody, spec) = (&VoiceSpec::v2().melody, Spec::v1());
        let mut grid = Grid::new(melody, spec);
        let values: Vec<[f32; 12]> =
            (0..400).map(|i| std::array::from_fn(|p| ((i * 7 + p) % 13) as f32)).collect();
        values.iter().enumerate().for_each(|(i, value)| grid.add(i, value));
        for (k, frame) in grid.finish(40).iter().enumerate() {
            let near = |i: &usize| {
                let at = *i as f64 * 0.01 * 44_100.0 / 4096.0;
                at >= k as f64 - 0.5 && at < k as f64 + 0.5
            };
            let near: Vec<usize> = (0..400).filter(near).collect();
            let mean = near.iter().map(|i| values[*i][3]).sum::<f32>() / near.len() as f32;
            assert!((frame[3] - mean).abs() < 1e-4, "grid frame {k}: {} and {mean}", frame[3]);
        }
    }

    #[test]
    fn what_was_never_heard_is_silence() {
        let mut grid = Grid::new(&VoiceSpec::v2().melody, Spec::v1());
        grid.add(100_000, &[1.0; 12]);
        assert_eq!(grid.finish(3), [[0.0; 12]; 3]);
    }
}
