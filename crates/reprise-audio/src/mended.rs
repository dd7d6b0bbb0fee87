//! Files whose audio is correct, but whose container is wrong or unknown to symphonia. They are read as if they were
//! correct: WAV and FLAC with a bad chunk before the audio, tags with bad headers, 64-bit WAV, MP3 in WAV, CAF without
//! a length, Matroska with chapters that symphonia refuses, and CAF, Matroska and MP4 that were cut off. This is tried
//! only if a file cannot be opened as it is.

use std::fs::File;
use std::io;

use crate::atom::Atom;
use crate::bytes::{Bytes, be32};
use crate::chunk::{Chunk, Layout};
use crate::container::id3v2_length;
use crate::ebml::Element;
use crate::spliced::{Cut, Spliced};

/// The audio must begin within this many bytes of the file.
const LONGEST_HEAD: u64 = 8 << 20;

/// The numbers of MPEG layers 2 and 3 in WAV.
const MPEG_IN_WAV: [&[u8]; 2] = [b"\x50\0", b"\x55\0"];

const MATROSKA_HEADER: u32 = 0x1a45_dfa3;
const MATROSKA_SEGMENT: u32 = 0x1853_8067;
const MATROSKA_CHAPTERS: u32 = 0x1043_a770;
const MATROSKA_SEEK_HEAD: u32 = 0x114d_9b74;
const MATROSKA_CLUSTER: u32 = 0x1f43_b675;
const MATROSKA_TIME: u32 = 0xe7;

/// Clusters are searched in pieces of this size.
const SEARCHED_AT_ONCE: usize = 1 << 16;

/// The mended file; `None` if no known fault is found.
pub(crate) fn mended(mut file: File) -> io::Result<Option<Spliced>> {
    let mut bytes = Bytes::new(&mut file)?;
    let magic = bytes.get(0, 4)?;
    let beginning = match magic.as_slice() {
        b"RIFF" | b"RF64" | b"BW64" => wave(&mut bytes, 12, Layout::Riff)?,
        b"riff" => wave(&mut bytes, 40, Layout::Wave64)?,
        b"fLaC" => flac(&mut bytes)?,
        [b'I', b'D', b'3', _] => behind_tags(&mut bytes)?,
        b"caff" => caf(&mut bytes)?,
        magic if be32(magic) == MATROSKA_HEADER => matroska(&mut bytes)?,
        _ => None,
    };
    drop(bytes);
    beginning.map(|beginning| beginning.of(file)).transpose()
}

/// A WAV that does not state the length of its audio, as after a recorder was killed; `None` for any other file.
pub(crate) fn endless_wav(mut file: File) -> io::Result<Option<Spliced>> {
    let found = wave(&mut Bytes::new(&mut file)?, 12, Layout::Riff)?;
    found.filter(|found| found.rest.is_none()).map(|found| found.of(file)).transpose()
}

/// An MP4 whose audio begins but does not end within the file; `None` for any other file.
pub(crate) fn cut_mp4(mut file: File) -> io::Result<Option<Spliced>> {
    let mut bytes = Bytes::new(&mut file)?;
    let last = Atom::whole(&bytes).inside(&mut bytes, 0)?.pop();
    drop(bytes);
    match last {
        Some(Atom { name: [b'm', b'd', b'a', b't'], stated_end: Some(end), .. }) => {
            let spliced = Spliced::new(file, 0..0, Vec::new())?.said_to_be(Some(end));
            Ok(spliced.cut().is_some().then_some(spliced))
        }
        _ => Ok(None),
    }
}

/// A Matroska file without everything between its beginning and the first cluster after position `from` that begins
/// after `time` (in the time of the file), with the position of this cluster; `None` if there is no such cluster.
pub(crate) fn matroska_behind(mut file: File, time: i64, from: u64) -> io::Result<Option<(Spliced, u64)>> {
    let mut bytes = Bytes::new(&mut file)?;
    let Some(beginning) = matroska(&mut bytes)? else { return Ok(None) };
    let from = from.max(beginning.rest_at.saturating_sub(1)) + 1;
    let Some(rest_at) = cluster_behind(&mut bytes, time, from)? else { return Ok(None) };
    drop(bytes);
    Ok(Some((Beginning { rest_at, ..beginning }.of(file)?, rest_at)))
}

