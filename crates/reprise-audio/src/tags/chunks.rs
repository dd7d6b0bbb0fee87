//! Tags in files made of chunks: WAV, RF64, AIFF and CAF.

use std::io;

use super::fields::{Field, LONGEST_VALUE, Tag};
use super::id3v2;
use super::text::Text;
use crate::bytes::{Bytes, be32, be64, le32};

/// Chunks of one file beyond this many are not looked at.
const MOST_CHUNKS: u32 = 10_000;

/// A length that stands elsewhere.
const UNKNOWN: u32 = u32::MAX;

/// ID3v2 before RIFF INFO, whose code page nobody wrote down.
pub(super) fn wav(bytes: &mut Bytes) -> io::Result<Vec<Tag>> {
    let (mut tags, mut info) = (Vec::new(), Tag::default());
    let (mut at, mut data_len) = (12, None);
    for _ in 0..MOST_CHUNKS {
        let Some(head) = bytes.array::<8>(at)? else { break };
        let (from, len) = (at + 8, le32(&head[4..]));
        let len = match (&head[..4], data_len) {
            (b"data", Some(length)) if len == UNKNOWN => length,
            _ => u64::from(len),
        };
        match &head[..4] {
            b"ds64" => data_len = bytes.array::<8>(from + 8)?.map(u64::from_le_bytes),
            b"id3 " | b"ID3 " => tags.extend(id3v2::read(bytes, from)?.map(|(tag, _)| tag)),
            b"LIST" if bytes.get(from, 4)? == b"INFO" => riff_info(bytes, &mut info, from + 4, from + len)?,
            _ => {}
        }
        at = next_chunk(bytes, from.saturating_add(len))?;
    }
    tags.push(info);
    Ok(tags)
}

/// Chunks begin at even places, which some writers do not know.
fn next_chunk(bytes: &mut Bytes, end: u64) -> io::Result<u64> {
    if end.is_multiple_of(2) {
        return Ok(end);
    }
    let is_name = |name: &[u8]| name.len() == 4 && name.iter().all(|byte| matches!(byte, b' '..=b'~'));
    let is_here = is_name(&bytes.get(end, 4)?) && !is_name(&bytes.get(end.saturating_add(1), 4)?);
    Ok(if is_here { end } else { end.saturating_add(1) })
}

fn riff_info(bytes: &mut Bytes, tag: &mut Tag, mut at: u64, end: u64) -> io::Result<()> {
    for _ in 0..MOST_CHUNKS {
        let Some(head) = bytes.array::<8>(at)?.filter(|_| at + 8 <= end) else { break };
        let (from, len) = (at + 8, u64::from(le32(&head[4..])));
        let field = match &head[..4] {
            b"INAM" => Some((Field::Title, 0)),
            b"IART" => Some((Field::Artist, 0)),
            b"IPRD" => Some((Field::Album, 0)),
            b"IALB" => Some((Field::Album, 1)),
            b"IAAR" => Some((Field::AlbumArtist, 0)),
            b"IGNR" => Some((Field::Genre, 0)),
            b"ICRD" => Some((Field::Date, 0)),
            b"YEAR" | b"IDIT" => Some((Field::Date, 1)),
            b"ITRK" | b"IPRT" | b"TRCK" => Some((Field::Track, 0)),
            _ => None,
        };
        if let Some((field, rank)) = field.filter(|_| len <= LONGEST_VALUE as u64) {
            let len = len.min(end - from) as usize;
            let text = bytes.get(from, len)?;
            tag.push(field, rank, Text::Bytes(until_zero(&text).to_vec()));
        }
        at = next_chunk(bytes, from.saturating_add(len))?;
    }
    Ok(())
}

fn until_zero(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// ID3v2 before the format's own chunks.
pub(super) fn aiff(bytes: &mut Bytes) -> io::Result<Vec<Tag>> {
    let (mut tags, mut own, mut at) = (Vec::new(), Tag::default(), 12);
    for _ in 0..MOST_CHUNKS {
        let Some(head) = bytes.array::<8>(at)? else { break };
        let (from, len) = (at + 8, u64::from(be32(&head[4..])));
        let field = match &head[..4] {
            b"ID3 " | b"id3 " => {
                tags.extend(id3v2::read(bytes, from)?.map(|(tag, _)| tag));
                None
            }
            b"NAME" => Some(Field::Title),
            b"AUTH" => Some(Field::Artist),
            _ => None,
        };
        if let Some(field) = field.filter(|_| len <= LONGEST_VALUE as u64) {
            let text = bytes.get(from, len as usize)?;
            own.push(field, 0, Text::Bytes(until_zero(&text).to_vec()));
        }
        at = next_chunk(bytes, from.saturating_add(len))?;
    }
    tags.push(own);
    Ok(tags)
}

/// The strings of the chunk `info`.
pub(super) fn caf(bytes: &mut Bytes) -> io::Result<Tag> {
    let (mut tag, mut at) = (Tag::default(), 8);
    for _ in 0..MOST_CHUNKS {
        let Some(head) = bytes.array::<12>(at)? else { break };
        let (from, len) = (at + 12, be64(&head[4..]));
        if head.starts_with(b"info") {
            let entries = bytes.get(from + 4, len.min(16 * LONGEST_VALUE as u64) as usize)?;
            let mut texts = entries.split(|byte| *byte == 0);
            for _ in 0..be32(&bytes.get(from, 4)?).min(MOST_CHUNKS) {
                let (Some(key), Some(value)) = (texts.next(), texts.next()) else { break };
                tag.push_named(&String::from_utf8_lossy(key), Text::utf8(value));
            }
        }
        // Of a length that is unknown: the rest of the file.
        if len > bytes.len() {
            break;
        }
        at = from + len;
    }
    Ok(tag)
}
