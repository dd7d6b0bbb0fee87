//! From samples to segments of a short-time Fourier transform and back, as a stream.
//!
//! Frame t is centred on sample `t * hop_samples`; beyond its ends the track is silent. A track of N samples has `N /
//! hop_samples + 1` frames. The inverse divides by the sum of the squares of all windows that cover a sample, so that a
//! mask of ones returns the track.

use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::spec::Separation;
use crate::mel::hann;

/// A few hundred frames of the transform.
#[derive(Debug, Clone)]
pub struct Segment {
    /// `[n_frames, fft_samples / 2 + 1]`.
    bins: Vec<Complex32>,
    n_frames: usize,
}

impl Segment {
    /// Returns the number of frames: that of a whole segment, except for the last of a track.
    pub fn n_frames(&self) -> usize {
        self.n_frames
    }

    /// Returns the input of the network: `[segment_frames, n_bins]`, zero after the end of the track.
    pub fn magnitudes(&self, spec: &Separation) -> Vec<f32> {
        let width = spec.fft_samples / 2 + 1;
        let mut magnitudes = vec![0.0; spec.segment_frames * spec.n_bins];
        for (out, frame) in magnitudes.chunks_exact_mut(spec.n_bins).zip(self.bins.chunks_exact(width)) {
            out.iter_mut()
                .zip(frame)
                .for_each(|(out, bin)| *out = (bin.re * bin.re + bin.im * bin.im).sqrt());
        }
        magnitudes
    }

    /// Returns the power of each frame, and the power that `mask`, `[segment_frames, n_bins]`, leaves of it: twice the
    /// sum of the squared bins.
    pub(super) fn powers(&self, mask: &[f32], n_bins: usize) -> impl Iterator<Item = (f32, f32)> {
        let width = self.bins.len() / self.n_frames.max(1);
        let square = |bin: &Complex32| bin.re * bin.re + bin.im * bin.im;
        let frames = self.bins.chunks_exact(width.max(1)).zip(mask.chunks_exact(n_bins));
        frames.map(move |(bins, mask)| {
            let masked = bins.iter().zip(mask).map(|(bin, mask)| square(bin) * mask * mask);
            (2.0 * bins.iter().map(square).sum::<f32>(), 2.0 * masked.sum::<f32>())
        })
    }
}

