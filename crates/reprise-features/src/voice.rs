//! From a track to the melody that is sung in it: what happens between the networks.
//!
//! ```text
//! samples 44.1 kHz ──Spectra──► segments ──(models/vocals: mask)──► Resynthesis ──► vocals 44.1 kHz
//!   ──(resampled)──► vocals 16 kHz ──(models/voice-activity)──► Passages, where somebody sings
//!                          └──LogMel──(models/melody: salience)──► PitchClasses ──Grid──► melody [n_frames, 12]
//! ```
//!
//! The melody stands on the same grid as CREMA and chroma and is zero where nobody sings. All numbers are in
//! `models/features/voice-v1.toml`, the formulae in `voice.md` beside it.

mod fold;
mod log_mel;
mod passages;
mod spec;
mod spectra;

pub use fold::{Grid, PitchClasses};
pub use log_mel::LogMel;
pub use passages::passages;
pub use spec::VoiceSpec;
pub use spectra::{Resynthesis, Segment, Spectra};
