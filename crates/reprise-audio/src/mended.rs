//! Files whose container is wrong around audio that is right, read as if it were not: WAV and FLAC with a bad chunk before the
//! sound, 64-bit WAV, Matroska with chapters that symphonia refuses, Matroska and MP4 that were cut off. Tried only where a file
//! cannot be opened as it is.

use std::fs::File;
use std::io::{self, Seek};

use crate::bytes::{Bytes, be32, le32};
use crate::ebml::Element;
use crate::edits::{self, Span};
use crate::spliced::Spliced;

/// The sound begins in so much of the file.
const LONGEST_HEAD: u64 = 8 << 20;

/// An ID and a length of a 64-bit WAV's chunk.
const W64_HEAD: u64 = 24;

const MATROSKA_HEADER: u32 = 0x1a45_dfa3;
const MATROSKA_SEGMENT: u32 = 0x1853_8067;
const MATROSKA_CHAPTERS: u32 = 0x1043_a770;
const MATROSKA_SEEK_HEAD: u32 = 0x114d_9b74;
const MATROSKA_CLUSTER: u32 = 0x1f43_b675;

/// None where nothing is known to mend.
pub(crate) fn mended(mut file: File) -> io::Result<Option<Spliced>> {
    let mut bytes = Bytes::new(&mut file)?;
    let magic = bytes.get(0, 4)?;
    let (beginning, whole) = match magic.as_slice() {
        b"RIFF" | b"RF64" | b"BW64" => (wave(&mut bytes, 12, riff_chunk)?, None),
        b"riff" => (wave(&mut bytes, 40, w64_chunk)?, None),
        b"fLaC" => (flac(&mut bytes)?, None),
        magic if be32(magic) == MATROSKA_HEADER => {
            matroska(&mut bytes)?.map_or((None, None), |(beginning, whole)| (Some(beginning), whole))
        }
        _ => (None, None),
    };
    drop(bytes);
    Ok(beginning.map(|beginning| beginning.of(file)).transpose()?.map(|file| file.said_to_be(whole)))
}

/// A WAV that does not say how long its sound is, as a recorder that was killed leaves it; none of any other.
pub(crate) fn endless_wav(mut file: File) -> io::Result<Option<Spliced>> {
    let found = wave(&mut Bytes::new(&mut file)?, 12, riff_chunk)?;
    found.filter(|found| found.rest.is_none()).map(|found| found.of(file)).transpose()
}

/// An MP4 whose sound begins but does not end in the file; none of any other.
pub(crate) fn cut_mp4(mut file: File) -> io::Result<Option<Spliced>> {
    let everything = Span { start: 0, end: u64::MAX };
    let last = edits::children(&mut file, everything).pop();
    file.rewind()?;
    match last {
        // A length of 0 means that it goes on to the end, wherever that is.
        Some((kind, span)) if &kind == b"mdat" && span.end < u64::MAX => {
            let spliced = Spliced::new(file, 0..0, Vec::new())?.said_to_be(Some(span.end));
            Ok(spliced.cut().is_some().then_some(spliced))
        }
        _ => Ok(None),
    }
}

/// What reads at the beginning of a file.
#[derive(Debug)]
struct Beginning {
    bytes: Vec<u8>,
    /// Where the rest begins in the file.
    rest_at: u64,
    /// Length of the rest, where it is stated.
    rest: Option<u64>,
}

impl Beginning {
    fn of(self, file: File) -> io::Result<Spliced> {
        let rest = self.rest.unwrap_or(u64::MAX);
        Ok(Spliced::new(file, 0..self.rest_at, self.bytes)?.with_rest_of(rest))
    }
}

/// A chunk's ID, where its content begins, and its length.
type Chunk = ([u8; 4], u64, u64);

/// Reads the head of a chunk.
type ChunkAt = fn(&mut Bytes, u64) -> io::Result<Option<Chunk>>;

