//! What decoded frames are handed to.

use symphonia::core::audio::Channels;

use crate::Stream;
use crate::error::Error;

/// Receives what a [`Source`](super::Source) decodes.
pub(crate) trait Frames {
    /// The first format, before anything else.
    fn stream(&mut self, stream: &Stream);

    /// The rate of the frames that follow: the first one, and each that differs from the one before.
    fn rate(&mut self, rate_hz: u32) -> Result<(), Error>;

    /// Some frames, `[n_frames, channels]`.
    fn push(&mut self, interleaved: &[f32], channels: &Channels) -> Result<(), Error>;
}
