//! Files whose container is wrong around audio that is right, read as if it were not: WAV and FLAC with a bad chunk before the
//! sound, 64-bit WAV, Matroska with chapters that symphonia refuses, Matroska and MP4 that were cut off. Tried only where a file
//! cannot be opened as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// What is searched for the chunks before the sound.
const LONGEST_HEAD: u64 = 8 << 20;

/// An ID and a length of a 64-bit WAV's chunk.
const W64_HEAD: usize = 24;

const MATROSKA_SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
const MATROSKA_CHAPTERS: [u8; 4] = [0x10, 0x43, 0xa7, 0x70];
const MATROSKA_SEEK_HEAD: [u8; 4] = [0x11, 0x4d, 0x9b, 0x74];
const MATROSKA_CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];

/// What is there of a file that was cut off, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub there: u64,
    pub whole: u64,
}

/// A file with other bytes at its beginning.
pub(crate) struct Mended {
    /// What is read first.
    head: Vec<u8>,
    file: File,
    /// What is read after it: from here on.
    rest_at: u64,
    rest_length: u64,
    /// Length that a file cut off would have: readers refuse what reaches beyond the end, and are told otherwise.
    whole_length: Option<u64>,
    position: u64,
}

impl Mended {
    /// None where nothing is known to mend.
    pub fn of(mut file: File) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let mut start = Vec::new();
        (&mut file).take(LONGEST_HEAD).read_to_end(&mut start)?;
        let found = match start.get(..4) {
            Some(b"RIFF" | b"RF64" | b"BW64") => wave(&start, 12, riff_chunk),
            Some(b"riff") => wave(&start, 40, w64_chunk),
            Some(b"fLaC") => flac(&start),
            Some([0x1a, 0x45, 0xdf, 0xa3]) => {
                return Ok(matroska(start).map(|(head, whole)| Self::as_long(head, whole, file, length)));
            }
            _ => None,
        };
        Ok(found.map(|(head, rest_at, stated)| {
            let rest_length = stated.unwrap_or(u64::MAX).min(length.saturating_sub(rest_at));
            Self { head, file, rest_at, rest_length, whole_length: None, position: 0 }
        }))
    }

    /// A WAV that does not say how long its sound is, as a recorder that was killed leaves it; none of any other.
    pub fn of_endless_wav(file: File) -> io::Result<Option<Self>> {
        let mut start = Vec::new();
        (&file).take(LONGEST_HEAD).read_to_end(&mut start)?;
        let is_endless = wave(&start, 12, riff_chunk).is_some_and(|(_, _, stated)| stated.is_none());
        let mut file = file;
        file.rewind()?;
        if is_endless { Self::of(file) } else { Ok(None) }
    }

    /// An MP4 whose sound begins but does not end in the file; none of any other.
    pub fn of_cut_mp4(mut file: File) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let mut at = 0;
        while at < length {
            let mut head = [0; 16];
            file.seek(SeekFrom::Start(at))?;
            if file.read_exact(&mut head).is_err() {
                return Ok(None);
            }
            let stated = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
                1 => u64::from_be_bytes(head[8..].try_into().unwrap_or_default()),
                length => u64::from(length),
            };
            let end = at.saturating_add(stated);
            if stated >= 8 && end > length {
                let is_sound = &head[4..8] == b"mdat";
                return Ok(is_sound.then(|| Self::as_long(Vec::new(), Some(end), file, length)));
            }
            if stated < 8 {
                return Ok(None);
            }
            at = end;
        }
        Ok(None)
    }

    /// The whole of a file behind another beginning.
    fn as_long(head: Vec<u8>, whole_length: Option<u64>, file: File, length: u64) -> Self {
        let rest_at = head.len() as u64;
        let rest_length = length.saturating_sub(rest_at);
        Self { head, file, rest_at, rest_length, whole_length, position: 0 }
    }

    fn length(&self) -> u64 {
        self.head.len() as u64 + self.rest_length
    }

    /// How much of it is there, if it was cut off.
    pub fn cut(&self) -> Option<Cut> {
        let there = self.length();
        self.whole_length.filter(|whole| *whole > there).map(|whole| Cut { there, whole })
    }

    /// What it is said to be long.
    fn said_length(&self) -> u64 {
        self.whole_length.unwrap_or_else(|| self.length())
    }
}

