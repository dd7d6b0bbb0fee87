//! Tags in files that consist of chunks: WAV, RF64, AIFF and CAF.

use std::io;

use super::fields::{Field, LONGEST_VALUE, Tag};
use super::id3v2;
use super::text::Text;
use crate::bytes::{Bytes, be32, le64};
use crate::chunk::{Chunk, Layout};

/// The largest number of chunks of one file that is read.
const MOST_CHUNKS: u32 = 10_000;

/// The value of a length that is given elsewhere.
const UNKNOWN: u64 = u32::MAX as u64;

/// ID3v2 has priority over RIFF INFO, whose code page is not stated.
pub(super) fn wav(bytes: &mut Bytes) -> io::Result<Vec<Tag>> {
    let (mut tags, mut info) = (Vec::new(), Tag::default());
    let (mut at, mut data_len) = (Some(12), None);
    for _ in 0..MOST_CHUNKS {
        let Some(mut chunk) = next(bytes, at, Layout::Riff)? else { break };
        match &chunk.id {
            b"ds64" => data_len = bytes.array::<8>(chunk.from + 8)?.map(|length| le64(&length)),
            b"data" if chunk.len == UNKNOWN => chunk.len = data_len.unwrap_or(UNKNOWN),
            b"id3 " | b"ID3 " => tags.extend(id3v2::read(bytes, chunk.from)?.map(|(tag, _)| tag)),
            b"LIST" if bytes.get(chunk.from, 4)? == b"INFO" => riff_info(bytes, &mut info, chunk)?,
            _ => {}
        }
        at = chunk.behind(bytes)?;
    }
    tags.push(info);
    Ok(tags)
}

fn next(bytes: &mut Bytes, at: Option<u64>, layout: Layout) -> io::Result<Option<Chunk>> {
    at.map_or(Ok(None), |at| Chunk::read(bytes, at, layout))
}

fn riff_info(bytes: &mut Bytes, tag: &mut Tag, list: Chunk) -> io::Result<()> {
    let mut at = Some(list.from + 4);
    for _ in 0..MOST_CHUNKS {
        let Some(chunk) = next(bytes, at, Layout::Riff)?.filter(|chunk| chunk.from <= list.end()) else {
            break;
        };
        let field = match &chunk.id {
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
        if let Some((field, rank)) = field.filter(|_| chunk.len <= LONGEST_VALUE as u64) {
            let text = bytes.get(chunk.from, chunk.len.min(list.end() - chunk.from) as usize)?;
            tag.push(field, rank, Text::Bytes(until_zero(&text).to_vec()));
        }
        at = chunk.behind(bytes)?;
    }
    Ok(())
}

fn until_zero(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// ID3v2 has priority over the format's own chunks.
pub(super) fn aiff(bytes: &mut Bytes) -> io::Result<Vec<Tag>> {
    let (mut tags, mut own, mut at) = (Vec::new(), Tag::default(), Some(12));
    for _ in 0..MOST_CHUNKS {
        let Some(chunk) = next(bytes, at, Layout::Aiff)? else { break };
        let field = match &chunk.id {
            b"ID3 " | b"id3 " => {
                tags.extend(id3v2::read(bytes, chunk.from)?.map(|(tag, _)| tag));
                None
            }
            b"NAME" => Some(Field::Title),
            b"AUTH" => Some(Field::Artist),
            _ => None,
        };
        if let Some(field) = field.filter(|_| chunk.len <= LONGEST_VALUE as u64) {
            let text = bytes.get(chunk.from, chunk.len as usize)?;
            own.push(field, 0, Text::Bytes(until_zero(&text).to_vec()));
        }
        at = chunk.behind(bytes)?;
    }
    tags.push(own);
    Ok(tags)
}

/// The strings of the chunk `info`.
pub(super) fn caf(bytes: &mut Bytes) -> io::Result<Tag> {
    let (mut tag, mut at) = (Tag::default(), Some(8));
    for _ in 0..MOST_CHUNKS {
        let Some(chunk) = next(bytes, at, Layout::Caf)? else { break };
        if &chunk.id == b"info" {
            let length = chunk.len.min(16 * LONGEST_VALUE as u64) as usize;
            let entries = bytes.get(chunk.from + 4, length)?;
            let mut texts = entries.split(|byte| *byte == 0);
            for _ in 0..be32(&bytes.get(chunk.from, 4)?).min(MOST_CHUNKS) {
                let (Some(key), Some(value)) = (texts.next(), texts.next()) else { break };
                tag.push_named(&String::from_utf8_lossy(key), Text::utf8(value));
            }
        }
        at = chunk.behind(bytes)?;
    }
    Ok(tag)
}
