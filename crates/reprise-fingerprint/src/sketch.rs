//! What finds the few tracks worth comparing among many: a sample of a fingerprint's numbers.

use crate::Fingerprint;

/// One in so many of all numbers is sampled: 90 of a song of three minutes.
const ONE_IN: u32 = 16;

impl Fingerprint {
    /// A sample of its numbers, ascending, each once. Which numbers are sampled does not depend on the track
    /// (FracMinHash, Irber et al. 2022), so that what two tracks have in common is in both samples, be one of them a
    /// song and the other a set of three hours.
    pub fn sketch(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> =
            self.0.iter().copied().filter(|item| scattered(*item) < u32::MAX / ONE_IN).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// An invertible mixing of bits (the end of MurmurHash3), so that neighbours in sound are none here.
fn scattered(item: u32) -> u32 {
    let mut x = item;
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
