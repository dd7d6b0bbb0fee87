//! What all sounds have in common: their sample rate, and noise.

/// Samples per second.
pub(crate) const SAMPLE_RATE_HZ: u32 = 22_050;

/// A small random generator (Marsaglia's xorshift), used only for noise.
pub(crate) struct Random(u32);

impl Random {
    pub fn new(seed: u32) -> Self {
        // The seed is spread over all bits, because sequences of small seeds begin alike. It is never 0, which would
        // stay 0.
        Self(seed.wrapping_mul(747_796_405).wrapping_add(1) | 1)
    }

    /// A number in -1..1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0) as f32
    }
}
