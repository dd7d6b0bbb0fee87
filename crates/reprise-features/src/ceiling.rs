//! The spectral ceiling: the frequency above which a recording contains nothing, although its sample rate has room for
//! more. Lossy encoders leave out the highest frequencies at a sharp edge, and that edge remains when the decoded audio
//! is written to a lossless file.
//!
//! It is a hint and no proof: some converters and broadcasts end at a sharp edge too.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

/// Samples of a frame. At 44,100 Hz a bin is 11 Hz wide.
const FRAME: usize = 4096;

/// Frames below this mean power contain nothing to judge: about -60 dB below full scale.
const QUIET_POWER: f64 = 1e-6;

/// Fewer sounding frames do not show an edge reliably. At 44,100 Hz these are three seconds.
const MIN_FRAMES: usize = 32;

/// An edge below this frequency is the music's own.
const LOWEST_HZ: f64 = 10_000.0;

/// An edge above this share of the highest possible frequency is the filter of a converter.
const HIGHEST_SHARE: f64 = 0.93;

/// Over this width the level falls at an edge.
const EDGE_HZ: f64 = 500.0;

/// By so much the level falls at an edge, in decibels. Music that fades towards the treble falls by a few.
const EDGE_DB: f64 = 20.0;

/// Nothing above the edge exceeds the mean level there by more, in decibels.
const FLAT_DB: f64 = 10.0;

/// Bands of this width are compared, so that no single partial or gap counts.
const BAND_HZ: f64 = 250.0;

/// Accumulates the mean power spectrum of a recording.
pub struct SpectralCeiling {
    rate_hz: u32,
    fft: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    window: Vec<f32>,
    waiting: Vec<f32>,
    frame: Vec<f32>,
    spectrum: Vec<Complex32>,
    power: Vec<f64>,
    n_frames: usize,
}

