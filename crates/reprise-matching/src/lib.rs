//! Feature frames to alignments, neighbours and clusters: pure mathematics.
//!
//! Start at [`Track`], which prepares a recording; [`score`] compares two of them fast, [`align`] says which seconds
//! match. [`centre`] makes scores comparable, [`cluster`] groups them, [`shortlist`] finds candidates without
//! aligning, [`qmax`] is the readable reference. No files, no threads, no clocks.

mod align;
pub mod centre;
pub mod cluster;
pub mod qmax;
mod settings;
pub mod shortlist;
#[cfg(test)]
mod synthetic;
mod track;
mod transpose;

pub use align::likeness::{Likeness, likeness};
pub use align::path::{Alignment, Span, align};
pub use align::score::{Score, Scratch, score, score_with};
pub use settings::Settings;
pub use track::{BLOCK_FRAMES, LONGEST_BLOCKS, Track};
