//! The networks, run by ONNX Runtime: CREMA for chord-pitch, three networks for the voice, two of ASimT for the
//! embeddings of tracks, and Whisper for words.
//!
//! Start at [`Crema`]; [`Vocals`], [`VoiceActivity`], [`Melody`], [`Asimt`] and [`Recogniser`] are used in the same way. [`Runtime`] is
//! ONNX Runtime itself: there is one for the whole process, and it knows the [`Device`]s to try. [`Manifest`] describes
//! what a model file must be before it is run. [`find_runtime_library`] and [`find_models`] find the library and the
//! models. This crate does not read audio, and it does not know what the frames are used for.

mod asimt;
mod crema;
mod device;
mod error;
mod locate;
mod manifest;
mod melody;
mod network;
mod placed;
mod plan;
mod refusal;
mod runtime;
mod segments;
mod vector_space;
mod views;
mod vocabulary;
mod vocals;
mod voice_activity;
mod words;

pub use asimt::{Asimt, EmbedderInput, Embedding};
pub use crema::{Crema, N_PITCH_CLASSES};
pub use device::{Device, UnusedDevice};
pub use error::Error;
pub use locate::{find_models, find_runtime_library, find_words};
pub use manifest::{Axis, CodebookFile, Manifest, Source, Tensor};
pub use melody::Melody;
pub use plan::{LocalPlan, VectorKind, VectorPlan};
pub use runtime::Runtime;
pub use segments::{CONTEXT_FRAMES, CremaStream, SEGMENT_FRAMES};
pub use vector_space::{Origin, VectorSpace, embedder_of};
pub use views::Embedder;
pub use vocabulary::Token;
pub use vocals::Vocals;
pub use voice_activity::VoiceActivity;
pub use words::{Heard, Opening, Recogniser, Said};
