//! The receiver of decoded frames.

use symphonia::core::audio::Channels;

use crate::Stream;
use crate::error::Error;

/// Receives what a [`Source`](super::Source) decodes.
pub(crate) trait Frames {
    /// The first format, before anything else.
    fn stream(&mut self, stream: &Stream);

    /// The sample rate of the frames that follow. It is called for the first rate and for every change.
    fn rate(&mut self, rate_hz: u32) -> Result<(), Error>;

    /// Frames, `[n_frames, channels]`.
    fn push(&mut self, interleaved: &[f32], channels: &Channels) -> Result<(), Error>;
}
