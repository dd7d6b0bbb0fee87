//! The end of an MPEG stream. Its encoder fills the last frame, and LAME's tag says by how much: but the tag may be of
//! another file, or of the first of several that were joined, and is believed only where the stream ends where it says.

use super::frames::Frames;
use crate::demux::MpegEnd;
use crate::error::Error;
use symphonia::core::audio::Channels;
use symphonia::core::packet::Packet;

/// Frames by which a stream may end beside the stated end: what one packet holds.
const TOLERANCE: i64 = 1152;

/// What is kept back of a stream until its end is known.
pub(super) struct Ending {
    stated: MpegEnd,
    /// Where the packet decoded last ends on the track's clock.
    reached: i64,
    held: Vec<f32>,
    channels: Option<Channels>,
}

impl Ending {
    pub fn new(stated: MpegEnd) -> Self {
        Self { stated, reached: 0, held: Vec::new(), channels: None }
    }

    /// Follows the clock.
    pub fn pass(&mut self, packet: &Packet) {
        self.reached = packet.pts.get().saturating_add_unsigned(packet.dur.get());
    }

    /// Nothing is kept of what came before a seek.
    pub fn forget(&mut self) {
        self.held.clear();
    }

    /// Passes on `interleaved` but for as much as may be padding.
    pub fn push(
        &mut self,
        interleaved: &[f32],
        channels: &Channels,
        to: &mut dyn Frames,
    ) -> Result<(), Error> {
        if self.channels.as_ref() != Some(channels) {
            self.release(to)?;
            self.channels = Some(channels.clone());
        }
        self.held.extend_from_slice(interleaved);
        let kept = (self.stated.padding as usize * channels.count()).min(self.held.len());
        let ready = self.held.len() - kept;
        to.push(&self.held[..ready], channels)?;
        self.held.drain(..ready);
        Ok(())
    }

    /// Passes on what was kept, unless it is the padding that was stated.
    pub fn finish(&mut self, to: &mut dyn Frames) -> Result<(), Error> {
        let ends_as_stated = (self.reached - self.stated.end).abs() <= TOLERANCE;
        if ends_as_stated { Ok(()) } else { self.release(to) }
    }

    /// Passes on all that was kept.
    pub fn release(&mut self, to: &mut dyn Frames) -> Result<(), Error> {
        let Some(channels) = &self.channels else { return Ok(()) };
        to.push(&self.held, channels)?;
        self.held.clear();
        Ok(())
    }
}
