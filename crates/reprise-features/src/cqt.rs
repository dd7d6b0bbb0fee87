//! The constant-Q transform as a stream: samples in blocks of any size in, frames of linear magnitudes out.
//!
//! Octaves are computed from the top down, each at half the rate of the one above, all with one kernel. Frame t is
//! centred on sample `t * hop_samples` of the audio. The signal of each octave is reflected at both ends of the track.
//! Every frame waits for the lowest octave, which reads 1.5 seconds ahead.
//!
//! DIFFERENCE: librosa computes CREMA's two harmonics as two transforms, and converts the audio of the lower one from
//! 44,100 to 11,025 Hz in one step. Here one chain of octaves serves both. See models/features/README.md, "cqt".

mod decimate;
mod kernel;

use std::mem;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

pub use decimate::half_taps;
pub use kernel::Kernel;

use crate::Spec;
use decimate::Decimator;

/// Number of samples processed at once. It limits the buffers, whatever the size of the caller's blocks.
const BLOCK_SAMPLES: usize = 1 << 14;

/// Returns the number of frames of a track of `n_samples` at the specification's rate: `n_samples / hop_samples`. At
/// some exact multiples it is one less, because the reference converts to seconds and back in double precision.
pub fn frame_count(n_samples: u64) -> usize {
    frames_of(Spec::v1(), n_samples)
}

fn frames_of(spec: &Spec, n_samples: u64) -> usize {
    let rate_hz = f64::from(spec.audio.sample_rate_hz);
    (n_samples as f64 / rate_hz * rate_hz) as usize / spec.cqt.hop_samples
}

/// The transform of one track.
///
/// Frames are `[n_bins]`, linear magnitude, lowest bin first. After the first second nothing is allocated.
pub struct CqtStream {
    spec: Spec,
    clean: Vec<f32>,
    octaves: Vec<Octave>,
    analysis: Analysis,
    waiting: Waiting,
    n_samples: u64,
}

impl CqtStream {
    /// Creates a transform whose bins are raised by `tuning_cents`; 0 is the published definition.
    pub fn new(spec: &Spec, tuning_cents: f32) -> Self {
        Self {
            spec: spec.clone(),
            clean: Vec::new(),
            octaves: (0..spec.n_octaves()).map(|depth| Octave::new(spec, tuning_cents, depth)).collect(),
            analysis: Analysis::new(spec, tuning_cents),
            waiting: Waiting { n_bins: spec.cqt.n_bins, first: 0, frames: Vec::new() },
            n_samples: 0,
        }
    }

    /// Takes any number of mono samples and emits the frames that they complete. A sample that is not a number, or
    /// beyond `audio.sample_limit`, counts as 0.
    pub fn push(&mut self, samples: &[f32], emit: &mut dyn FnMut(&[f32])) {
        let limit = self.spec.audio.sample_limit;
        for block in samples.chunks(BLOCK_SAMPLES) {
            self.clean.clear();
            self.clean.extend(block.iter().map(|&sample| if sample.abs() <= limit { sample } else { 0.0 }));
            self.n_samples += block.len() as u64;
            self.push_clean(emit);
        }
    }

    fn push_clean(&mut self, emit: &mut dyn FnMut(&[f32])) {
        let mut above: &[f32] = &self.clean;
        let mut complete = usize::MAX;
        for octave in &mut self.octaves {
            octave.push(above);
            octave.pad_start(false);
            octave.run(usize::MAX, &mut self.analysis, &mut self.waiting);
            complete = complete.min(octave.next_frame);
            above = &octave.fresh;
        }
        self.waiting.emit_until(complete, emit);
    }

    /// Ends the track and emits the remaining frames, so that [`frame_count`] frames are emitted in total.
    pub fn finish(mut self, emit: &mut dyn FnMut(&[f32])) {
        let n_frames = frames_of(&self.spec, self.n_samples);
        let mut above = Vec::new();
        for octave in &mut self.octaves {
            octave.push(&above);
            octave.end();
            octave.run(n_frames, &mut self.analysis, &mut self.waiting);
            above = mem::take(&mut octave.fresh);
        }
        self.waiting.emit_until(n_frames, emit);
    }
}

/// One octave, with the part of its decimated signal that frames still need.
struct Octave {
    decimator: Option<Decimator>,
    /// Samples that the last block added to this octave.
    fresh: Vec<f32>,
    /// The reflected signal. It starts with `half` reflected samples as soon as those are known.
    signal: Vec<f32>,
    /// Position of `signal[0]` in the reflected signal.
    origin: usize,
    padded: bool,
    half: usize,
    hop: usize,
    next_frame: usize,
    first_bin: usize,
    gains: Vec<f32>,
}

impl Octave {
    /// `depth` 0 is the top octave.
    fn new(spec: &Spec, tuning_cents: f32, depth: usize) -> Self {
        let width = spec.cqt.bins_per_octave;
        let first_bin = spec.cqt.n_bins - (depth + 1) * width;
        let gain = |bin: usize| {
            let window = kernel::window_samples(spec, tuning_cents, bin, spec.top_rate_hz());
            (2f64.powf(depth as f64 / 2.0) / window.sqrt()) as f32
        };
        Self {
            decimator: Some(Decimator::new(&spec.decimation)),
            fresh: Vec::new(),
            signal: Vec::new(),
            origin: 0,
            padded: false,
            half: spec.cqt.fft_samples / 2,
            hop: spec.cqt.hop_samples >> (depth + 1),
            next_frame: 0,
            first_bin,
            gains: (first_bin..first_bin + width).map(gain).collect(),
        }
    }

