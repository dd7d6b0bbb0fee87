//! Chroma: the constant-Q bins of a frame, folded into 12 pitch classes.

use crate::Loudest;

/// Number of pitch classes in an octave; 0 is C.
const N_PITCH_CLASSES: usize = 12;

/// Returns the chroma of one frame of linear magnitudes `[252]`. Pitch class 0 is C. The largest value is 1; all are 0
/// in a silent frame.
///
/// The value of a bin is log(1 + gain |C| / max|C|), with the maximum over the whole track. It is summed over the
/// octaves and over the 3 bins centred on each semitone, and divided by the frame's largest sum.
pub fn chroma_frame(frame: &[f32], loudest: &Loudest) -> [f32; N_PITCH_CLASSES] {
    let chroma = &loudest.spec().chroma;
    let mut classes = [0f32; N_PITCH_CLASSES];
    if loudest.overall() <= 0.0 {
        return classes;
    }
    let gain = chroma.log_gain / loudest.overall();
    let below_centre = chroma.bins_per_semitone / 2;
    for (bin, magnitude) in frame.iter().enumerate() {
        let semitone = (bin + below_centre) / chroma.bins_per_semitone;
        classes[semitone % N_PITCH_CLASSES] += (1.0 + gain * magnitude).ln();
    }
    let largest = classes.iter().copied().fold(0.0, f32::max);
    if largest > 0.0 { classes.map(|class| class / largest) } else { classes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spec;

    fn chroma(frame: &[f32]) -> [f32; 12] {
        let mut loudest = Loudest::new(Spec::v1());
        loudest.observe(frame);
        chroma_frame(frame, &loudest)
    }

    #[test]
    fn the_three_bins_around_a_semitone_belong_to_it_in_every_octave() {
        for octave in 0..7 {
            for (bin, class) in [(0i32, 0), (1, 0), (2, 1), (11, 4), (35, 0), (34, 11), (27, 9)] {
                let mut frame = vec![0f32; 252];
                frame[36 * octave + bin as usize] = 0.3;
                let mut expected = [0f32; 12];
                expected[class] = 1.0;
                assert_eq!(chroma(&frame), expected, "bin {bin} of octave {octave}");
            }
        }
    }

    #[test]
    fn quiet_bins_count_by_the_logarithm() {
        let mut frame = vec![0f32; 252];
        frame[0] = 1.0;
        frame[3] = 0.01;
        let expected = 2f32.ln() / 101f32.ln();
        assert!((chroma(&frame)[1] - expected).abs() < 1e-6);
    }

    #[test]
    fn a_silent_frame_has_no_chroma() {
        assert_eq!(chroma(&[0.0; 252]), [0.0; 12]);
    }
}
