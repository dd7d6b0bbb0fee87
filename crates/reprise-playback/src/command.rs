//! What goes from the player, the device and the decoders to the control thread.

use std::path::PathBuf;

use reprise_audio::Error;

/// What the control thread is told.
pub(crate) enum Command {
    Play(PathBuf, f64),
    Pause,
    Resume,
    Seek(f64),
    Stop,
    Volume(f32),
    /// The device that was opened as the n-th calls no more.
    Lost(u64),
    /// The voice with this number gets no more samples.
    Failed(u64, Error),
    Quit,
}
