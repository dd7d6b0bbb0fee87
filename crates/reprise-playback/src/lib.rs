//! Tracks to the loudspeakers: play, pause, seek, swap one track for another.
//!
//! Start at [`Player`]. Its calls return at once; what has become of them is told as a [`State`].
//!
//! ```text
//! worker process ──pipe──► decoder thread ──ring of 10 s──► mixer, on the device's thread ──► loudspeakers
//!                                  ▲                           │ frames played
//!                                  └──── control thread ◄──────┘──► report
//! ```
//!
//! - The **control thread** does what the calls ask, one after the other. It made the device's stream and keeps it,
//!   since streams may not change threads on every system.
//! - A **voice** is one stretch of one track on its way out: a worker process that decodes it, a thread that reads
//!   from the worker, and a ring of samples. Seeking makes a new voice.
//! - The **mixer** neither allocates, nor locks, nor waits: it takes samples from rings, fades, and counts.
//!
//! An old voice sounds until the new one has samples; then they are crossfaded. So a swap has no gap, however
//! slow the disc.
//!
//! Not here: what is played next, and anything about the library.

mod command;
mod control;
mod mixer;
pub mod output;
mod player;
mod ramp;
mod speakers;
mod voice;

use std::path::PathBuf;

pub use player::Player;

/// What the player is doing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The track that is played, or was; `None` at first and after a stop.
    pub path: Option<PathBuf>,
    /// Where it is, counted in frames the device has taken, from the second it was started at.
    pub position_s: f64,
    /// Whether it sounds, or will as soon as the first samples are there.
    pub is_playing: bool,
    /// Why it does not: a sentence for the user. Gone with the next play.
    pub problem: Option<String>,
}
