//! The soft aligner: how well two tracks follow the same harmony at some key, and where.
//!
//! A soft variant of Qmax (Serrà, Serra & Andrzejak, "Cross recurrence quantification for cover song
//! identification", New Journal of Physics 11, 2009): where Qmax asks whether two moments are mutual nearest
//! neighbours, this asks how much closer they are than the nearest tenth of moments. `matrix` computes the likeness
//! of all moments, `score` runs through it without keeping it, `path` keeps it and traces back.

pub(crate) mod likeness;
pub(crate) mod matrix;
pub(crate) mod path;
pub(crate) mod score;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod voice_tests;