/// A WAV of the format chunk and the sound alone. `first`: where chunks begin.
fn wave(bytes: &mut Bytes, first: u64, chunk_at: ChunkAt) -> io::Result<Option<Beginning>> {
    let (mut at, mut format) = (first, Vec::new());
    while let Some((id, content, length)) = chunk_at(bytes, at)?.filter(|_| at < LONGEST_HEAD) {
        if &id == b"fmt " && length <= LONGEST_HEAD {
            format = bytes.get(content, length as usize)?;
        }
        if &id == b"data" {
            // A recorder that was killed leaves 0, a length of 32 bits says nothing above 4 GB.
            let stated = (length > 0 && length < u64::from(u32::MAX)).then_some(length);
            let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec();
            head.extend((format.len() as u32).to_le_bytes());
            head.extend(&format);
            head.extend(b"data");
            head.extend(stated.map_or(u32::MAX, |length| length as u32).to_le_bytes());
            let found = Beginning { bytes: head, rest_at: content, rest: stated };
            return Ok((!format.is_empty()).then_some(found));
        }
        let Some(next) = next_chunk(bytes, content, length, chunk_at)? else { break };
        at = next;
    }
    Ok(None)
}

/// Where the chunk after one begins. Chunks begin at even places, but some writers forget the byte between; and where
/// a length leads nowhere, the sound is looked for.
fn next_chunk(bytes: &mut Bytes, content: u64, length: u64, chunk_at: ChunkAt) -> io::Result<Option<u64>> {
    if let Some(end) = content.checked_add(length).filter(|end| *end < bytes.len()) {
        for place in [end.next_multiple_of(2), end, end.next_multiple_of(8)] {
            if chunk_at(bytes, place)?.is_some_and(|(id, ..)| is_id(id)) {
                return Ok(Some(place));
            }
        }
    }
    let rest = bytes.get(content, LONGEST_HEAD.saturating_sub(content) as usize)?;
    Ok(rest.windows(4).position(|name| name == b"data").map(|sound| content + sound as u64))
}

/// Whether it is letters, digits and spaces, as the IDs of chunks are.
fn is_id(id: [u8; 4]) -> bool {
    id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ')
}

fn riff_chunk(bytes: &mut Bytes, at: u64) -> io::Result<Option<Chunk>> {
    let head = bytes.array::<8>(at)?;
    Ok(head.map(|[a, b, c, d, length @ ..]| ([a, b, c, d], at + 8, u64::from(le32(&length)))))
}

/// Of Sony's Wave64: an ID of 16 bytes that begins with WAV's, and a length of 64 bits with the head.
fn w64_chunk(bytes: &mut Bytes, at: u64) -> io::Result<Option<Chunk>> {
    let (Some([a, b, c, d]), Some(length)) = (bytes.array::<4>(at)?, bytes.array::<8>(at + 16)?) else {
        return Ok(None);
    };
    let length = u64::from_le_bytes(length).checked_sub(W64_HEAD);
    Ok(length.map(|length| ([a, b, c, d], at + W64_HEAD, length)))
}

/// A FLAC with its first block alone, which says all that decoding needs.
fn flac(bytes: &mut Bytes) -> io::Result<Option<Beginning>> {
    let (mut at, mut stream_info) = (4, None);
    while let Some(head) = bytes.array::<4>(at)?.filter(|_| at < LONGEST_HEAD) {
        let length = u64::from(be32(&head) & 0xff_ffff);
        if head[0] & 0x7f == 0 {
            stream_info = Some(bytes.get(at + 4, length as usize)?);
        }
        at += 4 + length;
        if head[0] & 0x80 != 0 {
            let Some(block) = stream_info else { break };
            let mut mended = b"fLaC\x80".to_vec();
            mended.extend(&(block.len() as u32).to_be_bytes()[1..]);
            mended.extend(block);
            return Ok(Some(Beginning { bytes: mended, rest_at: at, rest: None }));
        }
    }
    Ok(None)
}

/// The beginning of a Matroska file, its chapters passed over, and how long the file is by what it says.
fn matroska(bytes: &mut Bytes) -> io::Result<Option<(Beginning, Option<u64>)>> {
    let Some(header) = Element::read(bytes, 0, u64::MAX)? else { return Ok(None) };
    let segment = Element::read(bytes, header.to, u64::MAX)?;
    let Some(segment) = segment.filter(|element| element.id == MATROSKA_SEGMENT) else { return Ok(None) };
    let (mut at, mut passed_over) = (segment.from, Vec::new());
    while let Some(element) = Element::read(bytes, at, u64::MAX)?
        && element.id != MATROSKA_CLUSTER
        && element.to <= LONGEST_HEAD
    {
        // What is looked for by its place may be behind the end of a file that was cut off.
        if element.id == MATROSKA_CHAPTERS || element.id == MATROSKA_SEEK_HEAD {
            passed_over.push(at as usize..element.to as usize);
        }
        at = element.to;
    }
    let mut mended = bytes.get(0, at as usize)?;
    let is_mended = passed_over.into_iter().all(|place| mended.get_mut(place).and_then(void).is_some());
    let beginning = Beginning { bytes: mended, rest_at: at, rest: None };
    Ok(is_mended.then_some((beginning, segment.stated_end)))
}

