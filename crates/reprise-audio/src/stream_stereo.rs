//! Decoding for listening: packets to two channels at the sample rate of the loudspeaker, from any second on.
//!
//! If possible, the container finds the position; otherwise everything before it is decoded. In both cases the
//! resampler starts on the same grid of frames as in decoding from the beginning, so that an excerpt is exactly a part
//! of the whole and not only similar to it.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use symphonia::core::audio::Channels;

use crate::Stream;
use crate::demux::Demuxer;
use crate::error::Error;
use crate::fold::Fold;
use crate::resample::{BLOCK_SAMPLES, RATES_HZ, Resampler};
use crate::source::{Frames, Source};

/// The smallest number of frames that the sink receives at a time, except for the last ones: 21 ms at 48 kHz.
const CHUNK_FRAMES: usize = 1024;

/// How often the sink is called with no frames during a search.
const ALIVE_EVERY: Duration = Duration::from_millis(250);

/// Later than the end of any file; greater values mean the same.
const LATEST_S: f64 = 1e9;

/// The part of a file that is played, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Excerpt {
    /// The sample rate of the frames.
    pub rate_hz: u32,
    /// Where to begin, in seconds of the samples from [`crate::decode`]. After the end there are no frames. NaN and
    /// negative values mean the beginning.
    pub from_s: f64,
}

impl Excerpt {
    /// The first frame, counted from the beginning of the file.
    fn first_frame(&self) -> u64 {
        let from_s = if self.from_s > 0.0 { self.from_s.min(LATEST_S) } else { 0.0 };
        (from_s * f64::from(self.rate_hz)).round() as u64
    }
}

/// Decodes a file to two channels, in this process and on this thread, from `excerpt.from_s` to the end.
///
/// `sink` receives left and right samples in turn, some thousands at a time. Full scale is -1..=1, which decoders may
/// exceed. During a search for the position, it regularly receives an empty slice. `Break` ends the decoding with
/// [`Error::Stopped`]. One channel is heard on both sides; more than two channels are folded.
pub fn stream_stereo(
    path: &Path,
    excerpt: Excerpt,
    sink: &mut dyn FnMut(&[f32]) -> ControlFlow<()>,
) -> Result<(), Error> {
    if !RATES_HZ.contains(&excerpt.rate_hz) {
        return Err(Error::Damaged { reason: format!("nothing can be heard at {} Hz", excerpt.rate_hz) });
    }
    let (mut source, skip) = match sought(path, excerpt)? {
        Some(found) => found,
        None => (open(path)?, excerpt.first_frame()),
    };
    let mut stream = ExcerptStream::new(excerpt.rate_hz, skip, sink);
    while source.step(&mut stream)? {
        stream.flush_if(CHUNK_FRAMES)?;
    }
    stream.drain_resamplers();
    stream.flush_if(1)?;
    match source.has_sounded() {
        true => Ok(()),
        false => Err(Error::Damaged { reason: "nothing in it could be decoded".into() }),
    }
}

fn open(path: &Path) -> Result<Source, Error> {
    Source::new(Demuxer::open(path)?, path)
}

/// A source shortly before the target, and the number of output frames that are still before the target. `None` if the
/// file must be decoded from the beginning.
fn sought(path: &Path, excerpt: Excerpt) -> Result<Option<(Source, u64)>, Error> {
    if excerpt.first_frame() == 0 {
        return Ok(None);
    }
    let mut source = open(path)?;
    let Some(origin) = source.origin()? else { return Ok(None) };
    let start = Start::before(excerpt.first_frame(), origin.rate_hz, excerpt.rate_hz);
    Ok(source.seek(origin, start.frame)?.then_some((source, start.skip)))
}

/// Where the resampler begins.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Start {
    /// Its first input frame, at the sample rate of the file.
    frame: u64,
    /// How many frames it then outputs before the target.
    skip: u64,
}