    /// Decimates samples of the octave above, or of the audio.
    fn push(&mut self, above: &[f32]) {
        self.fresh.clear();
        if let Some(decimator) = &mut self.decimator {
            decimator.push(above, &mut self.fresh);
            self.signal.extend_from_slice(&self.fresh);
        }
    }

    /// Adds the rest of the decimator's output and reflects the end.
    fn end(&mut self) {
        if let Some(decimator) = self.decimator.take() {
            let known = self.fresh.len();
            decimator.finish(&mut self.fresh);
            self.signal.extend_from_slice(&self.fresh[known..]);
        }
        let n_kept = self.signal.len();
        self.pad_start(true);
        // `origin` is 0 whenever the kept signal is too short for a single reflection.
        let n_before = self.signal.len() - n_kept;
        let whole = &self.signal[n_before..];
        let after: Vec<f32> = (0..self.half).map(|k| at_reflected(whole, (n_kept + k) as i64)).collect();
        self.signal.extend(after);
    }

    /// Inserts the reflected samples before the first, as soon as they are known or the track is `over`.
    fn pad_start(&mut self, over: bool) {
        if self.padded || !(over || self.signal.len() > self.half) {
            return;
        }
        let before: Vec<f32> =
            (1..=self.half).rev().map(|k| at_reflected(&self.signal, -(k as i64))).collect();
        self.signal.splice(0..0, before);
        self.padded = true;
    }

    /// Analyses the frames before `end` whose samples are available.
    fn run(&mut self, end: usize, analysis: &mut Analysis, waiting: &mut Waiting) {
        while self.padded && self.next_frame < end {
            let start = self.next_frame * self.hop - self.origin;
            let Some(samples) = self.signal.get(start..start + 2 * self.half) else { break };
            let frame = &mut waiting.frame(self.next_frame)[self.first_bin..][..self.gains.len()];
            analysis.magnitudes(samples, &self.gains, frame);
            self.next_frame += 1;
        }
        self.forget();
    }

    /// Drops the samples that no frame and no reflection at the end needs.
    fn forget(&mut self) {
        let before_next = (self.next_frame * self.hop).saturating_sub(self.origin);
        let done = before_next.min(self.signal.len().saturating_sub(2 * self.half));
        if self.padded && done > 0 {
            self.signal.drain(..done);
            self.origin += done;
        }
    }
}

/// Returns the value at any index of a signal that is reflected at both ends without repeating the end samples; 0 if
/// the signal is empty.
fn at_reflected(signal: &[f32], index: i64) -> f32 {
    let n = signal.len() as i64;
    if n < 2 {
        return signal.first().copied().unwrap_or(0.0);
    }
    let period = 2 * (n - 1);
    let folded = index.rem_euclid(period);
    signal[folded.min(period - folded) as usize]
}

/// The Fourier transform and the kernels, with their buffers.
struct Analysis {
    kernel: Kernel,
    fft: Arc<dyn RealToComplex<f32>>,
    samples: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Analysis {
    fn new(spec: &Spec, tuning_cents: f32) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(spec.cqt.fft_samples);
        Self {
            kernel: Kernel::new(spec, tuning_cents),
            samples: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Computes the magnitudes of one octave's bins in the frame `samples`, `[fft_samples]`.
    fn magnitudes(&mut self, samples: &[f32], gains: &[f32], out: &mut [f32]) {
        self.samples.copy_from_slice(samples);
        self.fft
            .process_with_scratch(&mut self.samples, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers have the lengths of the plan");
        let responses = self.kernel.responses(&self.spectrum);
        for ((out, response), gain) in out.iter_mut().zip(responses).zip(gains) {
            *out = response.norm_sqr().sqrt() * gain;
        }
    }
}

/// Frames that some octaves have reached, but not all.
struct Waiting {
    n_bins: usize,
    /// Index of the first frame in `frames`.
    first: usize,
    /// `[n_waiting, n_bins]`
    frames: Vec<f32>,
}

impl Waiting {
    fn frame(&mut self, index: usize) -> &mut [f32] {
        let start = (index - self.first) * self.n_bins;
        if self.frames.len() < start + self.n_bins {
            self.frames.resize(start + self.n_bins, 0.0);
        }
        &mut self.frames[start..start + self.n_bins]
    }

    fn emit_until(&mut self, end: usize, emit: &mut dyn FnMut(&[f32])) {
        let n_complete = end.saturating_sub(self.first);
        self.frames.chunks_exact(self.n_bins).take(n_complete).for_each(emit);
        self.frames.drain(..(n_complete * self.n_bins).min(self.frames.len()));
        self.first += n_complete;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_counted_in_seconds_as_the_reference_does() {
        assert_eq!(frame_count(0), 0);
        assert_eq!(frame_count(4095), 0);
        assert_eq!(frame_count(180 * 44100), 1938 - 1);
        // Some exact multiples of the hop lose a frame in floating-point arithmetic.
        let trapped = (1..2000u64).filter(|k| frame_count(k * 4096) as u64 == k - 1).count();
        assert!(trapped > 0);
        assert!((1..2000u64).all(|k| frame_count(k * 4096 + 1) as u64 == k));
    }

    #[test]
    fn reflection_repeats_when_a_signal_is_shorter_than_the_padding() {
        let signal = [1.0, 2.0, 3.0];
        let reflected: Vec<f32> = (-3..7).map(|index| at_reflected(&signal, index)).collect();
        assert_eq!(reflected, [2.0, 3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 3.0]);
        assert_eq!(at_reflected(&[5.0], -9), 5.0);
        assert_eq!(at_reflected(&[], 3), 0.0);
    }
}
