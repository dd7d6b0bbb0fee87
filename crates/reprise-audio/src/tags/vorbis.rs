//! Vorbis comments in FLAC and in Ogg (Vorbis, Opus, FLAC and Speex). Pictures among them are skipped,
//! <https://xiph.org/vorbis/doc/v-comment.html>.

use std::io::{self, Read};

use super::fields::{LONGEST_VALUE, Tag};
use super::ogg::Packets;
use super::text::Text;
use crate::bytes::{Bytes, Stream, be32, le32};

/// The largest number of comments of one tag that is read.
const MOST_COMMENTS: u32 = 10_000;

/// The largest number of metadata blocks of a FLAC file that is read.
const MOST_BLOCKS: u32 = 2000;

/// The type of a FLAC block that contains comments.
const COMMENT_BLOCK: u8 = 4;

/// The space that is enough for the name of a comment.
const NAME: u64 = 64;

/// The comments, starting with the name of the vendor. The end of the stream ends them.
fn comments(stream: &mut dyn Stream) -> io::Result<Tag> {
    let Some(vendor_len) = number(stream)? else { return Ok(Tag::default()) };
    listed(stream, vendor_len)
}

/// The comments, starting after the length of the vendor's name.
fn listed(stream: &mut dyn Stream, vendor_len: u32) -> io::Result<Tag> {
    let mut tag = Tag::default();
    stream.skip(vendor_len.into())?;
    let n = number(stream)?.unwrap_or(0);
    for _ in 0..n.min(MOST_COMMENTS) {
        let Some(len) = number(stream)? else { break };
        let (mut comment, len) = (Vec::new(), u64::from(len));
        let wanted = if len <= LONGEST_VALUE as u64 { len } else { NAME };
        stream.take(wanted).read_to_end(&mut comment)?;
        stream.skip(len - wanted)?;
        let mut parts = comment.splitn(2, |byte| *byte == b'=');
        let (key, value) = (parts.next().unwrap_or_default(), parts.next());
        if let (Ok(key), Some(value), true) = (std::str::from_utf8(key), value, wanted == len) {
            tag.push_named(key, Text::utf8(value));
        }
    }
    Ok(tag)
}

fn number(stream: &mut dyn Stream) -> io::Result<Option<u32>> {
    let mut bytes = Vec::new();
    stream.take(4).read_to_end(&mut bytes)?;
    Ok((bytes.len() == 4).then(|| le32(&bytes)))
}

/// The comments in the blocks of a FLAC file whose signature is at `at`.
pub(super) fn flac(bytes: &mut Bytes, at: u64) -> io::Result<Vec<Tag>> {
    let (mut tags, mut at) = (Vec::new(), at + 4);
    for _ in 0..MOST_BLOCKS {
        let Some(head) = bytes.array::<4>(at)? else { break };
        let end = at + 4 + u64::from(be32(&head) & 0x00FF_FFFF);
        if head[0] & 0x7F == COMMENT_BLOCK {
            tags.push(comments(&mut bytes.span(at + 4, end))?);
        }
        if head[0] & 0x80 != 0 {
            break;
        }
        at = end;
    }
    Ok(tags)
}

/// The comments of the first stream in an Ogg file that has some.
pub(super) fn ogg(bytes: &mut Bytes) -> io::Result<Option<Tag>> {
    let Some(mut packets) = Packets::of_first_audio(bytes)? else { return Ok(None) };
    for _ in 0..MOST_BLOCKS {
        if !packets.next_packet()? {
            break;
        }
        let mut head = Vec::new();
        packets.by_ref().take(4).read_to_end(&mut head)?;
        match head.as_slice() {
            b"\x03vor" => packets.skip(3)?,
            b"Opus" => packets.skip(4)?,
            // Blocks other than comments are skipped. The last block and frames end the search.
            [kind, ..] if packets.is_flac && kind & 0x7F == COMMENT_BLOCK => {}
            [kind, ..] if packets.is_flac && *kind < 0x80 => continue,
            // In Speex the comments begin directly with the length of the vendor's name.
            _ if packets.is_speex => return listed(&mut packets, le32(&head)).map(Some),
            _ => break,
        }
        return comments(&mut packets).map(Some);
    }
    Ok(None)
}
