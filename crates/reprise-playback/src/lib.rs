//! Plays tracks on the loudspeakers: play, pause, seek, replace one track by another.
//!
//! Start at [`Player`]. Its calls return at once; their effect is reported as a [`State`].
//!
//! ```text
//! worker process ──pipe──► decoder thread ──ring of 10 s──► mixer, on the device's thread ──► loudspeakers
//!                                  ▲                           │ frames played
//!                                  └──── control thread ◄──────┘──► report
//! ```
//!
//! - The **control thread** executes the calls one after another. It opens the stream of the device and keeps it,
//!   because on some systems streams must not move between threads.
//! - A **voice** is one part of one track that is being played: a worker process that decodes it, a thread that reads
//!   from the worker, and a ring of samples. Seeking creates a new voice.
//! - The **mixer** neither allocates, nor locks, nor waits: it takes samples from rings, fades, and counts.
//!
//! The old voice plays until the new one has samples; then they are crossfaded. So the change has no gap, even with a
//! slow disc.
//!
//! This crate does not decide what is played next, and knows nothing about the library.

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

/// The state of the player.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The current track; `None` at first and after a stop.
    pub path: Option<PathBuf>,
    /// The position: the second at which playback was started, plus the frames that the device has taken.
    pub position_s: f64,
    /// Whether it plays, or will as soon as there are samples.
    pub is_playing: bool,
    /// Why it does not play, as a sentence for the user. Cleared by the next play.
    pub problem: Option<String>,
}
