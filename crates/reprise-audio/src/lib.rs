//! Reads a file as mono samples for the analysis, as stereo for listening, as tags and as payload identity.
//!
//! Start at [`decode`] and [`stream_stereo`], which run in this process, or at [`worker::Worker`], which runs them in a
//! child process, so that a decoder that crashes or exhausts the memory affects only one file. The meaning of the
//! samples and their way to a loudspeaker are not handled here.

mod atom;
mod bytes;
mod chunk;
mod codec_names;
mod container;
mod decode;
mod demux;
mod ebml;
mod edits;
mod error;
mod fold;
mod identity;
mod mended;
mod mixdown;
mod ogg_page;
mod ogg_short;
mod open;
mod regular;
mod resample;
mod riff;
mod source;
mod spliced;
mod stream_stereo;
mod tags;
pub mod wire;
pub mod worker;

use std::ops::ControlFlow;

pub use decode::decode;
pub use error::Error;
pub use identity::payload_hash;
pub use resample::Resampler;
pub use stream_stereo::{Excerpt, stream_stereo};
pub use tags::{Picture, Tags, read_cover_art, read_tags};

/// Receives the contents of a file in this order: tags once, the stream once, then samples until the end.
pub trait Sink {
    /// The tags of the file; empty if it has none.
    fn tags(&mut self, tags: Tags);

    /// The format of the encoded audio, known after the first packet is decoded.
    fn stream(&mut self, stream: &Stream);

    /// Mono samples at the requested sample rate, some thousands at a time. Full scale is -1..=1, which decoders may
    /// exceed. `Break` ends the decoding with [`Error::Stopped`].
    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()>;
}

/// The format of the encoded audio. If it changes within the file, this is the format at the beginning.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stream {
    /// The short lower-case name: `mp3`, `flac`, `aac`, `pcm_s16le`.
    pub codec: String,
    /// The sample rate of the encoded audio, before resampling.
    pub sample_rate_hz: u32,
    /// The number of channels of the encoded audio, before the mixdown.
    pub channels: u32,
}

/// What is known about a file after all of it was decoded.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Decoded {
    /// The identity of the audio as in [`payload_hash`]: independent of tags and pictures.
    pub payload_hash: [u8; 32],
    /// The length of what was decoded, which may differ from the stated length.
    pub duration_s: f64,
    /// What was wrong with a file that could be decoded nevertheless. Each is a clause that follows the name of the
    /// file.
    pub warnings: Vec<String>,
}
