//! The end of an MPEG stream. The encoder pads the last frame, and LAME's tag states by how much. But the tag may come
//! from another file, or from the first of several joined files, so it is used only if the stream ends where it says.

use super::frames::Frames;
use crate::demux::MpegEnd;
use crate::error::Error;
use symphonia::core::audio::Channels;
use symphonia::core::packet::Packet;

/// How many frames the actual end may differ from the stated one: the frames of one packet.
const TOLERANCE: i64 = 1152;

/// Frames that are held back until the end of the stream is known.
pub(super) struct Ending {
    stated: MpegEnd,
    /// The timestamp at which the packet decoded last ends.
    reached: i64,
    held: Vec<f32>,
    channels: Option<Channels>,
}

impl Ending {
    pub fn new(stated: MpegEnd) -> Self {
        Self { stated, reached: 0, held: Vec::new(), channels: None }
    }

    /// Follows the timestamps.
    pub fn pass(&mut self, packet: &Packet) {
        self.reached = packet.pts.get().saturating_add_unsigned(packet.dur.get());
    }

    /// Discards the frames held back, because they came before a seek.
    pub fn forget(&mut self) {
        self.held.clear();
    }

    /// Passes on `interleaved` except for as many frames as may be padding.
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

    /// Passes on the frames held back, unless they are the stated padding.
    pub fn finish(&mut self, to: &mut dyn Frames) -> Result<(), Error> {
        let ends_as_stated = (self.reached - self.stated.end).abs() <= TOLERANCE;
        if ends_as_stated { Ok(()) } else { self.release(to) }
    }

    /// Passes on all frames held back.
    pub fn release(&mut self, to: &mut dyn Frames) -> Result<(), Error> {
        let Some(channels) = &self.channels else { return Ok(()) };
        to.push(&self.held, channels)?;
        self.held.clear();
        Ok(())
    }
}