/// The transform of one track.
pub struct Spectra {
    spec: Separation,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Samples that frames still need, from the beginning of the next frame on.
    signal: Vec<f32>,
    n_samples: u64,
    n_frames: u64,
    filling: Segment,
    windowed: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Spectra {
    /// Starts a track.
    pub fn new(spec: &Separation) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(spec.fft_samples);
        Self {
            spec: spec.clone(),
            window: hann(spec.fft_samples),
            signal: vec![0.0; spec.fft_samples / 2],
            n_samples: 0,
            n_frames: 0,
            filling: Segment { bins: Vec::new(), n_frames: 0 },
            windowed: fft.make_input_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Takes any number of samples and returns the segments that they complete, mostly none.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Segment> {
        self.n_samples += samples.len() as u64;
        self.signal.extend_from_slice(samples);
        self.transform(u64::MAX)
    }

    /// Ends the track and returns the remaining segments.
    pub fn finish(mut self) -> Vec<Segment> {
        self.signal.resize(self.signal.len() + self.spec.fft_samples, 0.0);
        let mut rest = self.transform(self.n_samples / self.spec.hop_samples as u64 + 1);
        if self.filling.n_frames > 0 {
            rest.push(self.filling);
        }
        rest
    }

    /// Transforms all complete frames, up to `n_frames` of the track.
    fn transform(&mut self, n_frames: u64) -> Vec<Segment> {
        let (n, hop) = (self.spec.fft_samples, self.spec.hop_samples);
        let mut complete = Vec::new();
        let mut start = 0;
        while start + n <= self.signal.len() && self.n_frames < n_frames {
            let pairs = self.signal[start..start + n].iter().zip(&self.window);
            self.windowed.iter_mut().zip(pairs).for_each(|(out, (sample, window))| *out = sample * window);
            let begin = self.filling.bins.len();
            self.filling.bins.resize(begin + n / 2 + 1, Complex32::default());
            self.fft
                .process_with_scratch(&mut self.windowed, &mut self.filling.bins[begin..], &mut self.scratch)
                .expect("the buffers have the lengths the plan names");
            self.filling.n_frames += 1;
            self.n_frames += 1;
            if self.filling.n_frames == self.spec.segment_frames {
                complete
                    .push(std::mem::replace(&mut self.filling, Segment { bins: Vec::new(), n_frames: 0 }));
            }
            start += hop;
        }
        self.signal.drain(..start);
        complete
    }
}

/// Converts masked segments to samples.
pub struct Resynthesis {
    spec: Separation,
    fft: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    /// Sums of windowed frames and of squared windows from the next sample on, `[fft_samples]` each.
    sum: Vec<f32>,
    weight: Vec<f32>,
    /// Number of samples before the track that are not skipped yet.
    lead: usize,
    spectrum: Vec<Complex32>,
    frame: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Resynthesis {
    /// Starts a track.
    pub fn new(spec: &Separation) -> Self {
        let fft = RealFftPlanner::new().plan_fft_inverse(spec.fft_samples);
        Self {
            spec: spec.clone(),
            window: hann(spec.fft_samples),
            sum: vec![0.0; spec.fft_samples],
            weight: vec![0.0; spec.fft_samples],
            lead: spec.fft_samples / 2,
            spectrum: fft.make_input_vec(),
            frame: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// Returns the samples that the next segment completes. `mask`: `[segment_frames, n_bins]` in 0..=1.
    pub fn push(&mut self, segment: &Segment, mask: &[f32]) -> Vec<f32> {
        let width = self.spec.fft_samples / 2 + 1;
        let frames = segment.bins.chunks_exact(width).zip(mask.chunks_exact(self.spec.n_bins));
        let mut settled = Vec::with_capacity(segment.n_frames * self.spec.hop_samples);
        for (bins, mask) in frames {
            self.spectrum.fill(Complex32::default());
            let masked = self.spectrum.iter_mut().zip(bins).zip(mask);
            masked.for_each(|((out, bin), mask)| *out = bin * mask);
            // A real signal has no phase at 0 Hz, but rounding may leave one.
            self.spectrum[0].im = 0.0;
            self.fft
                .process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch)
                .expect("the buffers have the lengths the plan names");
            let scale = 1.0 / self.spec.fft_samples as f32;
            let windowed =
                self.frame.iter().zip(&self.window).map(|(sample, window)| sample * scale * window);
            self.sum.iter_mut().zip(windowed).for_each(|(sum, sample)| *sum += sample);
            self.add_frame(&mut settled);
        }
        settled
    }

    /// Returns the samples that waited for more frames. The caller drops those beyond the N-th of a track of N samples.
    pub fn finish(mut self) -> Vec<f32> {
        let mut settled = Vec::new();
        let rest = self.spec.fft_samples - self.spec.hop_samples;
        self.settle(0..rest, &mut settled);
        settled
    }

    /// Adds the weights of a frame whose samples were added, and returns the samples that no further frame reaches.
    fn add_frame(&mut self, settled: &mut Vec<f32>) {
        self.weight.iter_mut().zip(&self.window).for_each(|(weight, window)| *weight += window * window);
        let hop = self.spec.hop_samples;
        self.settle(0..hop, settled);
        for buffer in [&mut self.sum, &mut self.weight] {
            buffer.copy_within(hop.., 0);
            let kept = buffer.len() - hop;
            buffer[kept..].fill(0.0);
        }
    }

    fn settle(&mut self, range: Range<usize>, settled: &mut Vec<f32>) {
        let skipped = self.lead.min(range.len());
        self.lead -= skipped;
        let range = range.start + skipped..range.end;
        let samples = self.sum[range.clone()].iter().zip(&self.weight[range]);
        settled.extend(samples.map(|(sum, weight)| if *weight > 1e-8 { sum / weight } else { 0.0 }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::VoiceSpec;

    fn spec() -> Separation {
        Separation { segment_frames: 7, ..VoiceSpec::v2().separation.clone() }
    }

    fn signal(n: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..n).map(|i| (i as f32 * 0.031).sin() * 0.5 + 0.2 * noise()).collect()
    }

    fn segments(samples: &[f32], portion: usize) -> Vec<Segment> {
        let mut spectra = Spectra::new(&spec());
        let mut all: Vec<Segment> = samples.chunks(portion).flat_map(|chunk| spectra.push(chunk)).collect();
        all.extend(spectra.finish());
        all
    }

    #[test]
    fn a_frame_is_the_windowed_sum_of_its_definition() {
        let (spec, samples) = (spec(), signal(9000));
        let all = segments(&samples, 1000);
        let width = spec.fft_samples / 2 + 1;
        for (t, k) in [(0, 3), (0, 0), (4, 20), (8, 700)] {
            let mut sum = realfft::num_complex::Complex64::default();
            for i in 0..spec.fft_samples {
                let at = (t * spec.hop_samples + i) as i64 - spec.fft_samples as i64 / 2;
                let sample = usize::try_from(at).ok().and_then(|at| samples.get(at)).copied().unwrap_or(0.0);
                let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / spec.fft_samples as f64).cos();
                let angle = -std::f64::consts::TAU * (k * i) as f64 / spec.fft_samples as f64;
                sum += f64::from(sample) * window * realfft::num_complex::Complex64::cis(angle);
            }
            let found = all[t / spec.segment_frames].bins[t % spec.segment_frames * width + k];
            assert!(
                (f64::from(found.re) - sum.re).abs() < 1e-2 && (f64::from(found.im) - sum.im).abs() < 1e-2
            );
        }
    }

    #[test]
    fn a_mask_of_ones_gives_the_track_back_whatever_its_length_and_portions() {
        let mut spec = spec();
        // All bins, so that nothing is cut off at the top.
        spec.n_bins = spec.fft_samples / 2;
        for n in [0, 1, 1023, 1024, 5000, 60_001] {
            let mut samples = signal(n);
            // The bin at half the sample rate is never kept, so the signal must not contain it.
            let smoothed = |i: usize| 0.5 * (samples[i] + samples.get(i + 1).copied().unwrap_or(0.0));
            samples = (0..n).map(smoothed).collect();
            let mask = vec![1.0; spec.segment_frames * spec.n_bins];
            let mut inverse = Resynthesis::new(&spec);
            let mut back = Vec::new();
            for segment in segments(&samples, 777) {
                back.extend(inverse.push(&segment, &mask));
            }
            back.extend(inverse.finish());
            assert!(back.len() >= n, "{n} samples gave {}", back.len());
            let worst = samples.iter().zip(&back).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-3, "{n} samples: off by {worst}");
        }
    }

    #[test]
    fn segments_do_not_depend_on_how_samples_arrive() {
        let samples = signal(40_000);
        let (by_one, by_many) = (segments(&samples, 40_000), segments(&samples, 333));
        assert_eq!(by_one.len(), by_many.len());
        assert_eq!(by_one.iter().map(Segment::n_frames).sum::<usize>(), 40_000 / 1024 + 1);
        assert!(by_one.iter().zip(&by_many).all(|(a, b)| a.bins == b.bins));
    }
}
