//! From stereo samples to levels: how loud each band of each channel is, fifty times a second.

use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

/// The sample rate of the samples that a [`StereoSketcher`] takes. The highest band ends well below half of it.
pub const STEREO_RATE_HZ: u32 = 16_000;

/// Samples from one frame to the next: 20 ms.
const STEP: usize = 320;

/// Samples in a frame: 40 ms, so that frames overlap and sound between two grids is not lost.
const WINDOW: usize = 2 * STEP;

/// Seconds from one frame to the next.
pub(super) const FRAME_S: f64 = STEP as f64 / STEREO_RATE_HZ as f64;

/// Number of bands of frequencies.
pub(super) const BANDS: usize = 16;

/// Number of channels that are kept: see [`Channel`].
pub(super) const CHANNELS: usize = 4;

/// The edges of the bands in Hz. Each is wide enough to hold three bins of the transform. Encoders keep what is below
/// 6 kHz even at low bit rates.
const EDGES_HZ: [usize; BANDS + 1] =
    [75, 150, 225, 300, 400, 500, 625, 775, 950, 1175, 1450, 1800, 2250, 2850, 3600, 4600, 6000];

/// The level that is stored as 1, in decibels; 0 is no sound at all.
const LEAST_DB: f32 = -110.0;

/// Stored levels per decibel.
const STEPS_A_DB: f32 = 2.0;

/// A full-scale sine has an energy of this before it is scaled to 1.
const FULL_SCALE: f32 = (WINDOW * WINDOW) as f32 * 0.09375;

/// Samples beyond this are clipped: no decoder exceeds full scale so far, and energies must stay finite.
const MOST: f32 = 8.0;

/// What is kept of a stereo signal. Two channels would do for loudness; the sum and the difference also show phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Left = 0,
    Right = 1,
    /// Half of left and right together.
    Mid = 2,
    /// Half of left less right.
    Side = 3,
}

/// The levels of one frame, by channel and band.
pub(super) type Frame = [[u8; BANDS]; CHANNELS];

/// How loud a track is over time, in 16 bands from 75 to 6,000 Hz, left, right, in the middle and at the sides. It takes
/// 192 kB a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StereoSketch {
    pub(super) frames: Vec<Frame>,
    is_mono: bool,
}

impl StereoSketch {
    /// Returns the length of the audio in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames.len() as f64 * FRAME_S
    }

    /// Returns the number of different channels: 1 if left and right are equal throughout, as in a mono file, else 2.
    pub fn n_channels(&self) -> usize {
        if self.is_mono { 1 } else { 2 }
    }
}

/// Makes a [`StereoSketch`] of a stream of samples.
pub struct StereoSketcher {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Samples of left and right that are not yet part of a whole frame.
    waiting: [Vec<f32>; 2],
    /// Room for the transform.
    windowed: Vec<f32>,
    spectra: [Vec<Complex32>; 2],
    scratch: Vec<Complex32>,
    sketch: StereoSketch,
}

impl Default for StereoSketcher {
    fn default() -> Self {
        Self::new()
    }
}

impl StereoSketcher {
    /// Starts a sketch.
    pub fn new() -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let turn = std::f32::consts::TAU / WINDOW as f32;
        let spectrum = transform.make_output_vec();
        Self {
            window: (0..WINDOW).map(|n| 0.5 - 0.5 * (turn * n as f32).cos()).collect(),
            waiting: [Vec::new(), Vec::new()],
            windowed: transform.make_input_vec(),
            spectra: [spectrum.clone(), spectrum],
            scratch: transform.make_scratch_vec(),
            transform,
            sketch: StereoSketch { frames: Vec::new(), is_mono: true },
        }
    }

    /// Takes left and right samples in turn, at [`STEREO_RATE_HZ`]. Full scale is -1..=1. What is not finite counts as
    /// silence.
    pub fn push(&mut self, samples: &[f32]) {
        let sound = |sample: f32| if sample.is_finite() { sample.clamp(-MOST, MOST) } else { 0.0 };
        for pair in samples.as_chunks::<2>().0 {
            let [left, right] = pair.map(sound);
            self.sketch.is_mono &= left == right;
            self.waiting[0].push(left);
            self.waiting[1].push(right);
        }
        self.take_frames();
    }

    /// Returns the sketch of all samples.
    pub fn finish(mut self) -> StereoSketch {
        let rest = self.waiting[0].len();
        if rest > STEP {
            self.waiting.iter_mut().for_each(|samples| samples.resize(WINDOW, 0.0));
            self.take_frames();
        }
        self.sketch
    }

    /// Makes frames of the samples that wait, as far as they go.
    fn take_frames(&mut self) {
        let mut start = 0;
        while start + WINDOW <= self.waiting[0].len() {
            if !self.transform(start) {
                break;
            }
            let frame = levels(&self.spectra[0], &self.spectra[1]);
            self.sketch.frames.push(frame);
            start += STEP;
        }
        self.waiting.iter_mut().for_each(|samples| drop(samples.drain(..start)));
    }

    /// Transforms the samples of both channels from `start` on; false if the transform refuses its own sizes.
    fn transform(&mut self, start: usize) -> bool {
        self.waiting.iter().zip(&mut self.spectra).all(|(samples, spectrum)| {
            let samples = samples[start..start + WINDOW].iter().zip(&self.window);
            self.windowed
                .iter_mut()
                .zip(samples)
                .for_each(|(place, (sample, weight))| *place = sample * weight);
            self.transform.process_with_scratch(&mut self.windowed, spectrum, &mut self.scratch).is_ok()
        })
    }
}

/// Computes the levels of a frame from the spectra of left and right.
fn levels(left: &[Complex32], right: &[Complex32]) -> Frame {
    const BIN_HZ: usize = STEREO_RATE_HZ as usize / WINDOW;
    let mut frame = [[0; BANDS]; CHANNELS];
    for band in 0..BANDS {
        let bins = EDGES_HZ[band] / BIN_HZ..EDGES_HZ[band + 1] / BIN_HZ;
        let mut energies = [0.0; CHANNELS];
        for (l, r) in left[bins.clone()].iter().zip(&right[bins]) {
            energies[Channel::Left as usize] += l.norm_sqr();
            energies[Channel::Right as usize] += r.norm_sqr();
            energies[Channel::Mid as usize] += ((l + r) * 0.5).norm_sqr();
            energies[Channel::Side as usize] += ((l - r) * 0.5).norm_sqr();
        }
        for (levels, energy) in frame.iter_mut().zip(energies) {
            levels[band] = level(energy / FULL_SCALE);
        }
    }
    frame
}

/// Returns the level that stands for an energy, where 1 is a full-scale sine.
fn level(energy: f32) -> u8 {
    let db = 10.0 * energy.log10();
    // The conversion saturates; no energy at all is minus infinity, which becomes 0.
    ((db - LEAST_DB) * STEPS_A_DB).round() as u8
}

/// Returns the energy that each level stands for.
pub(super) fn energies() -> [f32; 256] {
    let db = |level: usize| level as f32 / STEPS_A_DB + LEAST_DB;
    std::array::from_fn(|level| if level == 0 { 0.0 } else { 10f32.powf(db(level) / 10.0) })
}
