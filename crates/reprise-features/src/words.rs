//! From a separated voice to the input of the speech recogniser.
//!
//! ```text
//! weights of the voice ──passages──► which samples are listened to ──segments──► 30 s each
//! vocals 16 kHz ──────────────────────────────────────────────────────────────────┴─WordsLogMel──► [n_mels, n_frames]
//! ```
//!
//! All numbers are in `models/features/words-v1.toml`. The recogniser is Whisper (Radford et al., "Robust speech
//! recognition via large-scale weak supervision", ICML 2023), which reads 30 s of log-mel frames at once.

mod log_mel;
mod passages;
mod spec;

pub use log_mel::WordsLogMel;
pub use passages::{passages, segments};
pub use spec::WordsSpec;
