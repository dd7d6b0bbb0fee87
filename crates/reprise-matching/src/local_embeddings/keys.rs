//! The likeliest keys of a track. With them, versions in different keys are found without twelve rotations of each
//! track.

use crate::transpose::{mean, rolled};

/// Returns the semitones, 0..12, by which a track must be raised so that its mean chord-pitch frame resembles
/// `template`: likeliest first; of equal ones, the lower first. training/src/reprise_training/keys.py is the reference.
pub fn likely_keys(crema: &[[f32; 12]], template: &[f32; 12], n_keys: usize) -> Vec<usize> {
    let profile = mean(crema);
    let resemblance = |key: usize| -> f32 {
        rolled(&profile, key).iter().zip(template).map(|(value, expected)| value * expected).sum()
    };
    let mut keys: Vec<(usize, f32)> = (0..12).map(|key| (key, resemblance(key))).collect();
    keys.sort_by(|a, b| b.1.total_cmp(&a.1));
    keys.into_iter().take(n_keys).map(|(key, _)| key).collect()
}
