//! Converts one sample rate to another in a stream. It uses rubato's synchronous FFT resampler, trims its delay and
//! keeps the length exact.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::Error;

/// The number of samples in a block: long enough for a steep filter, short enough for the cache.
pub(crate) const BLOCK_SAMPLES: usize = 4096;

/// Rates outside this range mean that the header is wrong: no recorder writes them, and the filter would need
/// gigabytes.
pub(crate) const RATES_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_536_000;

/// Resamples mono audio piece by piece. Output sample `t` is at input time `t * from / to`, so there is no delay.
pub struct Resampler {
    fft: Option<Fft<f32>>,
    ratio: (u64, u64),
    waiting: Vec<f32>,
    block: Vec<f32>,
    skip: usize,
    n_in: u64,
    n_out: u64,
}

impl Resampler {
    /// `None` if a rate is outside 1 kHz to 1.536 MHz.
    pub fn new(from_hz: u32, to_hz: u32) -> Option<Self> {
        if !RATES_HZ.contains(&from_hz) || !RATES_HZ.contains(&to_hz) {
            return None;
        }
        let fft = if from_hz == to_hz { None } else { Some(filter(from_hz, to_hz)?) };
        let block = vec![0.0; fft.as_ref().map_or(0, |fft| fft.output_frames_max())];
        let skip = fft.as_ref().map_or(0, |fft| fft.output_delay());
        Some(Self {
            fft,
            ratio: (from_hz.into(), to_hz.into()),
            waiting: Vec::new(),
            block,
            skip,
            n_in: 0,
            n_out: 0,
        })
    }

    /// Like [`Self::new`], but returns the error for a file that states such a rate.
    pub(crate) fn between(from_hz: u32, to_hz: u32) -> Result<Self, Error> {
        let refusal = || Error::Damaged { reason: format!("{from_hz} Hz cannot become {to_hz} Hz") };
        Self::new(from_hz, to_hz).ok_or_else(refusal)
    }

    /// Processes any number of samples; `emit` receives the output that is ready.
    pub fn push(&mut self, samples: &[f32], emit: &mut dyn FnMut(&[f32])) {
        self.n_in += samples.len() as u64;
        let Some(fft) = &self.fft else {
            self.n_out = self.n_in;
            return emit(samples);
        };
        let n = fft.input_frames_next();
        self.waiting.extend_from_slice(samples);
        let mut waiting = std::mem::take(&mut self.waiting);
        for block in waiting.chunks_exact(n) {
            self.resample_block(block, u64::MAX, emit);
        }
        waiting.drain(..waiting.len() / n * n);
        self.waiting = waiting;
    }

    /// Emits the rest, so that `ceil(n_in * to / from)` samples are emitted in total.
    pub fn finish(mut self, emit: &mut dyn FnMut(&[f32])) {
        let expected = (self.n_in * self.ratio.1).div_ceil(self.ratio.0);
        let Some(n) = self.fft.as_ref().map(|fft| fft.input_frames_next()) else { return };
        let mut last = std::mem::take(&mut self.waiting);
        last.resize(n, 0.0);
        while self.n_out < expected {
            self.resample_block(&last, expected - self.n_out, emit);
            last.fill(0.0);
        }
    }

    /// Emits at most `n_wanted` samples of the block, without those that belong to the delay of the filter.
    fn resample_block(&mut self, block: &[f32], n_wanted: u64, emit: &mut dyn FnMut(&[f32])) {
        let Some(fft) = &mut self.fft else { return };
        let n_block = self.block.len();
        let input = InterleavedSlice::new(block, 1, block.len()).expect("one channel of that many frames");
        let mut output =
            InterleavedSlice::new_mut(&mut self.block, 1, n_block).expect("one channel of that many frames");
        let (_, n) = fft
            .process_into_buffer(&input, &mut output, None)
            .expect("both buffers have the lengths the resampler names");
        let skipped = self.skip.min(n);
        self.skip -= skipped;
        let end = n.min(skipped.saturating_add(usize::try_from(n_wanted).unwrap_or(usize::MAX)));
        self.n_out += (end - skipped) as u64;
        if end > skipped {
            emit(&self.block[skipped..end]);
        }
    }
}

/// The delay is half a block of the transform. With a block of odd length, everything would be half a sample late: 32
/// kHz to 44.1 kHz has blocks of 13 times 441. In that case the next longer block is used, whose length is even.
fn filter(from_hz: u32, to_hz: u32) -> Option<Fft<f32>> {
    let blocks_of = |n| Fft::new(from_hz as usize, to_hz as usize, n, 1, FixedSync::Both).ok();
    let filter = blocks_of(BLOCK_SAMPLES)?;
    if filter.fft_size_out().is_multiple_of(2) { Some(filter) } else { blocks_of(filter.fft_size_in() + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resampled(samples: &[f32], from_hz: u32, to_hz: u32, piece: usize) -> Vec<f32> {
        let mut out = Vec::new();
        let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
        for piece in samples.chunks(piece) {
            resampler.push(piece, &mut |ready| out.extend_from_slice(ready));
        }
        resampler.finish(&mut |ready| out.extend_from_slice(ready));
        out
    }

    fn tone(rate_hz: u32, n: usize) -> Vec<f32> {
        (0..n).map(|t| (std::f64::consts::TAU * 440.0 * t as f64 / f64::from(rate_hz)).sin() as f32).collect()
    }

    #[test]
    fn the_length_is_exact_and_the_phase_is_kept_at_every_common_rate() {
        for from_hz in [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
            let n = from_hz as usize + 137;
            let out = resampled(&tone(from_hz, n), from_hz, 44_100, 1_000);
            assert_eq!(out.len(), (n * 44_100).div_ceil(from_hz as usize), "from {from_hz} Hz");
            let expected = tone(44_100, out.len());
            // The first and the last filter length contain the silence outside the signal.
            for t in 4_000..out.len() - 4_000 {
                assert!((out[t] - expected[t]).abs() < 1e-3, "from {from_hz} Hz, sample {t}: filter ripple");
            }
        }
    }

    #[test]
    fn the_pieces_it_comes_in_make_no_difference() {
        let samples = tone(48_000, 50_000);
        let whole = resampled(&samples, 48_000, 44_100, samples.len());
        for piece in [1_024, 4_999] {
            assert_eq!(resampled(&samples, 48_000, 44_100, piece), whole);
        }
    }

    #[test]
    fn a_few_samples_and_none_are_resampled_too() {
        assert!(resampled(&[], 48_000, 44_100, 1).is_empty());
        assert_eq!(resampled(&[0.5; 3], 48_000, 44_100, 1).len(), 3);
        assert!(Resampler::new(1, 44_100).is_none());
    }
}
