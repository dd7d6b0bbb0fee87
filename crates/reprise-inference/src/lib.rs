//! CREMA input to chord-pitch frames, through ONNX Runtime.
//!
//! Start at [`Crema`]. [`Runtime`] is ONNX Runtime itself, one for the whole process; [`Manifest`] says what a
//! model file must be before it is run; [`find_runtime_library`] and [`find_models`] say where both lie.
//! Nothing here reads audio or knows what the frames are used for.

mod crema;
mod error;
mod locate;
mod manifest;
mod runtime;
mod segments;

pub use crema::{Crema, N_PITCH_CLASSES};
pub use error::Error;
pub use locate::{find_models, find_runtime_library};
pub use manifest::{Axis, Manifest, Source, Tensor};
pub use runtime::Runtime;
pub use segments::{CONTEXT_FRAMES, CremaStream, SEGMENT_FRAMES};