/// The first cluster at or after position `at` that begins after `time`, whatever comes before it.
fn cluster_behind(bytes: &mut Bytes, time: i64, mut at: u64) -> io::Result<Option<u64>> {
    let id = MATROSKA_CLUSTER.to_be_bytes();
    loop {
        let piece = bytes.get(at, SEARCHED_AT_ONCE)?;
        for place in
            piece.windows(id.len()).enumerate().filter(|(_, name)| *name == id).map(|(place, _)| place)
        {
            let place = at + place as u64;
            if time_of_cluster(bytes, place)?.is_some_and(|begins| begins > time) {
                return Ok(Some(place));
            }
        }
        if piece.len() < SEARCHED_AT_ONCE {
            return Ok(None);
        }
        // An ID may continue across the boundary of two pieces.
        at += (SEARCHED_AT_ONCE + 1 - id.len()) as u64;
    }
}

/// When a cluster begins, according to its first element.
fn time_of_cluster(bytes: &mut Bytes, at: u64) -> io::Result<Option<i64>> {
    let Some(cluster) = Element::read(bytes, at, u64::MAX)? else { return Ok(None) };
    let Some(time) = Element::read(bytes, cluster.from, cluster.to)? else { return Ok(None) };
    let length = time.to - time.from;
    if time.id != MATROSKA_TIME || length > 8 {
        return Ok(None);
    }
    let value =
        bytes.get(time.from, length as usize)?.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    Ok(i64::try_from(value).ok())
}

/// The replacement for the beginning of a file.
#[derive(Debug)]
struct Beginning {
    bytes: Vec<u8>,
    /// Where the rest begins in the file.
    rest_at: u64,
    /// The length of the rest, if it is stated.
    rest: Option<u64>,
    /// The stated length of the file, if it is reported to readers.
    whole: Option<u64>,
    /// The extent of a cut, if it is not reported to readers.
    cut: Option<Cut>,
}

impl Beginning {
    fn of(self, file: File) -> io::Result<Spliced> {
        let rest = self.rest.unwrap_or(u64::MAX);
        let spliced = Spliced::new(file, 0..self.rest_at, self.bytes)?.with_rest_of(rest);
        Ok(spliced.said_to_be(self.whole).cut_by(self.cut))
    }
}

/// A file without the ID3v2 tags before it, whose headers are bad.
fn behind_tags(bytes: &mut Bytes) -> io::Result<Option<Beginning>> {
    let mut rest_at = 0;
    while let Some(length) = bytes.array(rest_at)?.as_ref().and_then(id3v2_length) {
        rest_at += length;
    }
    Ok(Some(Beginning { bytes: Vec::new(), rest_at, rest: None, whole: None, cut: None }))
}

/// A WAV reduced to its format chunk and its audio. `first` is where chunks begin.
fn wave(bytes: &mut Bytes, first: u64, layout: Layout) -> io::Result<Option<Beginning>> {
    let (mut at, mut format) = (first, Vec::new());
    while let Some(chunk) = Chunk::read(bytes, at, layout)?.filter(|_| at < LONGEST_HEAD) {
        if &chunk.id == b"fmt " && chunk.len <= LONGEST_HEAD {
            format = bytes.get(chunk.from, chunk.len as usize)?;
        }
        if &chunk.id == b"data" {
            // A recorder that was killed leaves a length of 0. A length of 32 bits is meaningless above 4 GB.
            let rest = (chunk.len > 0 && chunk.len < u64::from(u32::MAX)).then_some(chunk.len);
            let bytes = head_of_wave(&format, rest);
            let found = Beginning { bytes, rest_at: chunk.from, rest, whole: None, cut: None };
            return Ok((!format.is_empty()).then_some(found));
        }
        at = match chunk.behind(bytes)? {
            Some(at) => at,
            None => match sound_behind(bytes, chunk.from)? {
                Some(at) => at,
                None => break,
            },
        };
    }
    Ok(None)
}

/// The bytes before the audio of a WAV. MPEG audio needs none.
fn head_of_wave(format: &[u8], rest: Option<u64>) -> Vec<u8> {
    if MPEG_IN_WAV.iter().any(|number| format.starts_with(number)) {
        return Vec::new();
    }
    let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec();
    head.extend((format.len() as u32).to_le_bytes());
    head.extend(format);
    head.extend(b"data");
    head.extend(rest.map_or(u32::MAX, |length| length as u32).to_le_bytes());
    head
}

/// Where the audio of a WAV is, after a chunk with a wrong length.
fn sound_behind(bytes: &mut Bytes, at: u64) -> io::Result<Option<u64>> {
    let rest = bytes.get(at, LONGEST_HEAD.saturating_sub(at) as usize)?;
    Ok(rest.windows(4).position(|name| name == b"data").map(|sound| at + sound as u64))
}