impl SpectralCeiling {
    /// Creates a spectrum of nothing, for mono samples at `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME);
        let hann = |n: usize| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / FRAME as f32).cos();
        Self {
            rate_hz,
            window: (0..FRAME).map(hann).collect(),
            waiting: Vec::with_capacity(2 * FRAME),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            power: vec![0.0; FRAME / 2 + 1],
            n_frames: 0,
            fft,
        }
    }

    /// Adds samples, of which every sounding frame counts.
    pub fn push(&mut self, samples: &[f32]) {
        self.waiting.extend_from_slice(samples);
        let mut from = 0;
        while self.waiting.len() - from >= FRAME {
            self.observe(from);
            from += FRAME;
        }
        self.waiting.drain(..from);
    }

    fn observe(&mut self, from: usize) {
        let samples = &self.waiting[from..from + FRAME];
        let power: f64 = samples.iter().map(|x| f64::from(x * x)).sum();
        if power / (FRAME as f64) < QUIET_POWER {
            return;
        }
        for ((out, x), w) in self.frame.iter_mut().zip(samples).zip(&self.window) {
            *out = x * w;
        }
        // The lengths are those that the plan made.
        if self.fft.process(&mut self.frame, &mut self.spectrum).is_err() {
            return;
        }
        for (sum, bin) in self.power.iter_mut().zip(&self.spectrum) {
            *sum += f64::from(bin.norm_sqr());
        }
        self.n_frames += 1;
    }

    /// Returns the ceiling in Hz; `None` if there is none, or too little sounds to say.
    pub fn finish(&self) -> Option<f64> {
        if self.n_frames < MIN_FRAMES {
            return None;
        }
        let nyquist_hz = f64::from(self.rate_hz) / 2.0;
        let bands = self.bands_db(nyquist_hz);
        let edge = (EDGE_HZ / BAND_HZ) as usize;
        let first = (LOWEST_HZ / BAND_HZ).ceil() as usize;
        let end = ((nyquist_hz * HIGHEST_SHARE / BAND_HZ) as usize).min(bands.len().saturating_sub(edge + 1));
        // The lowest frequency from which on everything is flat, below which the level is higher.
        let above = |band: usize| &bands[band + edge..];
        let is_edge = |band: &usize| {
            let floor = mean(above(*band));
            let is_flat = above(*band).iter().all(|level| *level <= floor + FLAT_DB);
            is_flat && bands[*band] >= floor + EDGE_DB
        };
        let band = (first..end).rfind(is_edge)?;
        let falls = bands[band] - bands[band + edge] >= EDGE_DB;
        falls.then_some((band + 1) as f64 * BAND_HZ)
    }

    /// The mean level of each band, in decibels.
    fn bands_db(&self, nyquist_hz: f64) -> Vec<f64> {
        let bins_in_band = BAND_HZ / (2.0 * nyquist_hz / FRAME as f64);
        let n_bands = (nyquist_hz / BAND_HZ) as usize;
        let level = |band: usize| {
            let first = (band as f64 * bins_in_band) as usize;
            let end = ((band + 1) as f64 * bins_in_band) as usize;
            let bins = &self.power[first..end.clamp(first + 1, self.power.len())];
            10.0 * (mean(bins) / self.n_frames as f64 + 1e-20).log10()
        };
        (0..n_bands).map(level).collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 48_000;

    /// Noise whose spectrum is `gain` of the frequency in Hz, and the rounding to 16 bits.
    fn noise(gain: impl Fn(f64) -> f64) -> Vec<f32> {
        let n = 1 << 18;
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let mut planner = RealFftPlanner::<f32>::new();
        let (forward, back) = (planner.plan_fft_forward(n), planner.plan_fft_inverse(n));
        let mut samples: Vec<f32> = (0..n).map(|_| 0.3 * random()).collect();
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut samples, &mut spectrum).unwrap();
        for (bin, value) in spectrum.iter_mut().enumerate() {
            *value *= gain(bin as f64 * f64::from(RATE_HZ) / n as f64) as f32 / n as f32;
        }
        (spectrum[0].im, spectrum[n / 2].im) = (0.0, 0.0);
        back.process(&mut spectrum, &mut samples).unwrap();
        samples.iter().map(|x| (x * 32768.0 + random()).round() / 32768.0).collect()
    }

    fn ceiling(samples: &[f32]) -> Option<f64> {
        let mut spectrum = SpectralCeiling::new(RATE_HZ);
        samples.chunks(1000).for_each(|some| spectrum.push(some));
        spectrum.finish()
    }

    /// Falls by 6 dB for each octave above 1 kHz, as music does.
    fn tilt(hz: f64) -> f64 {
        (1000.0 / hz.max(1000.0)).min(1.0)
    }

    #[test]
    fn a_sharp_edge_is_found_where_it_is() {
        for edge_hz in [16_000.0, 17_500.0, 19_000.0, 20_000.0] {
            let found = ceiling(&noise(|hz| if hz < edge_hz { tilt(hz) } else { 0.0 })).unwrap();
            assert!((found - edge_hz).abs() <= 2.0 * BAND_HZ, "{found} for {edge_hz}");
        }
    }

    #[test]
    fn what_fades_or_goes_up_to_the_end_has_no_ceiling() {
        assert_eq!(ceiling(&noise(tilt)), None);
        assert_eq!(ceiling(&noise(|hz| tilt(hz) * (-hz / 2500.0).exp())), None, "an old recording");
        assert_eq!(ceiling(&noise(|hz| if hz < 23_500.0 { tilt(hz) } else { 0.0 })), None, "a converter");
        assert_eq!(ceiling(&noise(|hz| if hz < 6_000.0 { tilt(hz) } else { 0.0 })), None, "a telephone");
    }

    #[test]
    fn of_silence_or_a_moment_nothing_is_said() {
        let cut = noise(|hz| if hz < 16_000.0 { 1.0 } else { 0.0 });
        assert_eq!(ceiling(&cut[..20 * FRAME]), None);
        let silence: Vec<f32> = cut.iter().map(|x| x / 10_000.0).collect();
        assert_eq!(ceiling(&silence), None);
    }
}
