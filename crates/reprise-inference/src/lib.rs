//! The networks, through ONNX Runtime: CREMA's chord pitches, the three that hear a voice, and ASimT's two, which
//! embed tracks.
//!
//! Start at [`Crema`]; [`Vocals`], [`VoiceActivity`], [`Melody`] and [`Asimt`] are alike. [`Runtime`] is ONNX Runtime
//! itself, one for the whole process, and knows the [`Device`]s that may be tried; [`Manifest`] says what a model file
//! must be before it is run; [`find_runtime_library`] and [`find_models`] say where both lie. Nothing here reads audio
//! or knows what the frames are used for.

mod asimt;
mod crema;
mod device;
mod error;
mod locate;
mod manifest;
mod melody;
mod network;
mod placed;
mod refusal;
mod runtime;
mod segments;
mod vector_space;
mod views;
mod vocals;
mod voice_activity;

pub use asimt::{Asimt, EmbedderInput, Embedding};
pub use crema::{Crema, N_PITCH_CLASSES};
pub use device::{Device, UnusedDevice};
pub use error::Error;
pub use locate::{find_models, find_runtime_library};
pub use manifest::{Axis, CodebookFile, Manifest, Source, Tensor, VectorPlan};
pub use melody::Melody;
pub use runtime::Runtime;
pub use segments::{CONTEXT_FRAMES, CremaStream, SEGMENT_FRAMES};
pub use vector_space::VectorSpace;
pub use views::Embedder;
pub use vocals::Vocals;
pub use voice_activity::VoiceActivity;