/// Writes a length into as many bytes as there are.
fn write_size(bytes: &mut [u8], size: u64) -> Option<()> {
    let width = bytes.len();
    if !(1..=8).contains(&width) || size >= (1 << (7 * width)) - 1 {
        return None;
    }
    let all = (size | 1 << (7 * width)).to_be_bytes();
    bytes.copy_from_slice(&all[8 - width..]);
    Some(())
}

/// Turns an element into one that is passed over.
fn void(element: &mut [u8]) -> Option<()> {
    const VOID: u8 = 0xec;
    let inside = (element.len() as u64).checked_sub(9)?;
    element[0] = VOID;
    write_size(&mut element[1..9], inside)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(file: &[u8]) -> Bytes<'_> {
        Bytes::new(Cursor::new(file)).unwrap()
    }

    fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&id[..], &(content.len() as u32).to_le_bytes(), content].concat()
    }

    fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
        [b"RIFF\0\0\0\0WAVE".to_vec(), chunks.concat()].concat()
    }

    #[test]
    fn the_sound_of_a_wav_is_found_behind_chunks_that_lie() {
        let (format, sound) = (chunk(b"fmt ", &[7; 16]), chunk(b"data", &[1, 2, 3, 4]));
        let odd = chunk(b"LIST", b"abc");
        let mut too_long = chunk(b"LIST", b"abcd");
        too_long[4..8].copy_from_slice(&1000u32.to_le_bytes());
        for between in [Vec::new(), chunk(b"JUNK", &[0; 10]), odd, too_long] {
            let file = wav(&[format.clone(), between, sound.clone()]);
            let Beginning { bytes, rest_at, rest } = wave(&mut read(&file), 12, riff_chunk).unwrap().unwrap();
            assert_eq!(&file[rest_at as usize..], [1, 2, 3, 4]);
            assert_eq!((rest, &bytes[bytes.len() - 8..]), (Some(4), &chunk(b"data", &[0; 4])[..8]));
        }
        assert!(
            wave(&mut read(&wav(&[sound])), 12, riff_chunk).unwrap().is_none(),
            "without a format it is noise"
        );
    }

    #[test]
    fn a_killed_recorder_left_everything_to_the_end() {
        let mut file = wav(&[chunk(b"fmt ", &[7; 16]), chunk(b"data", &[])]);
        file.extend([5; 8]);
        assert_eq!(wave(&mut read(&file), 12, riff_chunk).unwrap().unwrap().rest, None);
    }

    #[test]
    fn chapters_become_a_void_of_the_same_length() {
        for n in [0, 1, 3, 90] {
            let mut element =
                [&MATROSKA_CHAPTERS.to_be_bytes()[..], &[0x01, 0, 0, 0, 0, 0, 0, n], &vec![9; n as usize]]
                    .concat();
            let before = element.len();
            void(&mut element).unwrap();
            let read = Element::read(&mut read(&element), 0, u64::MAX).unwrap().unwrap();
            assert_eq!((read.id, read.stated_end), (0xec, Some(before as u64)));
        }
        assert_eq!(write_size(&mut [0], 127), None, "all ones mean unknown");
    }

    #[test]
    fn cut_and_random_beginnings_are_left_alone() {
        let file = wav(&[chunk(b"fmt ", &[7; 16]), chunk(b"LIST", b"abc"), chunk(b"data", &[1; 4])]);
        (0..file.len()).for_each(|n| drop(wave(&mut read(&file[..n]), 12, riff_chunk)));
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for n in (0..noise.len()).step_by(37) {
            let bytes = || read(&noise[n..]);
            drop((wave(&mut bytes(), 12, riff_chunk), wave(&mut bytes(), 40, w64_chunk)));
            drop((flac(&mut bytes()), matroska(&mut bytes())));
        }
    }
}
