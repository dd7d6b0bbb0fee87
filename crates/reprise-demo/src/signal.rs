//! What all sounds are made with: the rate of their samples, and noise.

/// Samples a second.
pub(crate) const SAMPLE_RATE_HZ: u32 = 22_050;

/// A small generator (Marsaglia's xorshift), for noise only.
pub(crate) struct Random(u32);

impl Random {
    pub fn new(seed: u32) -> Self {
        // Stretched over all bits, as small seeds begin alike; never 0, which would stay.
        Self(seed.wrapping_mul(747_796_405).wrapping_add(1) | 1)
    }

    /// -1..1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0) as f32
    }
}
