//! Finds the offset of two aligned tracks between frames.
//!
//! Decibels do not change evenly while a sound enters a frame, so their correlation is off by some milliseconds. Loudness
//! by energy changes evenly.

use super::align::Alignment;
use super::levels::{BANDS, StereoSketch, energies};
use super::moments::{REACH, around};

/// Offsets that are tried: this many to either side, this many in a frame.
const STEPS: i32 = 4;
const STEPS_A_FRAME: f64 = 4.0;

/// A change of the offset by less than this, in frames, is none: places are not found more exactly.
const LEAST_DRIFT: f64 = 1.0;

/// Every fifth frame is enough.
const EVERY: usize = 5;

/// Returns an alignment with the offset at which the loudness of both tracks correlates best.
pub(super) fn refined(a: &StereoSketch, b: &StereoSketch, alignment: Alignment) -> Alignment {
    let energies = energies();
    let length = a.frames.len().min(b.frames.len()) as f64;
    let alignment = if (alignment.slope * length).abs() > LEAST_DRIFT {
        alignment
    } else {
        Alignment { offset: alignment.later_at(length / 2.0), slope: 0.0, ..alignment }
    };
    let misfit = |step: i32| misfit(a, b, &energies, &alignment, f64::from(step) / STEPS_A_FRAME);
    let tried: Vec<f64> = (-STEPS..=STEPS).map(misfit).collect();
    let best = (0..tried.len()).min_by(|one, other| tried[*one].total_cmp(&tried[*other])).unwrap_or(0);
    // The bottom of the parabola through the best and its neighbours.
    let bottom = match tried.get(best.wrapping_sub(1)).zip(tried.get(best + 1)) {
        Some((before, after)) if before + after > 2.0 * tried[best] => {
            0.5 * (before - after) / (before + after - 2.0 * tried[best])
        }
        _ => 0.0,
    };
    let later = (best as f64 + bottom - f64::from(STEPS)) / STEPS_A_FRAME;
    let mut refined = Alignment { offset: alignment.offset + later, ..alignment };
    refined.places.iter_mut().for_each(|place| place.later += later);
    refined
}

/// Returns how little the loudness of both tracks correlates, summed over bands, if the second track is moved by `later`
/// frames.
fn misfit(
    a: &StereoSketch,
    b: &StereoSketch,
    energies: &[f32; 256],
    alignment: &Alignment,
    later: f64,
) -> f64 {
    let mut sums = [[0.0f64; 3]; BANDS];
    for frame in (REACH..a.frames.len().saturating_sub(REACH)).step_by(EVERY) {
        let in_b = frame as f64 + alignment.later_at(frame as f64) + later;
        if in_b < REACH as f64 || in_b + REACH as f64 >= b.frames.len() as f64 {
            continue;
        }
        let (one, other) = (around(&a.frames, frame as f64, energies), around(&b.frames, in_b, energies));
        for (band, sums) in sums.iter_mut().enumerate() {
            let x = f64::from(one[0][band] + one[1][band]).sqrt();
            let y = f64::from(other[0][band] + other[1][band]).sqrt();
            *sums = [sums[0] + x * y, sums[1] + x * x, sums[2] + y * y];
        }
    }
    let misfit =
        |[both, one, other]: [f64; 3]| if both > 0.0 { 1.0 - both / (one * other).sqrt() } else { 0.0 };
    sums.into_iter().map(misfit).sum()
}
