//! The promises that every reader of foreign bytes must keep, whatever the bytes.
//!
//! Start at [`TARGETS`]. A target is one function in `target/` that takes bytes and panics when a promise is broken.
//! Targets are run by `tests/smoke.rs`, a test on the seeds and a fixed number of mutations of them, and by
//! `libfuzzer/`, which searches for any length of time (`scripts/fuzz.sh`). CONTRIBUTING.md says what to do with a
//! finding.

mod input_file;
mod mutate;
mod own_panics;
mod seeds;
mod taker;
mod target;

pub use mutate::Mutator;
pub use target::{TARGETS, Target};
