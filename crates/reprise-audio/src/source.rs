//! Decodes a file to frames at its own sample rate, trimmed to the part that is meant to be played. Decoding for the
//! analysis and for listening both use it, so that both have the same time axis.

mod ending;
mod frames;
mod seek;

use std::path::Path;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::packet::Packet;

use crate::Stream;
use crate::demux::{Demuxer, Step};
use crate::edits::{Audible, Ticks};
use crate::error::{Error, guarded};
use crate::resample::RATES_HZ;
use crate::spliced::Cut;
use ending::Ending;

pub(crate) use frames::Frames;

/// A file is reported as cut short if it lacks more than this of its stated length, because stated lengths are rounded.
const MISSING_TOLERANCE_S: f64 = 0.5;

/// A file is reported as longer than stated if it is longer by more than this.
const EXTRA_TOLERANCE_S: f64 = 1.0;

/// The longest silence that replaces one damaged packet.
const LONGEST_GAP_S: f64 = 1.0;

/// A file that is being decoded.
pub(crate) struct Source {
    demuxer: Demuxer,
    decoder: Box<dyn AudioDecoder>,
    audible: Option<Audible>,
    /// The sum of all frames in the sample table of the track, which may be less than what the packets contain.
    table: Option<Ticks>,
    /// Set with the first packet, when the sample rate is known.
    trim: Option<Trim>,
    /// Present for an MPEG stream whose end is stated.
    ending: Option<Ending>,
    format: Option<(u32, Channels)>,
    decoded_s: f64,
    /// How much of the decoded time is silence in place of damaged packets.
    silence_s: f64,
    /// The packet that was decoded last.
    interleaved: Vec<f32>,
    /// Whether this packet, which a seek decoded, was not passed on yet.
    is_held: bool,
}

/// How many frames are still skipped, and how many are kept after that.
#[derive(Debug, Clone, Copy)]
struct Trim {
    skip: u64,
    keep: u64,
}

impl Source {
    pub fn new(mut demuxer: Demuxer, path: &Path) -> Result<Self, Error> {
        let decoder = demuxer.decoder()?;
        let (audible, table) = (demuxer.audible(path), demuxer.table_length());
        let ending = demuxer.mpeg_end().map(Ending::new);
        Ok(Self {
            demuxer,
            decoder,
            audible,
            table,
            trim: None,
            ending,
            format: None,
            decoded_s: 0.0,
            silence_s: 0.0,
            interleaved: Vec::new(),
            is_held: false,
        })
    }

