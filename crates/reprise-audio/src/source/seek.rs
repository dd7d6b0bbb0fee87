//! Seeks into the middle of a file on the same time axis as decoding from the beginning.
//!
//! Timestamps of containers have different origins, with priming before or after zero. So the beginning is decoded up
//! to the first packet that yields frames: its end timestamp less the number of frames so far is the origin. The same
//! subtraction gives the position of the first packet after a seek. This is exact to the frame, except that timestamps
//! in Matroska are in milliseconds.

use symphonia::core::packet::Packet;

use super::{Source, Trim};
use crate::demux::Step;
use crate::error::Error;

/// How much is decoded before the target and discarded, so that decoders that depend on earlier packets can recover.
/// Opus needs 80 ms (RFC 7845 §4.6), MP3 up to nine frames because of its bit reservoir.
const PREROLL_S: f64 = 0.3;

/// After this many packets without frames, the seek fails.
const MOST_SILENT_PACKETS: u32 = 64;

/// The timestamp of the track at the first frame, in frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub rate_hz: u32,
    frames: i128,
}

/// A packet that yields frames.
struct Sound {
    packet: Packet,
    /// The number of its frames, and the number of frames decoded since the search began, including these.
    frames: i128,
    so_far: i128,
}

impl Source {
    /// Decodes the beginning and discards it. `None` if the file has no timestamps or does not support seeking.
    pub fn origin(&mut self) -> Result<Option<Origin>, Error> {
        if !self.demuxer.can_seek() {
            return Ok(None);
        }
        let Some(first) = self.first_sound()? else { return Ok(None) };
        let Some((rate_hz, _)) = self.format else { return Ok(None) };
        self.trim = Some(self.whole(rate_hz));
        Ok(self.end_of(&first.packet, rate_hz).map(|end| Origin { rate_hz, frames: end - first.so_far }))
    }

    /// Moves to `frame` of the part that is meant to be played. Returns false if the container does not find it or
    /// finds a later position; the source must not be used after that.
    pub fn seek(&mut self, origin: Origin, frame: u64) -> Result<bool, Error> {
        let Some(whole) = self.trim else { return Ok(false) };
        let wanted = i128::from(whole.skip) + i128::from(frame);
        let preroll = (PREROLL_S * f64::from(origin.rate_hz)) as i128;
        let ticks = self.ticks_at(origin.frames + wanted - preroll, origin.rate_hz);
        if wanted <= preroll || !ticks.is_some_and(|ticks| self.demuxer.seek(ticks)) {
            return Ok(false);
        }
        self.decoder.reset();
        if let Some(ending) = &mut self.ending {
            ending.forget();
        }
        let Some(first) = self.first_sound()? else { return Ok(false) };
        let Some(end) = self.end_of(&first.packet, origin.rate_hz) else { return Ok(false) };
        let Ok(skip) = u64::try_from(wanted - (end - first.frames - origin.frames)) else { return Ok(false) };
        self.trim = Some(Trim { skip, keep: whole.keep.saturating_sub(frame) });
        self.is_held = true;
        Ok(self.format.as_ref().is_some_and(|(rate_hz, _)| *rate_hz == origin.rate_hz))
    }

    /// The next packet that yields frames and is not trimmed, decoded to `interleaved`.
    fn first_sound(&mut self) -> Result<Option<Sound>, Error> {
        let mut so_far = 0;
        for _ in 0..MOST_SILENT_PACKETS {
            let Step::Packet(packet) = self.demuxer.next()? else { return Ok(None) };
            let Some((rate_hz, channels)) = self.decode(&packet)? else { continue };
            let frames = (self.interleaved.len() / channels.count()) as i128;
            so_far += frames;
            self.format = Some((rate_hz, channels));
            // In symphonia 0.6.1 it varies whether the duration of a trimmed packet includes the trim.
            if frames > 0 && packet.trim_start.get() == 0 && packet.trim_end.get() == 0 {
                return Ok(Some(Sound { packet, frames, so_far }));
            }
        }
        Ok(None)
    }

    /// The end timestamp of a packet, in frames. The end is used because decoders leave out frames only at the start of
    /// a packet: priming, and what a codec cannot decode without the previous packet.
    fn end_of(&self, packet: &Packet, rate_hz: u32) -> Option<i128> {
        let base = self.demuxer.time_base()?;
        let ticks =
            i128::from(packet.pts.get()) + i128::from(packet.trim_start.get()) + i128::from(packet.dur.get());
        let per_s = i128::from(base.denom.get());
        Some((ticks * i128::from(base.numer.get()) * i128::from(rate_hz) + per_s / 2).div_euclid(per_s))
    }

    fn ticks_at(&self, frame: i128, rate_hz: u32) -> Option<i64> {
        let base = self.demuxer.time_base()?;
        let ticks = (frame * i128::from(base.denom.get()))
            .div_euclid(i128::from(base.numer.get()) * i128::from(rate_hz));
        i64::try_from(ticks).ok()
    }
}
