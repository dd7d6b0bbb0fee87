//! The notes of a rendition, and which instruments play or which singers sing them.

/// One note to be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub start_s: f64,
    pub length_s: f64,
    /// Semitones above middle c; for drums, the number of the drum.
    pub pitch: i32,
    /// The level, 0..=1.
    pub level: f32,
    pub instrument: Instrument,
}

impl Event {
    /// The singer, if the note is sung.
    pub fn singer(&self) -> Option<Singer> {
        match self.instrument {
            Instrument::Voice(singer) => Some(singer),
            _ => None,
        }
    }
}

/// The instrument that plays a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instrument {
    Voice(Singer),
    Flute,
    Piano,
    Guitar,
    Organ,
    Strings,
    Brass,
    Bass,
    Kick,
    Snare,
    HiHat,
}

/// The singer of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Singer {
    Alto,
    Tenor,
}

impl Singer {
    /// The middle of the range that is easiest to sing, in semitones above middle c.
    pub fn middle(self) -> i32 {
        match self {
            Self::Alto => 3,
            Self::Tenor => -5,
        }
    }
}
