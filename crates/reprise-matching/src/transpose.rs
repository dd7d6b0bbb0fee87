//! Keys: by how many semitones one track seems to be higher than another.

/// Mean of frames, `[n, 12]` to `[12]`; zero for none.
pub(crate) fn mean(frames: &[[f32; 12]]) -> [f32; 12] {
    let mut sum = [0.0f32; 12];
    for frame in frames {
        (0..12).for_each(|p| sum[p] += frame[p]);
    }
    sum.map(|value| value / frames.len().max(1) as f32)
}

/// `profile` moved up by `shift` semitones.
pub(crate) fn rolled(profile: &[f32], shift: usize) -> [f32; 12] {
    std::array::from_fn(|p| profile[(p + 12 - shift % 12) % 12])
}

/// The shifts 0..12 by which the query must go up to resemble the candidate, likeliest first. Equal likelihoods
/// keep the order of shifts, so that the answer does not depend on the sort.
pub(crate) fn likeliest_shifts(query: &[f32; 12], candidate: &[f32; 12]) -> [usize; 12] {
    let likelihood: [f32; 12] =
        std::array::from_fn(|shift| rolled(query, shift).iter().zip(candidate).map(|(q, c)| q * c).sum());
    let mut shifts: [usize; 12] = std::array::from_fn(|shift| shift);
    shifts.sort_by(|a, b| likelihood[*b].total_cmp(&likelihood[*a]));
    shifts
}

/// A shift 0..12 as people say it: -5..=6, positive when the candidate is higher.
pub(crate) fn signed(shift: usize) -> i8 {
    let shift = (shift % 12) as i8;
    if shift > 6 { shift - 12 } else { shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_moved_up_is_found_at_its_shift() {
        let profile: [f32; 12] = std::array::from_fn(|p| 1.0 / (p + 1) as f32);
        for shift in 0..12 {
            assert_eq!(likeliest_shifts(&profile, &rolled(&profile, shift))[0], shift);
        }
        assert_eq!([signed(0), signed(6), signed(7), signed(11)], [0, 6, -5, -1]);
    }
}
