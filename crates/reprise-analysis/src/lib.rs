//! From a file to its features: chord-pitch frames, chroma, tuning, the sung melody, a fingerprint, a waveform.
//!
//! Start at [`Tools`], which creates the analysers of each thread: [`Analyser`] for the first pass (its chain is in
//! `track.rs`), [`VoiceAnalyser`] for the second, [`FeatureAnalyser`] and [`MelodyAnalyser`] for matrices of single
//! files. Nothing here knows rows, tracks or libraries.

mod error;
mod features;
mod fingerprint;
mod magnitudes;
mod tools;
mod track;
mod voice;
mod waveform;

pub use error::Error;
pub use features::{FeatureAnalyser, FeatureSet, MelodyAnalyser};
pub use fingerprint::fingerprint;
pub use tools::{DECODE_WORKER_COMMAND, Tools, decode_worker};
pub use track::{Analyser, Frames, Refusal, SHORTEST_MATCHED_S, Sound, TrackAnalysis};
pub use voice::{Excerpt, Singing, VoiceAnalyser};
pub use waveform::draw;
