//! The tags of a file, including MusicBrainz ids. Our own readers keep what can be read of a damaged tag, and skip
//! pictures. Cover art is read by lofty. docs/tags.md says which values are read from which fields.

mod chunks;
mod fields;
mod id3_text;
mod id3v2;
mod matroska;
mod mp4;
mod ogg;
mod picture;
mod text;
mod track_tags;
mod trailers;
mod values;
mod vorbis;

use std::fs::File;
use std::io;
use std::path::Path;

use crate::bytes::Bytes;
use crate::error::{Error, guarded};
use crate::regular::regular_file;
use fields::{Found, Tag};

pub use picture::{Picture, read_cover_art};
pub use track_tags::Tags;

/// How many bytes are searched for a tag that is not at the beginning.
const MOST_JUNK: usize = 2048;

/// The largest number of consecutive ID3v2 tags. More must be a malicious file.
const MOST_ID3V2: usize = 8;

/// Reads the tags. They are empty if the container has none or is unknown.
pub fn read_tags(path: &Path) -> Result<Tags, Error> {
    regular_file(path)?;
    let found = guarded("tag reader", || find(Bytes::new(File::open(path)?)?))?;
    found.map(|found| found.tags()).map_err(|error| Error::from_io(&error))
}

/// The tags of a file, according to its first bytes. ID3v2 may precede any format; the format's own tags have priority
/// over it.
fn find(mut bytes: Bytes) -> io::Result<Found> {
    let (mut before, mut at) = (Vec::new(), 0);
    while let Some((tag, end)) = id3v2::read(&mut bytes, at)?.filter(|_| before.len() < MOST_ID3V2) {
        before.push(tag);
        at = end;
    }
    let head = bytes.get(at, 12)?;
    let form = head.get(8..).unwrap_or_default();
    let own = match head.get(..4).unwrap_or_default() {
        b"fLaC" => vorbis::flac(&mut bytes, at)?,
        b"OggS" => vorbis::ogg(&mut bytes)?.into_iter().collect(),
        b"RIFF" | b"RF64" | b"BW64" if form == b"WAVE" => chunks::wav(&mut bytes)?,
        b"FORM" if form.starts_with(b"AIF") => chunks::aiff(&mut bytes)?,
        b"caff" => vec![chunks::caf(&mut bytes)?],
        b"\x1A\x45\xDF\xA3" => vec![matroska::read(&mut bytes)?],
        _ if head.get(4..8).is_some_and(is_mp4) => vec![mp4::read(&mut bytes)?],
        _ => Vec::new(),
    };
    if own.is_empty() && before.is_empty() {
        before.extend(after_junk(&mut bytes)?);
    }
    let mut found = Found::default();
    let behind = trailers::read(&mut bytes)?;
    own.into_iter().chain(before).chain(behind).for_each(|tag| found.push(tag));
    Ok(found)
}

/// An ID3v2 tag after a few bytes that belong to nothing.
fn after_junk(bytes: &mut Bytes) -> io::Result<Option<Tag>> {
    let head = bytes.get(0, MOST_JUNK)?;
    for at in head.windows(3).enumerate().filter(|(_, name)| name == b"ID3").map(|(at, _)| at as u64) {
        if let Some((tag, _)) = id3v2::read(bytes, at)? {
            return Ok(Some(tag));
        }
    }
    Ok(None)
}

fn is_mp4(first_atom: &[u8]) -> bool {
    [b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"].iter().any(|name| *name == first_atom)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests all beginnings of small files of all formats, and each with changed bytes.
    #[test]
    fn broken_files_neither_panic_nor_hang() {
        let read = |content: &[u8]| find(Bytes::new(io::Cursor::new(content)).unwrap()).unwrap().tags();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/tags");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() > 40);
        for file in files {
            let content = std::fs::read(&file).unwrap();
            for place in (0..content.len()).step_by(1 + content.len() / 400) {
                read(&content[..place]);
                for value in [0, 0x7F, 0xFF] {
                    let mut changed = content.clone();
                    changed[place] = value;
                    read(&changed);
                }
            }
        }
    }
}
