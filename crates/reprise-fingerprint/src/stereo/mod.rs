//! Determines whether one file may be removed as a copy of another one.
//!
//! Fingerprints and chroma say that two tracks are the same recording, by their mono mix. They do not notice a missing
//! channel, a small change of speed, or a quiet voice. So the sound of both is compared once more before a file is
//! offered for removal: how loud each of 16 bands is in each channel, fifty times a second.
//!
//! Start at [`StereoSketcher`], which keeps what is compared, and [`compare`].

mod align;
mod channels;
mod compare;
mod differences;
mod ends;
mod judge;
mod levels;
mod moments;
mod refine;

pub use channels::ChannelDifference;
pub use compare::{TrueCopy, Verdict, compare};
pub use levels::{STEREO_RATE_HZ, StereoSketch, StereoSketcher};

#[cfg(test)]
mod tests;
