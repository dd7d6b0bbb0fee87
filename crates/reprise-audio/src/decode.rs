//! Decoding in this process: packets to samples to mono to the rate asked for, piece by piece, so that memory
//! does not grow with the length of a file.

use std::ops::ControlFlow;
use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::packet::Packet;

use crate::demux::{Demuxer, Step};
use crate::edits::Audible;
use crate::error::{Error, guarded};
use crate::mixdown::append_mean;
use crate::resample::{RATES_HZ, Resampler};
use crate::tags::{Tags, read_tags};
use crate::{Decoded, Sink, Stream};

/// Samples the sink gets at a time, at the least, except for the last ones.
const CHUNK_SAMPLES: usize = 8192;

/// A file is called cut short when it lacks more than this of what it claims: claims are rounded.
const MISSING_TOLERANCE_S: f64 = 0.5;

/// The longest silence that stands for one damaged packet.
const LONGEST_GAP_S: f64 = 1.0;

/// Decodes a file to mono at `rate_hz`, in this process and on this thread.
///
/// Damaged packets become silence and are counted in one warning; a file that ends early keeps what decodes.
/// A panic in a decoder is an error, an abort is not caught: see [`crate::worker::Worker`].
pub fn decode(path: &Path, rate_hz: u32, sink: &mut dyn Sink) -> Result<Decoded, Error> {
    decode_within(path, rate_hz, f64::INFINITY, sink)
}

/// As [`decode`], with [`Error::TooLong`] beyond `max_duration_s`.
pub(crate) fn decode_within(
    path: &Path,
    rate_hz: u32,
    max_duration_s: f64,
    sink: &mut dyn Sink,
) -> Result<Decoded, Error> {
    let mut demuxer = Demuxer::open(path)?;
    let mut warnings = Vec::new();
    sink.tags(read_tags(path).unwrap_or_else(|error| {
        warnings.push(format!("its tags cannot be read ({error})"));
        Tags::default()
    }));
    let mut output = Output::new(rate_hz, max_duration_s, sink);
    let decoded_s = decode_packets(&mut demuxer, path, &mut output)?;
    let duration_s = output.finish()?;
    warnings.extend(damage(&demuxer, decoded_s));
    Ok(Decoded { payload_hash: demuxer.hash(), duration_s, warnings })
}

/// Decodes every packet; returns the seconds decoded before trimming.
fn decode_packets(demuxer: &mut Demuxer, path: &Path, output: &mut Output) -> Result<f64, Error> {
    let mut decoder = demuxer.decoder()?;
    let mut source = Source::new(demuxer.codec(), demuxer.audible(path), demuxer);
    loop {
        match demuxer.next()? {
            Step::Packet(packet) => {
                let is_sound = source.decode(decoder.as_mut(), &packet, output)?;
                if !is_sound {
                    demuxer.n_damaged += 1;
                    source.fill(demuxer.seconds(&packet), output)?;
                }
            }
            Step::Restart => decoder = demuxer.decoder()?,
            Step::End => return Ok(source.decoded_s),
        }
    }
}

/// What was wrong with a file that gave samples.
fn damage(demuxer: &Demuxer, decoded_s: f64) -> Vec<String> {
    let mut warnings = Vec::new();
    if demuxer.n_damaged > 0 {
        let noun = if demuxer.n_damaged == 1 { "packet" } else { "packets" };
        warnings.push(format!("{} damaged {noun} skipped", demuxer.n_damaged));
    }
    if let Some(claimed_s) = demuxer.claimed_s()
        && claimed_s - decoded_s > MISSING_TOLERANCE_S
    {
        warnings.push(format!("ends early: {decoded_s:.1} of {claimed_s:.1} seconds could be decoded"));
    }
    warnings
}

/// Decoded audio on its way to mono, at the file's own rate.
struct Source {
    codec: &'static str,
    audible: Option<Audible>,
    /// All frames of the track's sample table, which may be fewer than the packets hold.
    table: Option<crate::edits::Ticks>,
    /// Frames still to be skipped, and then to be kept; set with the first packet, when the rate is known.
    trim: Option<(u64, u64)>,
    format: Option<(u32, usize)>,
    decoded_s: f64,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
}

impl Source {
    fn new(codec: &'static str, audible: Option<Audible>, demuxer: &Demuxer) -> Self {
        let table = demuxer.table_length();
        let (interleaved, mono) = (Vec::new(), Vec::new());
        Self { codec, audible, table, trim: None, format: None, decoded_s: 0.0, interleaved, mono }
    }

