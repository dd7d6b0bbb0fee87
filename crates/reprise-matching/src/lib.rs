//! Feature frames to alignments, neighbours and clusters: pure mathematics.
//!
//! Start at [`Track`], which prepares a recording; [`score`] compares two of them fast, [`align`] says which seconds
//! match. [`voice_score`] does the same by what is sung, [`fuse`] puts both together. [`normalise`] makes scores
//! comparable, [`cluster`] groups them, [`cliques`] more strictly, [`baselines`] finds candidates without aligning,
//! [`local_embeddings`] among many by vectors of a network, [`qmax`] is the readable reference. No files, no threads,
//! no clocks.

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

pub use align::likeness::{Likeness, likeness};
pub use align::path::{Alignment, Span, View, align, align_at, align_by};
pub use align::score::{Score, Scratch, score, score_with, voice_score};
pub use cliques::cliques;
pub use settings::{BLOCK_FRAMES, Settings};
pub use track::{LONGEST_BLOCKS, Track};
pub use voice::{sung_frames, sung_share};
