//! Keys: by how many semitones one track seems to be higher than another.

/// Returns the mean of frames, `[n, 12]` to `[12]`; zero if there are none.
pub(crate) fn mean(frames: &[[f32; 12]]) -> [f32; 12] {
    let mut sum = [0.0f32; 12];
    for frame in frames {
        (0..12).for_each(|p| sum[p] += frame[p]);
    }
    sum.map(|value| value / frames.len().max(1) as f32)
}

/// Moves `profile` up by `shift` semitones.
pub(crate) fn rolled(profile: &[f32], shift: usize) -> [f32; 12] {
    std::array::from_fn(|p| profile[(p + 12 - shift % 12) % 12])
}

/// Returns the shifts 0..12 by which the query must be raised to resemble the candidate, likeliest first. Equally
/// likely shifts stay in ascending order, so that the result does not depend on the sort.
pub(crate) fn likeliest_shifts(query: &[f32; 12], candidate: &[f32; 12]) -> [usize; 12] {
    let likelihood: [f32; 12] =
        std::array::from_fn(|shift| rolled(query, shift).iter().zip(candidate).map(|(q, c)| q * c).sum());
    let mut shifts: [usize; 12] = std::array::from_fn(|shift| shift);
    shifts.sort_by(|a, b| likelihood[*b].total_cmp(&likelihood[*a]));
    shifts
}

/// Converts a shift 0..12 to the usual range -5..=6; it is positive if the candidate is higher.
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
