//! ID3v2.2, 2.3 and 2.4, frame by frame. A frame that cannot be read does not affect the others,
//! <https://id3.org/id3v2.3.0>, <https://id3.org/id3v2.4.0-structure>.

use std::io::{self, Cursor, Read};

use super::fields::{Field, LONGEST_VALUE, Tag, field_of};
use super::id3_text::{all_texts, genre, texts};
use super::text::Text;
use crate::bytes::{Bytes, be32};

/// The largest number of frames of one tag that is read.
const MOST_FRAMES: usize = 10_000;

/// A tag that must be rewritten before it can be read is loaded into memory, up to this length.
const LONGEST_IN_MEMORY: usize = 64 << 20;

/// The frames that are searched for after a frame with a wrong length.
const KNOWN: [&[u8]; 26] = [
    b"TIT2", b"TPE1", b"TPE2", b"TALB", b"TCON", b"TDRC", b"TYER", b"TRCK", b"TXXX", b"UFID", b"TCMP",
    b"COMM", b"APIC", b"PRIV", b"TDRL", b"TPOS", b"TT2\0", b"TP1\0", b"TP2\0", b"TAL\0", b"TCO\0", b"TYE\0",
    b"TRK\0", b"TXX\0", b"UFI\0", b"COM\0",
];

/// The tag that begins at `at`, and its end.
pub(super) fn read(bytes: &mut Bytes, at: u64) -> io::Result<Option<(Tag, u64)>> {
    let Some(head) = bytes.array::<10>(at)? else { return Ok(None) };
    let is_tag = head.starts_with(b"ID3") && (2..=4).contains(&head[3]);
    let Some(length) = syncsafe(&head[6..]).filter(|_| is_tag) else { return Ok(None) };
    let (version, flags) = (head[3], head[5]);
    let (from, to) = (at + 10, (at + 10 + u64::from(length)).min(bytes.len()));
    let has_footer = version == 4 && flags & 0x10 != 0;
    let tag = if version < 4 && flags & 0x80 != 0 {
        let rewritten =
            without_stuffing(&bytes.get(from, (to - from).min(LONGEST_IN_MEMORY as u64) as usize)?);
        let end = rewritten.len() as u64;
        Frames::new(&mut Bytes::new(Cursor::new(rewritten))?, 0, end, version, flags)?.read()?
    } else {
        Frames::new(bytes, from, to, version, flags)?.read()?
    };
    Ok(Some((tag, to + if has_footer { 10 } else { 0 })))
}

/// A number in four bytes of seven bits.
fn syncsafe(bytes: &[u8]) -> Option<u32> {
    let bytes = bytes.first_chunk::<4>().filter(|bytes| bytes.iter().all(|byte| byte & 0x80 == 0))?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 7 | u32::from(*byte)))
}

/// Reverts "unsynchronisation", which puts a zero after each 255.
fn without_stuffing(bytes: &[u8]) -> Vec<u8> {
    let is_stuffing = |at: usize| bytes[at] == 0 && at > 0 && bytes[at - 1] == 0xFF;
    (0..bytes.len()).filter(|&at| !is_stuffing(at)).map(|at| bytes[at]).collect()
}

/// The frames of a tag.
struct Frames<'r, 'a> {
    bytes: &'r mut Bytes<'a>,
    at: u64,
    end: u64,
    version: u8,
    is_stuffed: bool,
}

/// What is at the position that a length leads to.
#[derive(PartialEq)]
enum Landing {
    Sure,
    Likely,
    No,
}

struct Frame {
    id: [u8; 4],
    flags: [u8; 2],
    at: u64,
    len: u64,
}

