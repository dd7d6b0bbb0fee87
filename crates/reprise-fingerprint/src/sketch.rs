//! The sketch: a sample of a fingerprint's numbers, which finds the few tracks worth comparing among many.

use crate::Fingerprint;

/// One in this many numbers is sampled: 90 of a song of three minutes.
const ONE_IN: u32 = 16;

impl Fingerprint {
    /// Returns a sample of its numbers, ascending, each once. Which numbers are sampled does not depend on the track
    /// (FracMinHash, Irber et al. 2022). Of the numbers that two tracks have in common, both samples therefore contain
    /// the same ones, even if one is a song and the other a set of three hours.
    pub fn sketch(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> =
            self.0.iter().copied().filter(|item| scattered(*item) < u32::MAX / ONE_IN).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Mixes the bits by an invertible function (the end of MurmurHash3), so that the sample does not depend on similar
/// sound.
fn scattered(item: u32) -> u32 {
    let mut x = item;
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
