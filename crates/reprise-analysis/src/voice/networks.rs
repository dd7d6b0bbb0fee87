//! The networks that hear a voice, as one thread has them.

use reprise_inference::{Melody, Vocals, VoiceActivity};

/// The networks of one ear.
pub(super) struct Networks<'a> {
    pub vocals: &'a mut Vocals,
    pub activity: &'a mut VoiceActivity,
    pub melody: &'a mut Melody,
}
