//! The waveform of a track: the loudest sample of each of 600 equal parts.

use std::ops::ControlFlow;
use std::path::Path;

use reprise_audio::worker::Worker;
use reprise_audio::{Decoded, Sink, Stream, Tags};
use reprise_features::Spec;

/// The number of columns of a waveform.
const COLUMNS: usize = 600;

/// While decoding, only the loudest of this many samples is kept: 23 ms, so that a day of audio needs 15 MB.
const BLOCK_SAMPLES: usize = 1024;

/// Collects the peaks of samples as they arrive.
#[derive(Debug, Default)]
pub(crate) struct Peaks {
    blocks: Vec<f32>,
    /// The number of samples in the last block.
    filled: usize,
}

impl Peaks {
    /// Processes the next samples.
    pub fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            if self.filled == BLOCK_SAMPLES || self.blocks.is_empty() {
                self.blocks.push(0.0);
                self.filled = 0;
            }
            let (now, later) = samples.split_at(samples.len().min(BLOCK_SAMPLES - self.filled));
            if let Some(block) = self.blocks.last_mut() {
                let finite = now.iter().map(|sample| sample.abs()).filter(|peak| peak.is_finite());
                *block = finite.fold(*block, f32::max);
            }
            self.filled += now.len();
            samples = later;
        }
    }

    /// The waveform, scaled so that its greatest value is 255.
    pub fn finish(self) -> Vec<u8> {
        let loudest = self.blocks.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let n = self.blocks.len();
        let column = |index: usize| {
            let first = index * n / COLUMNS;
            let end = ((index + 1) * n / COLUMNS).max(first + 1).min(n);
            let peak = self.blocks[first.min(end)..end].iter().copied().fold(0.0, f32::max);
            (peak / loudest * 255.0).round() as u8
        };
        (0..COLUMNS).map(column).collect()
    }
}

/// Decodes a file and computes only its waveform, scaled so that its greatest value is 255.
pub fn draw(worker: &Worker, path: &Path) -> Result<(Decoded, Vec<u8>), reprise_audio::Error> {
    let mut drawing = Drawing(Peaks::default());
    let decoded = worker.decode(path, Spec::v1().audio.sample_rate_hz, &mut drawing)?;
    Ok((decoded, drawing.0.finish()))
}

/// A sink that collects only the peaks.
struct Drawing(Peaks);

impl Sink for Drawing {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        self.0.push(samples);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same waveform, computed from all samples at once.
    fn slow(samples: &[f32]) -> Vec<u8> {
        let blocks: Vec<f32> = samples
            .chunks(BLOCK_SAMPLES)
            .map(|b| b.iter().fold(0.0, |peak: f32, s| peak.max(s.abs())))
            .collect();
        let loudest = blocks.iter().copied().fold(0.0, f32::max);
        let column = |index: usize| {
            let (first, end) = (index * blocks.len() / COLUMNS, (index + 1) * blocks.len() / COLUMNS);
            let peak = blocks[first..end.max(first + 1)].iter().copied().fold(0.0, f32::max);
            (peak / loudest * 255.0).round() as u8
        };
        (0..COLUMNS).map(column).collect()
    }

    #[test]
    fn peaks_do_not_depend_on_how_samples_arrive_and_the_loudest_is_255() {
        for n in [700, 5 * BLOCK_SAMPLES, 600 * BLOCK_SAMPLES, 1_000_003] {
            let samples: Vec<f32> =
                (0..n).map(|i| ((i % 977) as f32 / 977.0 - 0.5) * (i as f32 / n as f32)).collect();
            for portion in [333, 4096, n] {
                let mut peaks = Peaks::default();
                samples.chunks(portion).for_each(|chunk| peaks.push(chunk));
                let drawn = peaks.finish();
                assert_eq!(drawn.len(), COLUMNS);
                assert_eq!(drawn.iter().max(), Some(&255));
                assert_eq!(drawn, slow(&samples), "{n} samples by {portion}");
            }
        }
    }

    #[test]
    fn silence_nothing_and_broken_samples_draw_a_line() {
        assert_eq!(Peaks::default().finish(), [0; COLUMNS]);
        let mut peaks = Peaks::default();
        peaks.push(&[0.0, f32::NAN, f32::INFINITY, 0.0]);
        assert_eq!(peaks.finish(), [0; COLUMNS]);
    }
}