impl Read for Mended {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let n_head = self.head.len() as u64;
        let n = if self.position < n_head {
            (&self.head[self.position as usize..]).read(bytes)?
        } else {
            let left = self.length().saturating_sub(self.position);
            let wanted = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.file.seek(SeekFrom::Start(self.rest_at + self.position - n_head))?;
            self.file.read(&mut bytes[..wanted])?
        };
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Mended {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.said_length().checked_add_signed(by),
        };
        self.position = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl MediaSource for Mended {
    /// Nothing is looked for at an end that is not there.
    fn is_seekable(&self) -> bool {
        self.whole_length.is_none()
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.said_length())
    }
}

/// What is read first, where the rest begins, and its length where that is stated.
type Parts = (Vec<u8>, u64, Option<u64>);

/// A chunk's ID, where its content begins, and its length.
type Chunk = ([u8; 4], usize, u64);

/// A WAV of the format chunk and the sound alone. `first`: where chunks begin.
fn wave(start: &[u8], first: usize, chunk_at: fn(&[u8], usize) -> Option<Chunk>) -> Option<Parts> {
    let (mut at, mut format) = (first, None);
    while let Some((id, content, length)) = chunk_at(start, at) {
        if &id == b"fmt " {
            format = start.get(content..content.checked_add(usize::try_from(length).ok()?)?);
        }
        if &id == b"data" {
            let format = format?;
            // A recorder that was killed leaves 0, a length of 32 bits says nothing above 4 GB.
            let stated = (length > 0 && length < u64::from(u32::MAX)).then_some(length);
            let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec();
            head.extend((format.len() as u32).to_le_bytes());
            head.extend(format);
            head.extend(b"data");
            let sound = stated.unwrap_or(u64::MAX).min(u64::from(u32::MAX)) as u32;
            head.extend(sound.to_le_bytes());
            return Some((head, content as u64, stated));
        }
        at = next_chunk(start, content, length, chunk_at)?;
    }
    None
}

/// Where the chunk after one begins. Chunks begin at even places, but some writers forget the byte between; and where
/// a length leads nowhere, the sound is looked for.
fn next_chunk(
    start: &[u8],
    content: usize,
    length: u64,
    chunk_at: fn(&[u8], usize) -> Option<Chunk>,
) -> Option<usize> {
    let end = usize::try_from(length).ok().and_then(|length| content.checked_add(length));
    let is_chunk = |at: &usize| chunk_at(start, *at).is_some_and(|(id, ..)| is_id(id));
    let places = end.into_iter().flat_map(|end| [end.next_multiple_of(2), end, end.next_multiple_of(8)]);
    places.into_iter().find(is_chunk).or_else(|| {
        let sound = start.get(content..)?.windows(4).position(|bytes| bytes == b"data")?;
        Some(content + sound)
    })
}

/// Whether it is letters, digits and spaces, as the IDs of chunks are.
fn is_id(id: [u8; 4]) -> bool {
    id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ')
}

fn riff_chunk(start: &[u8], at: usize) -> Option<Chunk> {
    let head = start.get(at..at.checked_add(8)?)?;
    let length = u32::from_le_bytes(head[4..].try_into().ok()?);
    Some((head[..4].try_into().ok()?, at + 8, u64::from(length)))
}

/// Of Sony's Wave64: an ID of 16 bytes that begins with WAV's, and a length of 64 bits with the head.
fn w64_chunk(start: &[u8], at: usize) -> Option<Chunk> {
    let head = start.get(at..at.checked_add(W64_HEAD)?)?;
    let length = u64::from_le_bytes(head[16..].try_into().ok()?).checked_sub(W64_HEAD as u64)?;
    Some((head[..4].try_into().ok()?, at + W64_HEAD, length))
}

