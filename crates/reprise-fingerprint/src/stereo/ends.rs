//! What one track has before or after the other one.

use super::levels::{FRAME_S, Frame, StereoSketch, energies};

/// Sound that one track has beyond the other may last this long, in frames (0.3 s): encoders pad and cut.
const MOST_FRAMES: usize = 15;

/// Sound this much quieter than the loud parts of its track is silence: 50 dB.
const SILENCE: f32 = 1e-5;

/// The loud parts of a track are louder than this share of it.
const LOUD: f64 = 0.95;

/// A track with no energy above this, 90 dB below full scale, is silent.
const NO_SOUND: f32 = 1e-9;

/// How loud a track is over time, and from where on it is heard.
pub(super) struct Loudness {
    energies: Vec<f32>,
    least: f32,
}

impl Loudness {
    pub fn of(sketch: &StereoSketch) -> Self {
        let energies_of = energies();
        let of_frame = |[left, right, ..]: &Frame| -> f32 {
            left.iter().chain(right).map(|level| energies_of[usize::from(*level)]).sum()
        };
        let energies: Vec<f32> = sketch.frames.iter().map(of_frame).collect();
        let mut sorted = energies.clone();
        sorted.sort_by(f32::total_cmp);
        let loud = sorted.get((sorted.len() as f64 * LOUD) as usize).copied().unwrap_or(0.0);
        Self { energies, least: (loud * SILENCE).max(NO_SOUND) }
    }

    /// Returns the seconds from the first to the last sound within these frames, as start and length; `None` if there
    /// is hardly any.
    pub fn sound_within(&self, start: usize, end: usize) -> Option<(f64, f64)> {
        let end = end.min(self.energies.len());
        let mut heard = (start.min(end)..end).filter(|frame| self.energies[*frame] > self.least);
        let (first, count) = (heard.clone().next()?, heard.clone().count());
        let last = heard.next_back().unwrap_or(first);
        let length = (last + 1 - first) as f64 * FRAME_S;
        (count > MOST_FRAMES).then_some((first as f64 * FRAME_S, length))
    }
}
