//! The name of the codec in a WAV, CAF, AIFF-C or MP4 file. With it, the refusal of a file that cannot be decoded names
//! the codec. symphonia only reports that it does not know the codec.

use std::io;

use crate::atom::Atom;
use crate::bytes::Bytes;
use crate::chunk::{Chunk, Layout};

/// The chunk that names the codec is among the first chunks, of which at most this many are read.
const MOST_CHUNKS: u32 = 100;

/// The number in WAV that means that the actual number comes later.
const EXTENSIBLE: u16 = 0xFFFE;

/// The names of codecs by their numbers in WAV.
const BY_NUMBER: [(u16, &str); 22] = [
    (0x0001, "this kind of PCM"),
    (0x0002, "this kind of Microsoft ADPCM"),
    (0x0011, "this kind of IMA ADPCM"),
    (0x0014, "G.723"),
    (0x0020, "Yamaha ADPCM"),
    (0x0022, "TrueSpeech"),
    (0x0031, "GSM"),
    (0x0040, "G.726"),
    (0x0042, "G.723"),
    (0x0045, "G.726"),
    (0x0064, "G.726"),
    (0x0092, "AC-3"),
    (0x00FF, "AAC"),
    (0x0160, "WMA (Windows Media)"),
    (0x0161, "WMA (Windows Media)"),
    (0x0162, "WMA (Windows Media)"),
    (0x0163, "WMA (Windows Media)"),
    (0x2000, "AC-3"),
    (0x2001, "DTS"),
    (0x5756, "WavPack"),
    (0x704F, "Opus"),
    (0xF1AC, "FLAC"),
];

/// The names of codecs by their four letters in CAF, AIFF-C and MP4.
const BY_LETTERS: [(&[u8; 4], &str); 22] = [
    (b"lpcm", "this kind of PCM"),
    (b"ac-3", "AC-3"),
    (b"ec-3", "E-AC-3"),
    (b"ac-4", "AC-4"),
    (b"dtsc", "DTS"),
    (b"dtsh", "DTS"),
    (b"dtsl", "DTS"),
    (b"dtse", "DTS"),
    (b"mlpa", "TrueHD"),
    (b"ima4", "IMA ADPCM"),
    (b"ms\0\x02", "Microsoft ADPCM"),
    (b"ms\0\x11", "IMA ADPCM"),
    (b"ms\0\x31", "GSM"),
    (b"agsm", "GSM"),
    (b"GSM ", "GSM"),
    (b"MAC3", "MACE"),
    (b"MAC6", "MACE"),
    (b"QDMC", "QDesign Music"),
    (b"QDM2", "QDesign Music"),
    (b"Qclp", "PureVoice"),
    (b"samr", "AMR"),
    (b"sawb", "AMR"),
];

/// The name of the codec and its container; `None` for a container that states the codec in another way.
pub(crate) fn codec_inside(bytes: &mut Bytes) -> io::Result<Option<String>> {
    let head = bytes.get(0, 12)?;
    let form = head.get(8..12).unwrap_or_default();
    let (codec, container) = match head.get(..4).unwrap_or_default() {
        b"RIFF" | b"RF64" | b"BW64" if form == b"WAVE" => (in_wave(bytes, 12, Layout::Riff)?, "WAV"),
        b"riff" => (in_wave(bytes, 40, Layout::Wave64)?, "WAV"),
        b"caff" => (letters(bytes, 8, Layout::Caf, b"desc", 8)?, "CAF"),
        b"FORM" if form == b"AIFC" => (letters(bytes, 12, Layout::Aiff, b"COMM", 18)?, "AIFF"),
        _ if head.get(4..8) == Some(b"ftyp") => (in_mp4(bytes)?, "MP4"),
        _ => (None, ""),
    };
    Ok(codec.map(|codec| format!("{codec} in {container}")))
}

fn in_wave(bytes: &mut Bytes, first: u64, layout: Layout) -> io::Result<Option<String>> {
    let Some(format) = content(bytes, first, layout, b"fmt ")? else { return Ok(None) };
    let number_at =
        |at: usize| format.get(at..at + 2).map(|number| u16::from_le_bytes([number[0], number[1]]));
    let number =
        number_at(0).and_then(|number| if number == EXTENSIBLE { number_at(24) } else { Some(number) });
    Ok(number.map(|number| {
        let known = BY_NUMBER.iter().find(|(known, _)| *known == number);
        known.map_or_else(|| format!("the codec {number:#06x}"), |(_, name)| (*name).into())
    }))
}

/// The name by the four letters at a position in the chunk with this ID.
fn letters(
    bytes: &mut Bytes,
    first: u64,
    layout: Layout,
    id: &[u8; 4],
    place: usize,
) -> io::Result<Option<String>> {
    let content = content(bytes, first, layout, id)?;
    Ok(content.and_then(|content| content.get(place..)?.first_chunk().map(by_letters)))
}

/// The beginning of the first chunk with this ID.
fn content(bytes: &mut Bytes, first: u64, layout: Layout, id: &[u8; 4]) -> io::Result<Option<Vec<u8>>> {
    let mut at = Some(first);
    for _ in 0..MOST_CHUNKS {
        let Some(place) = at else { break };
        let Some(chunk) = Chunk::read(bytes, place, layout)? else { break };
        if &chunk.id == id {
            return bytes.get(chunk.from, 64).map(Some);
        }
        at = chunk.behind(bytes)?;
    }
    Ok(None)
}

/// The name by the first entry of the first audio track.
fn in_mp4(bytes: &mut Bytes) -> io::Result<Option<String>> {
    let Some(movie) = Atom::whole(bytes).find(bytes, b"moov")? else { return Ok(None) };
    for track in movie.inside(bytes, 0)? {
        let Some(table) = track.at(bytes, &[b"mdia", b"minf", b"stbl", b"stsd"])? else { continue };
        let handler = track.at(bytes, &[b"mdia", b"hdlr"])?;
        let kind = handler.map(|handler| handler.content(bytes, 12)).transpose()?.unwrap_or_default();
        if kind.get(8..12) == Some(b"soun") {
            return Ok(table.inside(bytes, 8)?.first().map(|entry| match &entry.name {
                // The codec is then given by a number deep inside this entry.
                b"mp4a" => "this kind of sound".into(),
                name => by_letters(name),
            }));
        }
    }
    Ok(None)
}

fn by_letters(letters: &[u8; 4]) -> String {
    let known = BY_LETTERS.iter().find(|(known, _)| *known == letters);
    known.map_or_else(
        || format!("the codec \"{}\"", letters.escape_ascii().to_string().trim()),
        |(_, name)| (*name).into(),
    )
}