/// A FLAC with its first block alone, which says all that decoding needs.
fn flac(start: &[u8]) -> Option<Parts> {
    let (mut at, mut stream_info) = (4, None);
    loop {
        let head = start.get(at..at + 4)?;
        let length = usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3]);
        let block = start.get(at + 4..at + 4 + length)?;
        if head[0] & 0x7f == 0 {
            stream_info = Some(block);
        }
        at += 4 + length;
        if head[0] & 0x80 != 0 {
            let block = stream_info?;
            let mut mended = b"fLaC\x80".to_vec();
            mended.extend(&(block.len() as u32).to_be_bytes()[1..]);
            mended.extend(block);
            return Some((mended, at as u64, None));
        }
    }
}

/// The beginning of a Matroska file, its chapters passed over, and how long the file would be if it was cut off.
fn matroska(start: Vec<u8>) -> Option<(Vec<u8>, Option<u64>)> {
    let (size, header) = element_size(&start, 4)?;
    let segment = header.checked_add(usize::try_from(size).ok()?)?;
    if start.get(segment..segment.checked_add(4)?)? != MATROSKA_SEGMENT {
        return None;
    }
    let (stated, content) = element_size(&start, segment + 4)?;
    let mut mended = start.clone();
    let mut at = content;
    while let Some(id) = start.get(at..at.checked_add(4)?).filter(|id| **id != MATROSKA_CLUSTER) {
        let (size, inside) = element_size(&start, at + id[0].leading_zeros() as usize + 1)?;
        let end = inside.checked_add(usize::try_from(size).ok()?)?;
        // What is looked for by its place may be behind the end of a file that was cut off.
        if id == MATROSKA_CHAPTERS || id == MATROSKA_SEEK_HEAD {
            void(mended.get_mut(at..end)?)?;
        }
        at = end;
    }
    Some((mended, (content as u64).checked_add(stated)))
}

/// The length of an element at a place, and where its content begins.
fn element_size(start: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *start.get(at)?;
    let width = first.leading_zeros() as usize + 1;
    let bytes = start.get(at..at.checked_add(width)?)?;
    let own = u64::from(first) & (0x7f >> (width - 1));
    let size = bytes.get(1..)?.iter().fold(own, |sum, byte| sum << 8 | u64::from(*byte));
    Some((size, at + width))
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
    use super::*;

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
            let (head, rest_at, stated) = wave(&file, 12, riff_chunk).unwrap();
            assert_eq!(&file[rest_at as usize..], [1, 2, 3, 4]);
            assert_eq!((stated, &head[head.len() - 8..]), (Some(4), &chunk(b"data", &[0; 4])[..8]));
        }
        assert!(wave(&wav(&[sound]), 12, riff_chunk).is_none(), "without a format it is noise");
    }

    #[test]
    fn a_killed_recorder_left_everything_to_the_end() {
        let mut file = wav(&[chunk(b"fmt ", &[7; 16]), chunk(b"data", &[])]);
        file.extend([5; 8]);
        assert_eq!(wave(&file, 12, riff_chunk).unwrap().2, None);
    }

    #[test]
    fn chapters_become_a_void_of_the_same_length() {
        for n in [0, 1, 3, 90] {
            let mut element =
                [&MATROSKA_CHAPTERS[..], &[0x01, 0, 0, 0, 0, 0, 0, n], &vec![9; n as usize]].concat();
            let before = element.len();
            void(&mut element).unwrap();
            let (size, inside) = element_size(&element, 1).unwrap();
            assert_eq!((element[0], inside + size as usize), (0xec, before));
        }
        assert_eq!(write_size(&mut [0], 127), None, "all ones mean unknown");
    }

    #[test]
    fn cut_and_random_beginnings_are_left_alone() {
        let file = wav(&[chunk(b"fmt ", &[7; 16]), chunk(b"LIST", b"abc"), chunk(b"data", &[1; 4])]);
        (0..file.len()).for_each(|n| drop(wave(&file[..n], 12, riff_chunk)));
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for n in (0..noise.len()).step_by(37) {
            drop((wave(&noise[n..], 12, riff_chunk), wave(&noise[n..], 40, w64_chunk)));
            drop((flac(&noise[n..]), matroska(noise[n..].to_vec())));
        }
    }
}
