//! Several channels to one: their mean, so that nothing clips that did not clip before.

/// Appends the mean over channels to `mono`. `interleaved`: `[n_frames, channels]`, `channels` ≥ 1; samples that
/// are not finite, which floating-point files may hold, become 0.
pub(crate) fn append_mean(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
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
    use super::append_mean;

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
    fn samples_that_are_not_finite_become_silence() {
        let mut mono = Vec::new();
        append_mean(&[f32::NAN, 1.0, f32::INFINITY, f32::NEG_INFINITY, 0.5, 0.5], 2, &mut mono);
        assert_eq!(mono, [0.0, 0.0, 0.5]);
    }
}
