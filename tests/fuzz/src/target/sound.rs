//! Samples converted to a fingerprint: any samples, at any sample rate, in pieces of any size.

use reprise_fingerprint::Fingerprinter;

use crate::taker::Taker;

/// Includes the sample rate that Chromaprint receives in production.
const RATES_HZ: [u32; 4] = [44_100, 11_025, 48_000, 8_000];

/// No recording has a higher sample rate.
const HIGHEST_HZ: u32 = 384_001;

/// Each sample of the input is repeated this often, because a fingerprint covers three seconds at a time.
const REPEATED: usize = 16;

pub(super) fn check(bytes: &[u8]) {
    let mut taker = Taker(bytes);
    let chosen = RATES_HZ.get(usize::from(taker.byte())).copied();
    let rate_hz = chosen.unwrap_or_else(|| u32::from_le_bytes(taker.array()) % HIGHEST_HZ);
    let piece = 1 + usize::from(u16::from_le_bytes(taker.array()));
    let samples = taker.0.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let samples: Vec<f32> = samples.flat_map(|sample| [sample; REPEATED]).collect();
    let (mut whole, mut pieces) = (Fingerprinter::new(rate_hz), Fingerprinter::new(rate_hz));
    whole.push(&samples);
    samples.chunks(piece).for_each(|piece| pieces.push(piece));
    let whole = whole.finish();
    assert_eq!(whole, pieces.finish(), "the pieces it comes in make no difference");
    let seconds = samples.len() as f64 / f64::from(rate_hz.max(1));
    assert!(whole.duration_s() <= seconds + 0.5, "{} s of {seconds} s", whole.duration_s());
}

/// Five seconds of a sweep at each sample rate.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let seed = |choice: u8| {
        let n = 5 * RATES_HZ[usize::from(choice)] as usize / REPEATED;
        let sweep = (0..n).flat_map(|t| ((t * t) as f32 / n as f32).sin().to_le_bytes());
        [choice, 0, 4].into_iter().chain(sweep).collect()
    };
    (0..4).map(seed).collect()
}
