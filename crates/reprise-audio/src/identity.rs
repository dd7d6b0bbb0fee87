//! Identity of a recording's encoded audio: the same for a renamed, moved or retagged file.

use std::ops::ControlFlow;
use std::path::Path;

use crate::demux::{Demuxer, Step};
use crate::error::Error;

/// Packets between two calls of `tick`: far less than a second, even from a slow disc.
const PACKETS_PER_TICK: u32 = 64;

/// BLAKE3 of the codec's short name, a zero byte and the bytes of all packets of the audio track in order.
///
/// Nothing is decoded. Packets do not include tags, pictures or the container's framing, so rewriting tags
/// leaves the hash alone; it is the one that [`crate::decode`] returns.
pub fn payload_hash(path: &Path) -> Result<[u8; 32], Error> {
    payload_hash_ticking(path, &mut || ControlFlow::Continue(()))
}

/// As [`payload_hash`]; `tick` is called now and then, and may stop it.
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
