//! Lays two aligned tracks over each other: the energies of both at each moment.

use super::align::Alignment;
use super::levels::{BANDS, CHANNELS, Frame, StereoSketch, energies};

/// Frames from one moment to the next: 40 ms.
pub(super) const STEP: usize = 2;

/// A moment weighs the frames less than this many frames away, the nearer the more. So moments need not lie on the same
/// grid in both tracks.
const WIDTH: f64 = 3.0;

/// A moment needs this many frames to either side.
pub(super) const REACH: usize = 3;

/// The energies of a moment, by channel and band, where 1 is a full-scale sine.
pub(super) type Energies = [[f32; BANDS]; CHANNELS];

/// A moment that both tracks have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    /// Its frame in the first track.
    pub frame: usize,
    pub a: Energies,
    pub b: Energies,
}

impl Moment {
    /// Returns the mean energy of left and right in a band, in both tracks.
    pub fn both_channels(&self, band: usize) -> (f32, f32) {
        let mean = |energies: &Energies| (energies[0][band] + energies[1][band]) / 2.0;
        (mean(&self.a), mean(&self.b))
    }
}

/// Returns the moments that both tracks have.
pub(super) fn moments(a: &StereoSketch, b: &StereoSketch, alignment: &Alignment) -> Vec<Moment> {
    let energies = energies();
    let last = a.frames.len().saturating_sub(REACH);
    let moment = |frame: usize| {
        let in_b = frame as f64 + alignment.later_at(frame as f64);
        let is_there = in_b >= REACH as f64 && in_b + (REACH as f64) < b.frames.len() as f64;
        is_there.then(|| Moment {
            frame,
            a: around(&a.frames, frame as f64, &energies),
            b: around(&b.frames, in_b, &energies),
        })
    };
    (REACH..last).step_by(STEP).filter_map(moment).collect()
}

/// Returns the weighted energies of the frames around a place, all of which exist.
pub(super) fn around(frames: &[Frame], place: f64, energies: &[f32; 256]) -> Energies {
    let mut sum = [[0.0; BANDS]; CHANNELS];
    let (first, last) = ((place - WIDTH).ceil() as usize, (place + WIDTH).floor() as usize);
    for (frame, levels) in frames.iter().enumerate().take(last + 1).skip(first) {
        let weight = ((1.0 - (frame as f64 - place).abs() / WIDTH) / WIDTH) as f32;
        for (sums, levels) in sum.iter_mut().zip(levels) {
            for (sum, level) in sums.iter_mut().zip(levels) {
                *sum += weight * energies[usize::from(*level)];
            }
        }
    }
    sum
}
