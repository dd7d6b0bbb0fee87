//! From a track to its sung melody: the steps between the networks.
//!
//! ```text
//! samples 44.1 kHz ──Spectra──► segments ──(models/vocals: mask)──► Resynthesis ──► vocals 44.1 kHz
//!                └──Powers──► weight of each frame
//!   ──(resampled)──► vocals 16 kHz ──LogMel──(models/melody: salience)──► PitchClasses ──Grid──► melody [n_frames, 12]
//! ```
//!
//! The melody is on the same grid as chord-pitch and chroma, and is small where hardly anybody sings. All numbers are
//! in `models/features/voice-v2.toml`, the formulae in `voice.md` beside it.

mod fold;
mod log_mel;
mod powers;
mod spec;
mod spectra;

pub use fold::{Grid, PitchClasses};
pub use log_mel::LogMel;
pub use powers::Powers;
pub use spec::VoiceSpec;
pub use spectra::{Resynthesis, Segment, Spectra};