    /// Decodes the next packet into `to`; false at the end of the file.
    pub fn step(&mut self, to: &mut dyn Frames) -> Result<bool, Error> {
        if std::mem::take(&mut self.is_held) {
            to.rate(self.format.as_ref().map_or(0, |(rate_hz, _)| *rate_hz))?;
            self.forward(to)?;
            return Ok(true);
        }
        match self.demuxer.next()? {
            Step::Packet(packet) => match self.decode(&packet)? {
                Some((rate_hz, channels)) => {
                    self.announce(rate_hz, channels, to)?;
                    self.forward(to)?;
                }
                None => self.fill(&packet, to)?,
            },
            Step::Restart => self.decoder = self.demuxer.decoder()?,
            Step::End => {
                if let Some(ending) = &mut self.ending {
                    ending.finish(to)?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether any packet could be decoded.
    pub fn has_sounded(&self) -> bool {
        self.format.is_some()
    }

    /// The identity of the packets read so far.
    pub fn hash(&self) -> [u8; 32] {
        self.demuxer.hash()
    }

    /// What was wrong with a file that yielded samples, as one clause. Call it after the end was reached.
    pub fn damage(&self) -> Option<String> {
        let clauses: Vec<String> =
            [self.damaged_packets(), self.other_length()].into_iter().flatten().collect();
        (!clauses.is_empty()).then(|| clauses.join("; "))
    }

    fn damaged_packets(&self) -> Option<String> {
        let (n, silence_s) = (self.demuxer.n_damaged, self.silence_s);
        let noun = if n == 1 { "packet" } else { "packets" };
        let silence = if silence_s >= 0.05 { format!(", {silence_s:.1} seconds") } else { String::new() };
        (n > 0).then(|| format!("{n} damaged {noun} skipped{silence}"))
    }

    fn other_length(&self) -> Option<String> {
        let decoded_s = self.decoded_s;
        let leapt_s = self.demuxer.leapt_s;
        let claimed_s = self.demuxer.claimed_s().unwrap_or(decoded_s + leapt_s);
        let (how, tolerance_s) = match leapt_s > 0.0 {
            true => ("has holes", MISSING_TOLERANCE_S.min(leapt_s / 2.0)),
            false => ("ends early", MISSING_TOLERANCE_S),
        };
        if claimed_s - decoded_s > tolerance_s {
            return Some(format!("{how}: {decoded_s:.1} of {claimed_s:.1} seconds could be decoded"));
        }
        if let Some(Cut { there, whole }) = self.demuxer.cut() {
            let percent = there as f64 / whole as f64 * 100.0;
            return Some(format!("is cut off: {percent:.0} % of it is there, {decoded_s:.1} seconds"));
        }
        let is_longer = decoded_s - claimed_s > EXTRA_TOLERANCE_S;
        is_longer.then(|| format!("is {decoded_s:.1} seconds long and not {claimed_s:.1}, as it says"))
    }

    /// Decodes one packet to `interleaved` and returns its format; `None` for a damaged packet.
    fn decode(&mut self, packet: &Packet) -> Result<Option<(u32, Channels)>, Error> {
        if self.demuxer.turns(packet) {
            self.decoder = self.demuxer.decoder()?;
        }
        if let Some(ending) = &mut self.ending {
            ending.pass(packet);
        }
        let decoder = &mut self.decoder;
        let buffer = match guarded("decoder", || decoder.decode(packet))? {
            Ok(buffer) => buffer,
            Err(Symphonia::ResetRequired) => {
                self.decoder.reset();
                return Ok(None);
            }
            Err(Symphonia::Unsupported(what)) if self.format.is_none() => {
                let format = format!("this kind of {} ({what})", self.demuxer.codec());
                return Err(Error::Unsupported { format });
            }
            Err(_) => return Ok(None),
        };
        let (rate_hz, channels) = (buffer.spec().rate(), buffer.spec().channels().clone());
        if channels.count() == 0 || !RATES_HZ.contains(&rate_hz) {
            let n = channels.count();
            return Err(Error::Damaged { reason: format!("it claims {n} channels at {rate_hz} Hz") });
        }
        buffer.copy_to_vec_interleaved(&mut self.interleaved);
        Ok(Some((rate_hz, channels)))
    }

    /// Passes on silence in place of a damaged packet, so that what follows keeps its time.
    fn fill(&mut self, packet: &Packet, to: &mut dyn Frames) -> Result<(), Error> {
        self.demuxer.n_damaged += 1;
        let Some((rate_hz, channels)) = &self.format else { return Ok(()) };
        let silence_s = self.demuxer.seconds(packet).clamp(0.0, LONGEST_GAP_S);
        self.silence_s += silence_s;
        let n = silence_s * f64::from(*rate_hz);
        self.interleaved.clear();
        self.interleaved.resize(n.round() as usize * channels.count(), 0.0);
        self.forward(to)
    }

    /// Passes on the first format and each new sample rate.
    fn announce(&mut self, rate_hz: u32, channels: Channels, to: &mut dyn Frames) -> Result<(), Error> {
        match self.format {
            Some((known_hz, _)) if known_hz == rate_hz => {}
            Some(_) => {
                if let Some(ending) = &mut self.ending {
                    ending.release(to)?;
                }
                to.rate(rate_hz)?;
            }
            None => {
                self.trim = Some(self.whole(rate_hz));
                let (codec, n) = (self.demuxer.codec().into(), channels.count());
                let channels = u32::try_from(n).unwrap_or(u32::MAX);
                to.stream(&Stream { codec, sample_rate_hz: rate_hz, channels });
                to.rate(rate_hz)?;
            }
        }
        self.format = Some((rate_hz, channels));
        Ok(())
    }

    /// The trim of the whole file. If an edit is as long as the sample table, up to one tick of its own coarser time
    /// base, the length of the sample table is used.
    fn whole(&self, rate_hz: u32) -> Trim {
        let Some(audible) = self.audible else { return Trim { skip: 0, keep: u64::MAX } };
        let skip = audible.skip.frames(rate_hz);
        let by_table = self.table.map(|table| table.frames(rate_hz)).filter(|&table| table > skip);
        let keep = audible.keep.map_or(u64::MAX, |keep| keep.frames(rate_hz));
        Trim { skip, keep: keep.min(by_table.map_or(u64::MAX, |table| table - skip)) }
    }

    /// Passes on the part of `interleaved` that is kept.
    fn forward(&mut self, to: &mut dyn Frames) -> Result<(), Error> {
        let Some((rate_hz, channels)) = &self.format else { return Ok(()) };
        let width = channels.count();
        let n = self.interleaved.len() / width;
        self.decoded_s += n as f64 / f64::from(*rate_hz);
        let Some(Trim { skip, keep }) = &mut self.trim else { return Ok(()) };
        let skipped = n.min(usize::try_from(*skip).unwrap_or(usize::MAX));
        let kept = (n - skipped).min(usize::try_from(*keep).unwrap_or(usize::MAX));
        *skip -= skipped as u64;
        *keep -= kept as u64;
        let kept = &self.interleaved[skipped * width..(skipped + kept) * width];
        match &mut self.ending {
            Some(ending) => ending.push(kept, channels, to),
            None => to.push(kept, channels),
        }
    }
}
