//! From samples to a fingerprint.

use rusty_chromaprint::{Configuration, Fingerprinter as Chromaprint};

/// The algorithm: Chromaprint's second, which AcoustID uses.
pub const VERSION: &str = "chromaprint-2";

/// Seconds from one item of a fingerprint to the next: frames of 4,096 samples that overlap by two thirds, at 11,025
/// Hz.
pub const ITEM_S: f64 = 1365.0 / 11025.0;

/// Seconds of audio that one item covers: 16 frames.
pub(crate) const ITEM_LENGTH_S: f64 = 15.0 * ITEM_S + 4096.0 / 11025.0;

/// Full scale of the integers that Chromaprint reads.
const FULL_SCALE: f32 = i16::MAX as f32;

/// A number of 32 bits for every [`ITEM_S`] seconds. The same audio gives numbers that differ in few bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub Vec<u32>);

impl Fingerprint {
    /// Returns the items, little-endian, four bytes each.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|item| item.to_le_bytes()).collect()
    }

    /// Reads what [`Fingerprint::to_bytes`] returns; `None` for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (items, rest) = bytes.as_chunks::<4>();
        rest.is_empty().then(|| Self(items.iter().map(|item| u32::from_le_bytes(*item)).collect()))
    }

    /// Returns the length of the audio that it covers, in seconds.
    pub fn duration_s(&self) -> f64 {
        if self.0.is_empty() { 0.0 } else { (self.0.len() - 1) as f64 * ITEM_S + ITEM_LENGTH_S }
    }
}

/// Computes a fingerprint from a stream of samples.
pub struct Fingerprinter {
    /// `None` if Chromaprint cannot resample the audio.
    chromaprint: Option<Chromaprint>,
    integers: Vec<i16>,
}

impl Fingerprinter {
    /// Starts a fingerprint of mono samples at this rate.
    pub fn new(sample_rate_hz: u32) -> Self {
        let mut chromaprint = Chromaprint::new(&Configuration::preset_test2());
        let has_started = chromaprint.start(sample_rate_hz, 1).is_ok();
        Self { chromaprint: has_started.then_some(chromaprint), integers: Vec::new() }
    }

    /// Takes samples within -1..=1; louder ones are clipped.
    pub fn push(&mut self, samples: &[f32]) {
        let Some(chromaprint) = &mut self.chromaprint else { return };
        self.integers.clear();
        // The conversion saturates, and NaN becomes 0.
        self.integers.extend(samples.iter().map(|sample| (sample * FULL_SCALE) as i16));
        chromaprint.consume(&self.integers);
    }

    /// Returns the fingerprint of all samples; empty if they were shorter than three seconds, or if their rate was less
    /// than 1,001 Hz.
    pub fn finish(self) -> Fingerprint {
        let Some(mut chromaprint) = self.chromaprint else { return Fingerprint(Vec::new()) };
        chromaprint.finish();
        Fingerprint(chromaprint.fingerprint().to_vec())
    }
}