/// A CAF reduced to what decoding needs before the audio, and the audio that is present.
fn caf(bytes: &mut Bytes) -> io::Result<Option<Beginning>> {
    let (mut at, mut head, mut sound) = (Some(8), bytes.get(0, 8)?, None);
    while let Some(place) = at
        && let Some(chunk) = Chunk::read(bytes, place, Layout::Caf)?
    {
        if &chunk.id == b"data" {
            sound = Some(chunk);
        } else if [b"desc", b"kuki", b"chan", b"pakt"].contains(&&chunk.id) && chunk.len <= LONGEST_HEAD {
            head.extend(bytes.get(place, (chunk.end() - place) as usize)?);
        }
        at = chunk.behind(bytes)?;
    }
    let Some(sound) = sound else { return Ok(None) };
    let there = bytes.len().saturating_sub(sound.from);
    let rest = sound.len.min(there);
    head.extend(b"data");
    head.extend(rest.to_be_bytes());
    // All bits are ones if the recorder could not finish.
    let is_cut = sound.len > there && sound.len < u64::MAX;
    let cut = is_cut.then_some(Cut { there, whole: sound.len });
    Ok(Some(Beginning { bytes: head, rest_at: sound.from, rest: Some(rest), whole: None, cut }))
}

/// A FLAC reduced to its first block, which contains everything that decoding needs.
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
            return Ok(Some(Beginning { bytes: mended, rest_at: at, rest: None, whole: None, cut: None }));
        }
    }
    Ok(None)
}

/// The beginning of a Matroska file, with its chapters skipped, and the stated length of the file.
fn matroska(bytes: &mut Bytes) -> io::Result<Option<Beginning>> {
    let Some(header) = Element::read(bytes, 0, u64::MAX)? else { return Ok(None) };
    let segment = Element::read(bytes, header.to, u64::MAX)?;
    let Some(segment) = segment.filter(|element| element.id == MATROSKA_SEGMENT) else { return Ok(None) };
    let (mut at, mut passed_over) = (segment.from, Vec::new());
    while let Some(element) = Element::read(bytes, at, u64::MAX)?
        && element.id != MATROSKA_CLUSTER
        && element.to <= LONGEST_HEAD
    {
        // The positions in a seek head may be after the end of a file that was cut off.
        if element.id == MATROSKA_CHAPTERS || element.id == MATROSKA_SEEK_HEAD {
            passed_over.push(at as usize..element.to as usize);
        }
        at = element.to;
    }
    let mut mended = bytes.get(0, at as usize)?;
    let is_mended = passed_over.into_iter().all(|place| mended.get_mut(place).and_then(void).is_some());
    let whole = segment.stated_end;
    Ok(is_mended.then_some(Beginning { bytes: mended, rest_at: at, rest: None, whole, cut: None }))
}

/// Writes a length into the available number of bytes.
fn write_size(bytes: &mut [u8], size: u64) -> Option<()> {
    let width = bytes.len();
    if !(1..=8).contains(&width) || size >= (1 << (7 * width)) - 1 {
        return None;
    }
    let all = (size | 1 << (7 * width)).to_be_bytes();
    bytes.copy_from_slice(&all[8 - width..]);
    Some(())
}

/// Turns an element into one that readers skip.
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
            let Beginning { bytes, rest_at, rest, .. } =
                wave(&mut read(&file), 12, Layout::Riff).unwrap().unwrap();
            assert_eq!(&file[rest_at as usize..], [1, 2, 3, 4]);
            assert_eq!((rest, &bytes[bytes.len() - 8..]), (Some(4), &chunk(b"data", &[0; 4])[..8]));
        }
        assert!(
            wave(&mut read(&wav(&[sound])), 12, Layout::Riff).unwrap().is_none(),
            "without a format it is noise"
        );
    }

    #[test]
    fn a_killed_recorder_left_everything_to_the_end() {
        let mut file = wav(&[chunk(b"fmt ", &[7; 16]), chunk(b"data", &[])]);
        file.extend([5; 8]);
        assert_eq!(wave(&mut read(&file), 12, Layout::Riff).unwrap().unwrap().rest, None);
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
        (0..file.len()).for_each(|n| drop(wave(&mut read(&file[..n]), 12, Layout::Riff)));
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for n in (0..noise.len()).step_by(37) {
            let bytes = || read(&noise[n..]);
            drop((wave(&mut bytes(), 12, Layout::Riff), wave(&mut bytes(), 40, Layout::Wave64)));
            drop((flac(&mut bytes()), caf(&mut bytes()), matroska(&mut bytes())));
        }
    }
}
