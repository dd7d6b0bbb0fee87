//! The networks that analyse a voice, one set per thread.

use reprise_inference::{Melody, Vocals, VoiceActivity};

/// The networks of one thread.
pub(super) struct Networks<'a> {
    pub vocals: &'a mut Vocals,
    pub activity: &'a mut VoiceActivity,
    pub melody: &'a mut Melody,
}
