//! From samples to constant-Q frames, CREMA's input and chroma, and the steps between the networks that compute the
//! sung melody: pure functions.
//!
//! A track takes two passes. The first streams samples through [`CqtStream`] and gives each frame of linear magnitudes
//! to [`Loudest`] and [`Activity`]. The second reads the frames again and turns each into CREMA's input
//! ([`hcqt_frame`]) and chroma ([`chroma_frame`]), which are relative to the loudest cell of the whole track. The
//! caller stores the frames between the passes.
//!
//! There are no files, threads, clocks or random numbers: equal samples give equal features. All numbers of the chain
//! are in `models/features/v1.toml`, its formulae in the README beside it. Start reading at [`cqt`].

pub mod activity;
mod ceiling;
pub mod chroma;
pub mod cqt;
mod error;
pub mod hcqt;
mod mel;
pub mod spec;
pub mod tuning;
mod version;
pub mod voice;
pub mod words;

pub use activity::{Activity, Verdict};
pub use ceiling::SpectralCeiling;
pub use chroma::chroma_frame;
pub use cqt::{CqtStream, frame_count};
pub use error::Error;
pub use hcqt::{Loudest, hcqt_frame};
pub use spec::Spec;
pub use version::Versions;
