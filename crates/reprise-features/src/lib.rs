//! Samples to constant-Q, CREMA input and chroma, and to what the sung melody is read from: pure functions.
//!
//! A track takes two passes. The first streams samples through [`CqtStream`] and gives each frame of linear
//! magnitudes to [`Loudest`] and [`Activity`]; the second reads the frames back and turns each into CREMA's input
//! ([`hcqt_frame`]) and chroma ([`chroma_frame`]), which are relative to the loudest cell of the whole track.
//! Where the frames wait meanwhile is the caller's business.
//!
//! No files, threads, clocks or chance: equal samples give equal features. All numbers of the chain stand in
//! `models/features/v1.toml`, its formulae in the README beside it. Start reading at [`cqt`].

pub mod activity;
pub mod chroma;
pub mod cqt;
mod error;
pub mod hcqt;
pub mod spec;
pub mod tuning;
mod version;
pub mod voice;

pub use activity::{Activity, Verdict};
pub use chroma::chroma_frame;
pub use cqt::{CqtStream, frame_count};
pub use error::Error;
pub use hcqt::{Loudest, hcqt_frame};
pub use spec::Spec;
pub use version::Versions;
