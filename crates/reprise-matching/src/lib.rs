//! From feature frames to alignments, neighbours and clusters: mathematics only.
//!
//! Start at [`Track`], which prepares a recording for alignment. [`score`] compares two tracks quickly; [`align`] finds
//! the seconds that match. [`voice_score`] compares the sung melodies, and [`fuse`] combines both scores. [`normalise`]
//! makes scores comparable. [`cluster`] groups recordings by their scores, [`cliques`] groups them more strictly.
//! [`baselines`] finds candidates without alignment; [`local_embeddings`] finds them among many tracks by the
//! embeddings of a network. [`qmax`] is the readable reference aligner. This crate uses no files, no threads and no
//! clocks.

mod align;
pub mod baselines;
mod blocks;
mod cliques;
pub mod cluster;
pub mod fuse;
pub mod local_embeddings;
pub mod normalise;
pub mod qmax;
mod settings;
#[cfg(test)]
mod synthetic;
mod track;
mod transpose;
mod voice;
pub mod words;

pub use align::likeness::{Likeness, likeness};
pub use align::path::{Alignment, Span, View, align, align_at, align_by};
pub use align::score::{Score, Scratch, score, score_with, voice_score};
pub use cliques::cliques;
pub use settings::{BLOCK_FRAMES, Settings};
pub use track::{LONGEST_BLOCKS, Track};
pub use voice::{sung_frames, sung_share};
