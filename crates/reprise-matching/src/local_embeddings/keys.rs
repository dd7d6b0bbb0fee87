//! The keys that a track is likely to be meant in, so that versions in different keys meet without twelve rotations of
//! each.

use crate::transpose::{mean, rolled};

/// Semitones 0..12 by which a track has to be raised for its mean CREMA frame to resemble `template`, likeliest first;
/// the lower one of equal ones. training/src/reprise_training/keys.py is the reference.
pub fn likely_keys(crema: &[[f32; 12]], template: &[f32; 12], n_keys: usize) -> Vec<usize> {
    let profile = mean(crema);
    let resemblance = |key: usize| -> f32 {
        rolled(&profile, key).iter().zip(template).map(|(value, expected)| value * expected).sum()
    };
    let mut keys: Vec<(usize, f32)> = (0..12).map(|key| (key, resemblance(key))).collect();
    keys.sort_by(|a, b| b.1.total_cmp(&a.1));
    keys.into_iter().take(n_keys).map(|(key, _)| key).collect()
}
