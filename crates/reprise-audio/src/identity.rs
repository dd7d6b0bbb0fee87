//! The identity of the encoded audio of a recording. It does not change when a file is renamed, moved or retagged.

use std::ops::ControlFlow;
use std::path::Path;

use crate::demux::{Demuxer, Step};
use crate::error::Error;

/// How many packets are read between two calls of `tick`: far less than a second of work, even from a slow disc.
const PACKETS_PER_TICK: u32 = 64;

/// BLAKE3 of the codec's short name, a zero byte, and the bytes of all packets of the audio track in order.
///
/// Nothing is decoded. Packets do not contain tags, pictures or the framing of the container, so that rewriting tags
/// does not change the hash. [`crate::decode`] returns the same hash.
pub fn payload_hash(path: &Path) -> Result<[u8; 32], Error> {
    payload_hash_ticking(path, &mut || ControlFlow::Continue(()))
}

/// Like [`payload_hash`], but regularly calls `tick`, which may stop it.
pub(crate) fn payload_hash_ticking(
    path: &Path,
    tick: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<[u8; 32], Error> {
    let mut demuxer = Demuxer::open(path)?;
    let mut n_packets = 0u32;
    loop {
        match demuxer.next()? {
            Step::Packet(_) => n_packets = n_packets.wrapping_add(1),
            Step::Restart => {}
            Step::End => return Ok(demuxer.hash()),
        }
        if n_packets.is_multiple_of(PACKETS_PER_TICK) && tick().is_break() {
            return Err(Error::Stopped);
        }
    }
}
