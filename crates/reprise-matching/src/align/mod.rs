//! The soft aligner: how well two tracks follow the same harmony in some key, and where.
//!
//! It is a soft variant of Qmax (Serrà, Serra & Andrzejak, "Cross recurrence quantification for cover song
//! identification", New Journal of Physics 11, 2009). Qmax tests whether two windows are mutual nearest neighbours. The
//! soft aligner measures how much closer they are than the nearest tenth of all windows. `matrix` computes the
//! similarity of all windows. `score` measures the chains of similar windows without keeping them. `path` keeps them
//! and traces them back.

pub(crate) mod likeness;
pub(crate) mod matrix;
pub(crate) mod path;
pub(crate) mod score;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod voice_tests;