impl<'r, 'a> Frames<'r, 'a> {
    fn new(bytes: &'r mut Bytes<'a>, at: u64, end: u64, version: u8, flags: u8) -> io::Result<Self> {
        let mut frames = Self { bytes, at, end, version, is_stuffed: version == 4 && flags & 0x80 != 0 };
        let head = frames.bytes.get(at, 4)?;
        // Some taggers set the flag but write no such header.
        if version > 2 && flags & 0x40 != 0 && !frames.is_id(&head) {
            let length =
                if version == 4 { syncsafe(&head).unwrap_or(0) } else { be32(&head).saturating_add(4) };
            let behind = at + u64::from(length);
            frames.at = if frames.lands(behind)? != Landing::No { behind } else { frames.search(at)? };
        }
        Ok(frames)
    }

    fn read(mut self) -> io::Result<Tag> {
        let mut tag = Tag::default();
        for _ in 0..MOST_FRAMES {
            let Some(frame) = self.next()? else { break };
            if let Some(data) = self.data(&frame)? {
                read_frame(&mut tag, frame.id, &data);
            }
        }
        Ok(tag)
    }

    fn header_len(&self) -> u64 {
        if self.version == 2 { 6 } else { 10 }
    }

    /// The next frame; `None` at the padding and at the end.
    fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let header_len = self.header_len();
            if self.at + header_len > self.end {
                return Ok(None);
            }
            let head = self.bytes.get(self.at, header_len as usize)?;
            if head.len() < header_len as usize || head.starts_with(&[0; 4]) {
                return Ok(None);
            }
            if !self.is_id(&head) {
                self.at = self.search(self.at + 1)?;
                continue;
            }
            let at = self.at + header_len;
            let len = self.length(&head, at)?;
            self.at = at + len;
            let (id, flags) = match self.version {
                2 => ([head[0], head[1], head[2], 0], [0; 2]),
                _ => ([head[0], head[1], head[2], head[3]], [head[8], head[9]]),
            };
            return Ok(Some(Frame { id, flags, at, len }));
        }
    }

    /// The length that leads to another frame. Some programs write lengths of 2.4 as in 2.3, and others the other way
    /// round. If no reading leads to a frame, the frame ends at the next known one.
    fn length(&mut self, head: &[u8], at: u64) -> io::Result<u64> {
        let (plain, safe) = match self.version {
            2 => (Some(be32(&[0, head[3], head[4], head[5]])), None),
            _ => (Some(be32(&head[4..])), syncsafe(&head[4..])),
        };
        let candidates = if self.version == 4 { [safe, plain] } else { [plain, safe] };
        let mut best = None;
        for len in candidates.into_iter().flatten().map(u64::from) {
            match self.lands(at + len)? {
                Landing::Sure => return Ok(len),
                Landing::Likely => best = best.or(Some(len)),
                Landing::No => {}
            }
        }
        best.map_or_else(|| Ok(self.search(at)? - at), Ok)
    }

    /// Whether there is a frame, padding or the end of the tag at this position.
    fn lands(&mut self, at: u64) -> io::Result<Landing> {
        if at + self.header_len() > self.end {
            return Ok(if at <= self.end { Landing::Sure } else { Landing::No });
        }
        let head = self.bytes.get(at, 10)?;
        let is_sure = head.iter().all(|byte| *byte == 0) || self.is_known(&head);
        Ok(match is_sure {
            true => Landing::Sure,
            // Words in capitals look like the name of a frame.
            false if self.is_id(&head) => Landing::Likely,
            false => Landing::No,
        })
    }

    fn is_known(&self, head: &[u8]) -> bool {
        let n = if self.version == 2 { 3 } else { 4 };
        KNOWN.iter().any(|known| head.get(..n) == Some(&known[..n]))
    }

    fn is_id(&self, head: &[u8]) -> bool {
        let is_sign = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        // Some tags of version 2.3 contain names of version 2.2 followed by a zero.
        let is_last = |byte: &u8| self.version == 2 || is_sign(byte) || matches!(byte, 0 | b' ');
        head.len() >= 4 && head[0].is_ascii_uppercase() && head[1..3].iter().all(is_sign) && is_last(&head[3])
    }

    /// The next known frame from `at` on, or the end of the tag.
    fn search(&mut self, mut at: u64) -> io::Result<u64> {
        let name_len = if self.version == 2 { 3 } else { 4 };
        while at < self.end {
            let piece = self.bytes.get(at, (self.end - at).min(1 << 16) as usize)?;
            if let Some(found) = piece.windows(name_len).position(|name| self.is_known(name)) {
                return Ok(at + found as u64);
            }
            if piece.len() <= name_len {
                break;
            }
            // A name may continue across the boundary of two pieces.
            at += (piece.len() + 1 - name_len) as u64;
        }
        Ok(self.end.max(at))
    }

    /// The content of a text frame, decoded; `None` for other frames and for encrypted content.
    fn data(&mut self, frame: &Frame) -> io::Result<Option<Vec<u8>>> {
        if frame.len > LONGEST_VALUE as u64 || (frame.id[0] != b'T' && !frame.id.starts_with(b"UFI")) {
            return Ok(None);
        }
        let mut data = self.bytes.get(frame.at, frame.len as usize)?;
        let flag = |flag| frame.flags[1] & flag != 0;
        let (is_packed, is_secret, has_group, has_length) = match self.version {
            4 => (flag(0x08), flag(0x04), flag(0x40), flag(0x01)),
            3 => (flag(0x80), flag(0x40), flag(0x20), flag(0x80)),
            _ => (false, false, false, false),
        };
        if is_secret {
            return Ok(None);
        }
        if self.version == 4 && (self.is_stuffed || flag(0x02)) {
            data = without_stuffing(&data);
        }
        let extra = usize::from(has_group) + if has_length { 4 } else { 0 };
        data.drain(..extra.min(data.len()));
        Ok(Some(if is_packed { unpacked(&data) } else { data }))
    }
}

