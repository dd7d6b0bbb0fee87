//! Mixes several channels to one by their mean, so that it clips only if the input does. The mean of two channels of
//! opposite polarity is silence; half of their difference is used instead.

/// The polarity counts as opposite while the power of the mean is less than this share of the power of the difference,
/// -40 dB.
const OPPOSITE: f32 = 1e-4;

/// The number of frames after which the measured powers have half of their weight.
const MEMORY_FRAMES: f32 = 22_050.0;

/// The state of a mixdown.
#[derive(Default)]
pub(crate) struct Mixdown {
    /// The power of the mean, and of half the difference, of two channels so far. Later frames have more weight.
    mean: f32,
    difference: f32,
}

impl Mixdown {
    /// Appends the mix to `mono`. `interleaved` is `[n_frames, channels]`, `channels` >= 1.
    pub fn append(&mut self, interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
        let begin = mono.len();
        append_mean(interleaved, channels, mono);
        if channels != 2 {
            return;
        }
        let half_difference = |[left, right]: &[f32; 2]| finite(0.5 * (left - right));
        let pairs = interleaved.as_chunks::<2>().0;
        let power = |sum: f32, sample: f32| sum + sample * sample;
        let kept = (-(pairs.len() as f32) / MEMORY_FRAMES).exp2();
        self.mean = self.mean * kept + mono[begin..].iter().copied().fold(0.0, power);
        self.difference = self.difference * kept + pairs.iter().map(half_difference).fold(0.0, power);
        if self.mean < OPPOSITE * self.difference {
            mono.truncate(begin);
            mono.extend(pairs.iter().map(half_difference));
        }
    }
}

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// Appends the mean of the channels to `mono`. `interleaved` is `[n_frames, channels]`, `channels` ≥ 1. Samples that
/// are not finite, which floating-point files may contain, become 0.
fn append_mean(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    match channels {
        1 => mono.extend(interleaved.iter().map(|&sample| finite(sample))),
        2 => mono
            .extend(interleaved.as_chunks::<2>().0.iter().map(|[left, right]| finite(0.5 * (left + right)))),
        _ => {
            let scale = 1.0 / channels as f32;
            let frames = interleaved.chunks_exact(channels);
            mono.extend(frames.map(|frame| finite(frame.iter().sum::<f32>() * scale)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mixdown, append_mean};

    #[test]
    fn the_mean_of_any_number_of_channels_is_taken_frame_by_frame() {
        for channels in 1..=8 {
            let interleaved: Vec<f32> = (0..channels * 5).map(|i| i as f32).collect();
            let mut mono = Vec::new();
            append_mean(&interleaved, channels, &mut mono);
            assert_eq!(mono.len(), 5);
            for (t, &mean) in mono.iter().enumerate() {
                let slow =
                    (0..channels).map(|c| interleaved[t * channels + c]).sum::<f32>() / channels as f32;
                assert!((mean - slow).abs() < 1e-5, "{channels} channels, frame {t}: rounding only");
            }
        }
    }

    #[test]
    fn opposite_channels_are_heard_and_others_are_their_mean() {
        let tone = |t: usize| (t as f32 * 0.1).sin();
        let mix = |right: &dyn Fn(usize) -> f32| {
            let interleaved: Vec<f32> = (0..2000).flat_map(|t| [tone(t), right(t)]).collect();
            let (mut mixdown, mut mono, mut mean) = (Mixdown::default(), Vec::new(), Vec::new());
            interleaved.chunks(200).for_each(|piece| mixdown.append(piece, 2, &mut mono));
            append_mean(&interleaved, 2, &mut mean);
            (mono, mean)
        };
        let (mono, _) = mix(&|t| -tone(t));
        assert_eq!(mono, (0..2000).map(tone).collect::<Vec<_>>());
        for right in [&tone as &dyn Fn(usize) -> f32, &|_| 0.0, &|t| -0.9 * tone(t), &|t| tone(t + 31)] {
            let (mono, mean) = mix(right);
            assert_eq!(mono, mean);
        }
    }

    #[test]
    fn samples_that_are_not_finite_become_silence() {
        let mut mono = Vec::new();
        append_mean(&[f32::NAN, 1.0, f32::INFINITY, f32::NEG_INFINITY, 0.5, 0.5], 2, &mut mono);
        assert_eq!(mono, [0.0, 0.0, 0.5]);
    }
}
