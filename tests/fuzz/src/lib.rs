//! What every reader of foreign bytes must hold, whatever the bytes.
//!
//! Start at [`TARGETS`]. A target is one function of bytes, in `target/`, that panics when a promise is broken. Two
//! drive them: `tests/smoke.rs`, a plain test over the seeds and a fixed number of mutations of them, and `libfuzzer/`,
//! which searches for as long as one likes (`scripts/fuzz.sh`). CONTRIBUTING.md says what to do with a finding.

mod input_file;
mod mutate;
mod own_panics;
mod seeds;
mod taker;
mod target;

pub use mutate::Mutator;
pub use target::{TARGETS, Target};
