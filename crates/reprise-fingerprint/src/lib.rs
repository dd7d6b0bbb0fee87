//! Determines whether two tracks are the same audio, whatever their encodings: computes and compares Chromaprint's
//! fingerprints.
//!
//! A fingerprint follows the spectrum closely. It survives encoders, equalisers, compressors and cuts, but no new
//! performance: it finds one recording, while the rest of Reprise finds one work. Whether that recording is complete in
//! both tracks is then determined frame by frame.

mod closely;
mod compare;
mod fingerprint;
mod index;
mod sameness;
mod sketch;
pub mod stereo;

pub use closely::Sounding;
pub use compare::{Stretch, shared, shared_anywhere};
pub use fingerprint::{Fingerprint, Fingerprinter, ITEM_S, VERSION};
pub use index::Sketches;
pub use sameness::{Sameness, Side, compare};

#[cfg(test)]
mod tests;