fn unpacked(data: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // What precedes an error is kept.
    let _ = flate2::read::ZlibDecoder::new(data).take(LONGEST_VALUE as u64).read_to_end(&mut unpacked);
    unpacked
}

fn read_frame(tag: &mut Tag, id: [u8; 4], data: &[u8]) {
    let id = std::str::from_utf8(&id).unwrap_or_default().trim_end_matches(['\0', ' ']);
    let (field, rank) = match id {
        "TIT2" | "TT2" => (Field::Title, 0),
        "TPE1" | "TP1" => (Field::Artist, 0),
        "TPE2" | "TP2" => (Field::AlbumArtist, 0),
        "TALB" | "TAL" => (Field::Album, 0),
        "TCON" | "TCO" => (Field::Genre, 0),
        "TDRC" => (Field::Date, 0),
        "TYER" | "TYE" => (Field::Date, 1),
        "TDRL" => (Field::Date, 2),
        "TRCK" | "TRK" => (Field::Track, 0),
        "TCMP" | "TCP" => (Field::Compilation, 0),
        "UFID" | "UFI" => return read_identifier(tag, data),
        "TXXX" | "TXX" => return read_named(tag, data),
        _ => return,
    };
    let Some((encoding, data)) = data.split_first() else { return };
    for text in texts(*encoding, data) {
        tag.push(field, rank, if field == Field::Genre { genre(text) } else { text });
    }
}

/// Reads an owner, a zero and an identifier.
fn read_identifier(tag: &mut Tag, data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let is_musicbrainz = parts.next().is_some_and(|owner| owner.ends_with(b"musicbrainz.org"));
    if let Some(id) = parts.next().filter(|_| is_musicbrainz) {
        tag.push(Field::RecordingId, 0, Text::utf8(id));
    }
}

/// Reads a text whose name the tagger has chosen. Standard frames have priority over it.
fn read_named(tag: &mut Tag, data: &[u8]) {
    let Some((encoding, data)) = data.split_first() else { return };
    let mut texts = all_texts(*encoding, data).into_iter();
    let name = match texts.next() {
        Some(Text::Known(name)) => name,
        Some(Text::Bytes(name)) => String::from_utf8_lossy(&name).into_owned(),
        _ => return,
    };
    if let Some((field, rank)) = field_of(&name) {
        texts.for_each(|value| tag.push(field, rank + 2, value));
    }
}
