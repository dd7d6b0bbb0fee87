//! What is played: notes, and who plays or sings them.

/// One note to be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub start_s: f64,
    pub length_s: f64,
    /// Semitones above middle c; for drums, which one.
    pub pitch: i32,
    /// 0..=1.
    pub level: f32,
    pub instrument: Instrument,
}

impl Event {
    /// Who sings it, if anybody does.
    pub fn singer(&self) -> Option<Singer> {
        match self.instrument {
            Instrument::Voice(singer) => Some(singer),
            _ => None,
        }
    }
}

/// Who plays.
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

/// Who sings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Singer {
    Alto,
    Tenor,
}

impl Singer {
    /// Semitones above middle c of the notes that are easiest to sing.
    pub fn middle(self) -> i32 {
        match self {
            Self::Alto => 3,
            Self::Tenor => -5,
        }
    }
}
