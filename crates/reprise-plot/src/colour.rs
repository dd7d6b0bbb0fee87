//! The colours of a picture, for white paper. The colour ramps have different hues, so that they can be distinguished
//! on screen. All of them darken steadily, so that a black-and-white print is still readable.

/// The number of tones of a ramp. More tones could not be distinguished in cells this small, and would need more bytes.
pub(crate) const TONES: usize = 32;

/// A ramp from the least to the greatest value: five colours spread evenly over 0..=1, with mixed colours between them.
pub(crate) type Ramp = [[u8; 3]; 5];

pub(crate) const CHROMA: Ramp =
    [[0xff, 0xff, 0xff], [0xd5, 0xe4, 0xf2], [0x86, 0xb1, 0xd8], [0x33, 0x6c, 0xa8], [0x0f, 0x2b, 0x52]];
pub(crate) const MELODY: Ramp =
    [[0xff, 0xff, 0xff], [0xd3, 0xed, 0xe0], [0x7d, 0xc7, 0xa5], [0x22, 0x8c, 0x68], [0x08, 0x42, 0x30]];
pub(crate) const LIKENESS: Ramp =
    [[0xff, 0xff, 0xff], [0xeb, 0xeb, 0xeb], [0xd4, 0xd4, 0xd4], [0xb9, 0xb9, 0xb9], [0x99, 0x99, 0x99]];

pub(crate) const PAPER: &str = "#ffffff";
pub(crate) const INK: &str = "#1d1d22";
pub(crate) const SOFT_INK: &str = "#5c5c66";
pub(crate) const LINE: &str = "#b8b8c0";
/// The colour of matching passages.
pub(crate) const MATCH: &str = "#d23c17";

/// The colours of all tones, lightest first.
pub(crate) fn palette(ramp: &Ramp) -> Vec<[u8; 3]> {
    let colour = |tone: usize| {
        let place = tone as f32 / (TONES - 1) as f32 * (ramp.len() - 1) as f32;
        let below = (place as usize).min(ramp.len() - 2);
        let share = place - below as f32;
        let mixed = |channel: usize| {
            let (low, high) = (f32::from(ramp[below][channel]), f32::from(ramp[below + 1][channel]));
            (low + share * (high - low)).round() as u8
        };
        [mixed(0), mixed(1), mixed(2)]
    };
    (0..TONES).map(colour).collect()
}

/// The tone of a value in 0..=1; NaN counts as 0.
pub(crate) fn tone(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * (TONES - 1) as f32).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ramp_goes_from_paper_to_dark_and_never_back() {
        for ramp in [CHROMA, MELODY, LIKENESS] {
            let colours = palette(&ramp);
            assert_eq!((colours[0], colours[TONES - 1]), (ramp[0], ramp[4]));
            let light = |colour: &[u8; 3]| colour.iter().map(|c| u32::from(*c)).sum::<u32>();
            assert!(colours.windows(2).all(|pair| light(&pair[1]) < light(&pair[0])));
        }
    }

    #[test]
    fn values_beyond_the_ramp_take_its_ends() {
        assert_eq!([tone(-3.0), tone(0.0), tone(1.0), tone(9.0), tone(f32::NAN)], [0, 0, 31, 31, 0]);
    }
}
