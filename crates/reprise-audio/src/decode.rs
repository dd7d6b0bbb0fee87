//! Decoding in this process: packets to samples, to mono, to the requested sample rate. It runs piece by piece, so that
//! the memory needed does not depend on the length of the file.

use std::ops::ControlFlow;
use std::path::Path;

use symphonia::core::audio::Channels;

use crate::demux::Demuxer;
use crate::error::Error;
use crate::mixdown::Mixdown;
use crate::resample::Resampler;
use crate::source::{Frames, Source};
use crate::tags::{Tags, read_tags};
use crate::{Decoded, Sink, Stream};

/// The smallest number of samples that the sink receives at a time, except for the last ones.
const CHUNK_SAMPLES: usize = 8192;

/// Decodes a file to mono at `rate_hz`, in this process and on this thread.
///
/// Damaged packets become silence and are counted in one warning. A file that ends early keeps what can be decoded. A
/// panic in a decoder is an error; an abort is not caught: see [`crate::worker::Worker`].
pub fn decode(path: &Path, rate_hz: u32, sink: &mut dyn Sink) -> Result<Decoded, Error> {
    decode_within(path, rate_hz, f64::INFINITY, sink)
}

/// Like [`decode`], but returns [`Error::TooLong`] after `max_duration_s`.
pub(crate) fn decode_within(
    path: &Path,
    rate_hz: u32,
    max_duration_s: f64,
    sink: &mut dyn Sink,
) -> Result<Decoded, Error> {
    let demuxer = Demuxer::open(path)?;
    let mut warnings = Vec::new();
    sink.tags(read_tags(path).unwrap_or_else(|error| {
        warnings.push(format!("its tags cannot be read ({error})"));
        Tags::default()
    }));
    let mut output = Output::new(rate_hz, max_duration_s, sink);
    let mut source = Source::new(demuxer, path)?;
    while source.step(&mut output)? {}
    let duration_s = output.finish()?;
    warnings.extend(source.damage());
    Ok(Decoded { payload_hash: source.hash(), duration_s, warnings })
}

/// Resampled audio on its way to the sink.
struct Output<'a> {
    sink: &'a mut dyn Sink,
    rate_hz: u32,
    max_duration_s: f64,
    resampler: Option<Resampler>,
    mixdown: Mixdown,
    mono: Vec<f32>,
    chunk: Vec<f32>,
    n_samples: u64,
}

impl Frames for Output<'_> {
    fn stream(&mut self, stream: &Stream) {
        self.sink.stream(stream);
    }

    fn rate(&mut self, from_hz: u32) -> Result<(), Error> {
        self.drain_resampler();
        self.resampler = Some(Resampler::between(from_hz, self.rate_hz)?);
        Ok(())
    }

    fn push(&mut self, interleaved: &[f32], channels: &Channels) -> Result<(), Error> {
        self.mono.clear();
        self.mixdown.append(interleaved, channels.count(), &mut self.mono);
        let chunk = &mut self.chunk;
        if let Some(resampler) = &mut self.resampler {
            resampler.push(&self.mono, &mut |ready| chunk.extend_from_slice(ready));
        }
        if self.chunk.len() >= CHUNK_SAMPLES { self.flush() } else { Ok(()) }
    }
}

impl<'a> Output<'a> {
    fn new(rate_hz: u32, max_duration_s: f64, sink: &'a mut dyn Sink) -> Self {
        let chunk = Vec::with_capacity(2 * CHUNK_SAMPLES);
        Self {
            sink,
            rate_hz,
            max_duration_s,
            resampler: None,
            mixdown: Mixdown::default(),
            mono: Vec::new(),
            chunk,
            n_samples: 0,
        }
    }

    fn drain_resampler(&mut self) {
        let chunk = &mut self.chunk;
        if let Some(resampler) = self.resampler.take() {
            resampler.finish(&mut |ready| chunk.extend_from_slice(ready));
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.n_samples += self.chunk.len() as u64;
        if self.duration_s() > self.max_duration_s {
            return Err(Error::TooLong { limit_s: self.max_duration_s });
        }
        let verdict = match self.chunk.is_empty() {
            true => ControlFlow::Continue(()),
            false => self.sink.samples(&self.chunk),
        };
        self.chunk.clear();
        if verdict.is_break() { Err(Error::Stopped) } else { Ok(()) }
    }

    fn duration_s(&self) -> f64 {
        self.n_samples as f64 / f64::from(self.rate_hz)
    }

    /// The total length in seconds. It is an error if there are no samples.
    fn finish(mut self) -> Result<f64, Error> {
        self.drain_resampler();
        self.flush()?;
        match self.n_samples {
            0 => Err(Error::Damaged { reason: "nothing in it could be decoded".into() }),
            _ => Ok(self.duration_s()),
        }
    }
}