impl Start {
    /// The last input frame that coincides with an output frame and is at least a filter length before the target.
    fn before(place: u64, from_hz: u32, to_hz: u32) -> Self {
        let divisor = greatest_common_divisor(from_hz, to_hz);
        let (step_in, step_out) = (u64::from(from_hz / divisor), u64::from(to_hz / divisor));
        let lead = (BLOCK_SAMPLES as u64).div_ceil(step_in);
        let steps = (place / step_out).saturating_sub(lead);
        Self { frame: steps * step_in, skip: place - steps * step_out }
    }
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// Decoded audio on its way to the sink.
struct ExcerptStream<'a> {
    sink: &'a mut dyn FnMut(&[f32]) -> ControlFlow<()>,
    rate_hz: u32,
    /// How many frames are still left out.
    skip: u64,
    fold: Option<(Channels, Fold)>,
    resamplers: Option<[Resampler; 2]>,
    /// Left and right, folded and then resampled.
    folded: [Vec<f32>; 2],
    ready: [Vec<f32>; 2],
    chunk: Vec<f32>,
    told: Instant,
}

impl<'a> ExcerptStream<'a> {
    fn new(rate_hz: u32, skip: u64, sink: &'a mut dyn FnMut(&[f32]) -> ControlFlow<()>) -> Self {
        Self {
            sink,
            rate_hz,
            skip,
            fold: None,
            resamplers: None,
            folded: [Vec::new(), Vec::new()],
            ready: [Vec::new(), Vec::new()],
            chunk: Vec::new(),
            told: Instant::now(),
        }
    }

    fn drain_resamplers(&mut self) {
        for (resampler, ready) in self.resamplers.take().into_iter().flatten().zip(&mut self.ready) {
            resampler.finish(&mut |samples| ready.extend_from_slice(samples));
        }
    }

    /// Passes what is ready to the sink if it is at least `enough` frames; otherwise, regularly, an empty slice.
    fn flush_if(&mut self, enough: usize) -> Result<(), Error> {
        let skipped = self.ready[0].len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
        self.skip -= skipped as u64;
        self.ready.iter_mut().for_each(|ready| drop(ready.drain(..skipped)));
        let is_enough = self.ready[0].len() >= enough;
        if !is_enough && self.told.elapsed() < ALIVE_EVERY {
            return Ok(());
        }
        self.chunk.clear();
        if is_enough {
            let [left, right] = &mut self.ready;
            self.chunk.extend(left.drain(..).zip(right.drain(..)).flat_map(|(left, right)| [left, right]));
        }
        let verdict = (self.sink)(&self.chunk);
        self.told = Instant::now();
        if verdict.is_break() { Err(Error::Stopped) } else { Ok(()) }
    }
}

impl Frames for ExcerptStream<'_> {
    fn stream(&mut self, _: &Stream) {}

    fn rate(&mut self, from_hz: u32) -> Result<(), Error> {
        self.drain_resamplers();
        let resampler = || Resampler::between(from_hz, self.rate_hz);
        self.resamplers = Some([resampler()?, resampler()?]);
        Ok(())
    }

    fn push(&mut self, interleaved: &[f32], channels: &Channels) -> Result<(), Error> {
        if self.fold.as_ref().is_none_or(|(known, _)| known != channels) {
            self.fold = Some((channels.clone(), Fold::of(channels)));
        }
        let (Some((_, fold)), Some(resamplers)) = (&self.fold, &mut self.resamplers) else { return Ok(()) };
        self.folded.iter_mut().for_each(Vec::clear);
        fold.append(interleaved, &mut self.folded);
        for ((resampler, folded), ready) in resamplers.iter_mut().zip(&self.folded).zip(&mut self.ready) {
            resampler.push(folded, &mut |samples| ready.extend_from_slice(samples));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resampler_begins_where_both_clocks_meet() {
        for (from_hz, to_hz) in [(44_100, 48_000), (48_000, 44_100), (44_100, 44_100), (8_000, 48_000)] {
            for place in [1, 48_000, 480_001, 10_000_000] {
                let start = Start::before(place, from_hz, to_hz);
                let output = (place - start.skip) * u64::from(from_hz);
                assert_eq!(output, start.frame * u64::from(to_hz), "{from_hz} to {to_hz} at {place}");
            }
        }
    }

    #[test]
    fn a_second_that_is_none_is_the_beginning() {
        for from_s in [f64::NAN, -1.0, f64::NEG_INFINITY, -0.0] {
            assert_eq!(Excerpt { rate_hz: 48_000, from_s }.first_frame(), 0);
        }
        assert!(Excerpt { rate_hz: 48_000, from_s: f64::INFINITY }.first_frame() > 0);
    }
}
