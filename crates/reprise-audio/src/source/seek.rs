//! Into the middle of a file on the time axis of its beginning.
//!
//! Containers count in clocks of their own, with priming before zero or after it. So the beginning is decoded up
//! to the first packet that sounds: the end of its time less all frames so far is the clock's origin, and the same
//! sum places the first packet after the seek. That is exact to the frame, except that Matroska's clock ticks in
//! milliseconds.

use symphonia::core::packet::Packet;

use super::{Source, Trim};
use crate::demux::Step;
use crate::error::Error;

/// Decoded before the place and thrown away, until decoders that lean on earlier packets have recovered: Opus
/// asks for 80 ms (RFC 7845 §4.6), MP3 for up to nine frames of its bit reservoir.
const PREROLL_S: f64 = 0.3;

/// Packets without sound after which no place is found.
const MOST_SILENT_PACKETS: u32 = 64;

/// Where the track's clock stands when the first frame sounds, in frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub rate_hz: u32,
    frames: i128,
}

/// A packet that sounds.
struct Sound {
    packet: Packet,
    /// Its frames, and those decoded since the search began, with it.
    frames: i128,
    so_far: i128,
}

impl Source {
    /// Decodes the beginning, to nowhere. `None` where the file has no clock or cannot be sought in.
    pub fn origin(&mut self) -> Result<Option<Origin>, Error> {
        if !self.demuxer.can_seek() {
            return Ok(None);
        }
        let Some(first) = self.first_sound()? else { return Ok(None) };
        let Some((rate_hz, _)) = self.format else { return Ok(None) };
        self.trim = Some(self.whole(rate_hz));
        Ok(self.end_of(&first.packet, rate_hz).map(|end| Origin { rate_hz, frames: end - first.so_far }))
    }

    /// Moves to `frame` of what is heard. False where the container does not find it, or finds a later place:
    /// the source is then of no more use.
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

    /// The next packet that gives frames and is not trimmed, decoded to `interleaved`.
    fn first_sound(&mut self) -> Result<Option<Sound>, Error> {
        let mut so_far = 0;
        for _ in 0..MOST_SILENT_PACKETS {
            let Step::Packet(packet) = self.demuxer.next()? else { return Ok(None) };
            let Some((rate_hz, channels)) = self.decode(&packet)? else { continue };
            let frames = (self.interleaved.len() / channels.count()) as i128;
            so_far += frames;
            self.format = Some((rate_hz, channels));
            // symphonia 0.6.1 has two opinions on whether the duration of a trimmed packet includes the trim.
            if frames > 0 && packet.trim_start.get() == 0 && packet.trim_end.get() == 0 {
                return Ok(Some(Sound { packet, frames, so_far }));
            }
        }
        Ok(None)
    }

    /// The end of a packet on the track's clock, in frames. Its end, because decoders leave out frames at the
    /// start of a packet only: priming, and what a codec cannot know without the packet before.
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
