//! Folds any number of channels to two, for listening.
//!
//! Front left and right are kept. The centre goes to both sides and the surround channels to their own sides, each 3 dB
//! lower, as in ITU-R BS.775. A rear centre goes to both sides, 6 dB lower. The sum is scaled so that it clips only if
//! the input does. Low-frequency effects are left out, as that recommendation allows, because small speakers distort
//! them.

use symphonia::core::audio::{Channels, Position};

const DOWN_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The gains of one channel into left and right.
type Gains = [f32; 2];

/// How the channels of a file are folded to two.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fold {
    gains: Vec<Gains>,
}

impl Fold {
    pub fn of(channels: &Channels) -> Self {
        let mut gains: Vec<Gains> = match channels {
            Channels::Positioned(positions) if channels.count() > 2 => {
                positions.iter().map(gains_of).collect()
            }
            // Two channels are left and right, whatever their labels.
            _ if channels.count() == 2 => vec![[1.0, 0.0], [0.0, 1.0]],
            // One channel, or channels without labels: each goes to both sides.
            _ => vec![[1.0, 1.0]; channels.count()],
        };
        let sum = |side: usize| gains.iter().map(|gains| gains[side]).sum::<f32>();
        let loudest = sum(0).max(sum(1));
        if loudest > 1.0 {
            gains.iter_mut().flatten().for_each(|gain| *gain /= loudest);
        }
        Self { gains }
    }

    /// Appends left and right of each frame to the two planes. `interleaved` is `[n_frames, channels]`. Sums that are
    /// not finite, which floating-point files may produce, become 0.
    pub fn append(&self, interleaved: &[f32], planes: &mut [Vec<f32>; 2]) {
        let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
        for frame in interleaved.chunks_exact(self.gains.len().max(1)) {
            for (side, plane) in planes.iter_mut().enumerate() {
                let parts = frame.iter().zip(&self.gains).filter(|(_, gains)| gains[side] != 0.0);
                plane.push(finite(parts.map(|(sample, gains)| sample * gains[side]).sum()));
            }
        }
    }
}

fn gains_of(position: Position) -> Gains {
    let lfe = Position::LFE1 | Position::LFE2;
    let left = Position::FRONT_LEFT | Position::FRONT_LEFT_CENTER | Position::FRONT_LEFT_WIDE;
    let right = Position::FRONT_RIGHT | Position::FRONT_RIGHT_CENTER | Position::FRONT_RIGHT_WIDE;
    let surround_left = Position::SIDE_LEFT
        | Position::REAR_LEFT
        | Position::TOP_FRONT_LEFT
        | Position::TOP_SIDE_LEFT
        | Position::TOP_REAR_LEFT
        | Position::BOTTOM_FRONT_LEFT;
    let surround_right = Position::SIDE_RIGHT
        | Position::REAR_RIGHT
        | Position::TOP_FRONT_RIGHT
        | Position::TOP_SIDE_RIGHT
        | Position::TOP_REAR_RIGHT
        | Position::BOTTOM_FRONT_RIGHT;
    match position {
        _ if lfe.contains(position) => [0.0, 0.0],
        _ if left.contains(position) => [1.0, 0.0],
        _ if right.contains(position) => [0.0, 1.0],
        _ if surround_left.contains(position) => [DOWN_3_DB, 0.0],
        _ if surround_right.contains(position) => [0.0, DOWN_3_DB],
        _ if (Position::REAR_CENTER | Position::TOP_REAR_CENTER).contains(position) => [0.5, 0.5],
        _ => [DOWN_3_DB, DOWN_3_DB],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::audio::layouts;

    fn folded(channels: &Channels, frame: &[f32]) -> [f32; 2] {
        let mut planes = [Vec::new(), Vec::new()];
        Fold::of(channels).append(frame, &mut planes);
        assert_eq!((planes[0].len(), planes[1].len()), (1, 1));
        [planes[0][0], planes[1][0]]
    }

    #[test]
    fn one_channel_is_heard_on_both_sides_and_two_stay_as_they_are() {
        assert_eq!(folded(&layouts::CHANNEL_LAYOUT_MONO, &[0.5]), [0.5, 0.5]);
        assert_eq!(folded(&Channels::Discrete(1), &[0.5]), [0.5, 0.5]);
        assert_eq!(folded(&layouts::CHANNEL_LAYOUT_STEREO, &[0.5, -0.25]), [0.5, -0.25]);
        assert_eq!(folded(&Channels::Discrete(2), &[0.5, -0.25]), [0.5, -0.25]);
    }

    #[test]
    fn centre_and_surrounds_are_three_decibels_down_and_low_effects_are_left_out() {
        // Left, right, centre, effects and two at the back, scaled by the sum of their gains.
        let scale = 1.0 / (1.0 + 2.0 * DOWN_3_DB);
        let layout = Channels::Positioned(Position::from_wave_channel_count(6).unwrap());
        for (channel, expected) in
            [[1.0, 0.0], [0.0, 1.0], [DOWN_3_DB, DOWN_3_DB], [0.0, 0.0], [DOWN_3_DB, 0.0], [0.0, DOWN_3_DB]]
                .into_iter()
                .enumerate()
        {
            let mut frame = [0.0; 6];
            frame[channel] = 1.0;
            let heard = folded(&layout, &frame);
            for side in 0..2 {
                assert!((heard[side] - expected[side] * scale).abs() < 1e-6, "channel {channel}: rounding");
            }
        }
    }

    #[test]
    fn nothing_clips_that_did_not_clip_before() {
        for channels in (1..=8).flat_map(|n| {
            let positioned = Position::from_wave_channel_count(n).map(Channels::Positioned);
            positioned.into_iter().chain([Channels::Discrete(n as u16)])
        }) {
            let heard = folded(&channels, &vec![1.0; channels.count()]);
            let loudest = heard[0].max(heard[1]);
            assert!((0.99999..1.00001).contains(&loudest), "{channels}: {heard:?}, rounding aside");
        }
    }

    #[test]
    fn samples_that_are_not_finite_become_silence() {
        assert_eq!(folded(&Channels::Discrete(2), &[f32::NAN, f32::INFINITY]), [0.0, 0.0]);
    }
}
