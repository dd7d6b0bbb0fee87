//! A file to mono samples for the analysis, to stereo for listening, to tags and payload identity.
//!
//! Start at [`decode`] and [`stream_stereo`], which run in this process, or at [`worker::Worker`], which runs them in a
//! child process so that a decoder that crashes or eats memory costs one file. Not here: what the samples mean,
//! and how they reach a loudspeaker.

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

/// Receives what a file holds, in this order: tags once, the stream once, then samples until the end.
pub trait Sink {
    /// What the file says of itself; empty where it says nothing.
    fn tags(&mut self, tags: Tags);

    /// The format of the encoded audio, known once the first packet is decoded.
    fn stream(&mut self, stream: &Stream);

    /// Mono samples at the rate asked for, some thousands at a time; full scale is -1..=1, and decoders may
    /// overshoot it. `Break` ends decoding with [`Error::Stopped`].
    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()>;
}

/// The format of the encoded audio. Where it changes in mid-file, this is the beginning's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stream {
    /// Short lower-case name: `mp3`, `flac`, `aac`, `pcm_s16le`.
    pub codec: String,
    /// Rate of the encoded audio, before resampling.
    pub sample_rate_hz: u32,
    /// Channels of the encoded audio, before the mixdown.
    pub channels: u32,
}

/// What is known of a file once all of it has been decoded.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Decoded {
    /// Identity of the audio, as [`payload_hash`] gives it: the same whatever the tags and pictures say.
    pub payload_hash: [u8; 32],
    /// Length of what was decoded, not what the file claims.
    pub duration_s: f64,
    /// What was wrong with a file that could still be decoded; each a clause that follows the file's name.
    pub warnings: Vec<String>,
}
