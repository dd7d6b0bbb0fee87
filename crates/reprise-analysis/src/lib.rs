//! From a file to its features: chord-pitch frames, chroma, tuning, the melody, a fingerprint and a waveform.
//!
//! Start at [`Tools`], which creates the analysers for each thread: [`Analyser`] for the first pass (its steps are in
//! `track.rs`), [`VoiceAnalyser`] and [`WordsAnalyser`] for the second pass, and [`FeatureAnalyser`] and
//! [`MelodyAnalyser`] for the matrices of single files. Nothing here depends on the database or on the library.

mod ceiling;
mod error;
mod features;
mod fingerprint;
mod magnitudes;
mod stereo;
mod tools;
mod track;
mod voice;
mod waveform;
mod words;

pub use ceiling::spectral_ceiling;
pub use error::Error;
pub use features::{FeatureAnalyser, FeatureSet, MelodyAnalyser};
pub use fingerprint::fingerprint;
pub use stereo::stereo_sketch;
pub use tools::{DECODE_WORKER_COMMAND, Tools, decode_worker};
pub use track::{Analyser, Frames, Refusal, SHORTEST_MATCHED_S, Sound, TrackAnalysis};
pub use voice::{Excerpt, Singing, Sung, VoiceAnalyser};
pub use waveform::draw;
pub use words::{Line, VoiceRecording, Words, WordsAnalyser};