    /// Decodes one packet into `output`; false for a damaged one.
    fn decode(
        &mut self,
        decoder: &mut dyn AudioDecoder,
        packet: &Packet,
        output: &mut Output,
    ) -> Result<bool, Error> {
        let buffer = match guarded("decoder", || decoder.decode(packet))? {
            Ok(buffer) => buffer,
            Err(Symphonia::DecodeError(_) | Symphonia::IoError(_) | Symphonia::LimitError(_)) => {
                return Ok(false);
            }
            Err(Symphonia::ResetRequired) => {
                decoder.reset();
                return Ok(false);
            }
            Err(Symphonia::Unsupported(what)) if self.format.is_none() => {
                return Err(Error::Unsupported { format: format!("this kind of {} ({what})", self.codec) });
            }
            Err(_) => return Ok(false),
        };
        let (rate_hz, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
        if channels == 0 || !RATES_HZ.contains(&rate_hz) {
            return Err(Error::Damaged { reason: format!("it claims {channels} channels at {rate_hz} Hz") });
        }
        buffer.copy_to_vec_interleaved(&mut self.interleaved);
        self.mono.clear();
        append_mean(&self.interleaved, channels, &mut self.mono);
        self.announce(rate_hz, channels, output)?;
        self.forward(rate_hz, output)?;
        Ok(true)
    }

    /// Silence in place of a damaged packet, so that what follows keeps its time.
    fn fill(&mut self, packet_s: f64, output: &mut Output) -> Result<(), Error> {
        let Some((rate_hz, _)) = self.format else { return Ok(()) };
        let n = packet_s.clamp(0.0, LONGEST_GAP_S) * f64::from(rate_hz);
        self.mono.clear();
        self.mono.resize(n.round() as usize, 0.0);
        self.forward(rate_hz, output)
    }

    /// Tells the sink of the first format, and the resampler of each new rate.
    fn announce(&mut self, rate_hz: u32, channels: usize, output: &mut Output) -> Result<(), Error> {
        match self.format {
            Some((known_hz, _)) if known_hz == rate_hz => {}
            Some(_) => output.change_rate(rate_hz)?,
            None => {
                self.trim = Some(self.trim_frames(rate_hz));
                let channels = u32::try_from(channels).unwrap_or(u32::MAX);
                output.sink.stream(&Stream { codec: self.codec.into(), sample_rate_hz: rate_hz, channels });
                output.change_rate(rate_hz)?;
            }
        }
        self.format = Some((rate_hz, channels));
        Ok(())
    }

    /// Frames to skip and to keep. An edit that is as long as the sample table, within a tick of its own
    /// coarser clock, means the sample table.
    fn trim_frames(&self, rate_hz: u32) -> (u64, u64) {
        let Some(audible) = self.audible else { return (0, u64::MAX) };
        let skip = audible.skip.frames(rate_hz);
        let by_table = self.table.map(|table| table.frames(rate_hz)).filter(|&table| table > skip);
        let keep = audible.keep.map_or(u64::MAX, |keep| keep.frames(rate_hz));
        (skip, keep.min(by_table.map_or(u64::MAX, |table| table - skip)))
    }

    fn forward(&mut self, rate_hz: u32, output: &mut Output) -> Result<(), Error> {
        self.decoded_s += self.mono.len() as f64 / f64::from(rate_hz);
        let Some((skip, keep)) = &mut self.trim else { return Ok(()) };
        let skipped = self.mono.len().min(usize::try_from(*skip).unwrap_or(usize::MAX));
        let kept = (self.mono.len() - skipped).min(usize::try_from(*keep).unwrap_or(usize::MAX));
        *skip -= skipped as u64;
        *keep -= kept as u64;
        output.push(&self.mono[skipped..skipped + kept])
    }
}

/// Resampled audio on its way to the sink.
struct Output<'a> {
    sink: &'a mut dyn Sink,
    rate_hz: u32,
    max_duration_s: f64,
    resampler: Option<Resampler>,
    chunk: Vec<f32>,
    n_samples: u64,
}

impl<'a> Output<'a> {
    fn new(rate_hz: u32, max_duration_s: f64, sink: &'a mut dyn Sink) -> Self {
        let chunk = Vec::with_capacity(2 * CHUNK_SAMPLES);
        Self { sink, rate_hz, max_duration_s, resampler: None, chunk, n_samples: 0 }
    }

    fn change_rate(&mut self, from_hz: u32) -> Result<(), Error> {
        self.drain_resampler();
        let refusal = || Error::Damaged { reason: format!("{from_hz} Hz cannot become {} Hz", self.rate_hz) };
        self.resampler = Some(Resampler::new(from_hz, self.rate_hz).ok_or_else(refusal)?);
        Ok(())
    }

    fn push(&mut self, mono: &[f32]) -> Result<(), Error> {
        let chunk = &mut self.chunk;
        if let Some(resampler) = &mut self.resampler {
            resampler.push(mono, &mut |ready| chunk.extend_from_slice(ready));
        }
        if self.chunk.len() >= CHUNK_SAMPLES { self.flush() } else { Ok(()) }
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

    /// Seconds in all; no sample at all is an error.
    fn finish(mut self) -> Result<f64, Error> {
        self.drain_resampler();
        self.flush()?;
        match self.n_samples {
            0 => Err(Error::Damaged { reason: "nothing in it could be decoded".into() }),
            _ => Ok(self.duration_s()),
        }
    }
}
