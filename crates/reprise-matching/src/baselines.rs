//! Candidates without alignment: one vector per track, compared by cosine.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use crate::transpose::{mean, rolled};

/// Chord-pitch frames averaged into a column of a patch: 0.46 s.
const AVERAGED_FRAMES: usize = 5;

/// Columns of a patch: 35 s.
const PATCH_COLUMNS: usize = 75;

/// Columns from one patch to the next.
const PATCH_HOP: usize = 8;

/// Returns the two-dimensional Fourier magnitudes of the chord-pitch frames `crema`, `[n_frames, 12]`. They are the
/// same for every transposition, and nearly the same for every shift in time. The result is the median over patches of
/// 35 s, scaled to length 1, `[12 * 38]`.
///
/// Bertin-Mahieux & Ellis, "Large-scale cover song recognition using the 2D Fourier transform magnitude", ISMIR
/// 2012; Seetharaman & Rafii, ICASSP 2017, for the median.
pub fn two_dftm(crema: &[[f32; 12]]) -> Vec<f32> {
    let mut columns: Vec<[f32; 12]> = crema.chunks_exact(AVERAGED_FRAMES).map(mean).collect();
    columns.resize(columns.len().max(PATCH_COLUMNS), [0.0; 12]);
    let starts = (0..=columns.len() - PATCH_COLUMNS).step_by(PATCH_HOP);
    let mut planner = RealFftPlanner::new();
    let patches: Vec<Vec<f32>> =
        starts.map(|start| patch_magnitudes(&columns[start..start + PATCH_COLUMNS], &mut planner)).collect();
    let median = (0..patches[0].len()).map(|cell| median(patches.iter().map(|patch| patch[cell]).collect()));
    let mut vector: Vec<f32> = median.collect();
    // The mean level says nothing about the song.
    vector[0] = 0.0;
    normalise(&mut vector);
    vector
}

/// Computes |FFT2| of one patch, `[12, 75]` to `[12, 38]`, flattened; the other half of the columns mirrors it.
fn patch_magnitudes(patch: &[[f32; 12]], planner: &mut RealFftPlanner<f32>) -> Vec<f32> {
    let fft = planner.plan_fft_forward(PATCH_COLUMNS);
    let spectra: Vec<Vec<Complex<f32>>> = (0..12)
        .map(|p| {
            let mut row: Vec<f32> = patch.iter().map(|column| column[p]).collect();
            let mut spectrum = fft.make_output_vec();
            fft.process(&mut row, &mut spectrum)
                .expect("both buffers have the lengths the plan made them with");
            spectrum
        })
        .collect();
    let turn = |k: usize, p: usize| Complex::cis(-std::f32::consts::TAU * (k * p % 12) as f32 / 12.0);
    let magnitude =
        |k: usize, f: usize| (0..12).map(|p| spectra[p][f] * turn(k, p)).sum::<Complex<f32>>().norm();
    (0..12).flat_map(|k| (0..spectra[0].len()).map(move |f| (k, f))).map(|(k, f)| magnitude(k, f)).collect()
}

fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Returns the mean chord-pitch frame, scaled to length 1, `[12]`.
pub fn mean_profile(crema: &[[f32; 12]]) -> [f32; 12] {
    let mut profile = mean(crema);
    normalise(&mut profile);
    profile
}

/// Returns the cosine of two profiles at the best of 12 rotations.
pub fn best_rotation_cosine(query: &[f32; 12], candidate: &[f32; 12]) -> f32 {
    (0..12).map(|shift| cosine(&rolled(query, shift), candidate)).fold(f32::NEG_INFINITY, f32::max)
}

/// Returns the cosine of two vectors of length 1.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn normalise(vector: &mut [f32]) {
    let length = cosine(vector, vector).sqrt();
    if length > 1e-9 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn song(seed: u64) -> Vec<[f32; 12]> {
        crate::synthetic::song(160, seed).into_iter().flat_map(|frame| [frame; AVERAGED_FRAMES]).collect()
    }

    #[test]
    fn a_transposition_leaves_the_fourier_magnitudes_as_they_are() {
        let up: Vec<[f32; 12]> = song(1).iter().map(|frame| rolled(frame, 7)).collect();
        let (a, b, c) = (two_dftm(&song(1)), two_dftm(&up), two_dftm(&song(2)));
        assert_eq!(a.len(), 12 * 38);
        assert!(cosine(&a, &b) > 0.9999, "rounding only");
        assert!(cosine(&a, &c) < cosine(&a, &b));
    }

    #[test]
    fn empty_and_short_tracks_have_vectors_without_surprises() {
        for frames in [0, 3, 30] {
            assert!(two_dftm(&song(1)[..frames]).iter().all(|value| value.is_finite()));
            assert!(mean_profile(&song(1)[..frames]).iter().all(|value| value.is_finite()));
        }
    }
}
