//! Tells whether two tracks are the same audio, whatever their encodings: Chromaprint's fingerprints, made and
//! compared.
//!
//! A fingerprint follows the spectrum closely. It survives encoders, equalisers, compressors and cuts, and nothing that
//! is played anew: what it finds is one recording, where the rest of Reprise finds one work. Whether that recording is
//! whole in both is then asked of their frames, one by one.

mod closely;
mod compare;
mod fingerprint;
mod index;
mod sameness;
mod sketch;

pub use closely::Sounding;
pub use compare::{Stretch, shared, shared_anywhere};
pub use fingerprint::{Fingerprint, Fingerprinter, ITEM_S, VERSION};
pub use index::Sketches;
pub use sameness::{Sameness, Side, compare};

#[cfg(test)]
mod tests;
