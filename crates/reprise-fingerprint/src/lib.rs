//! Tells whether two tracks are the same audio, whatever their encodings: Chromaprint's fingerprints, made and compared.
//!
//! A fingerprint follows the spectrum closely. It survives encoders, equalisers, compressors and cuts, and nothing that is
//! played anew: what it finds is one recording, where the rest of Reprise finds one work.

mod compare;
mod fingerprint;
mod index;
mod sameness;
mod sketch;

pub use compare::{Stretch, shared};
pub use fingerprint::{Fingerprint, Fingerprinter, ITEM_S, VERSION};
pub use index::Sketches;
pub use sameness::Sameness;

#[cfg(test)]
mod tests;
