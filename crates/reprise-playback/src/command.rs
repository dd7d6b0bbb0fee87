//! The messages from the player, the device and the decoders to the control thread.

use std::path::PathBuf;

use reprise_audio::Error;

/// A message to the control thread.
pub(crate) enum Command {
    Play(PathBuf, f64),
    Pause,
    Resume,
    Seek(f64),
    Stop,
    Volume(f32),
    /// The device with this number is lost and makes no more calls.
    Lost(u64),
    /// The voice with this number will get no more samples.
    Failed(u64, Error),
    Quit,
}
