//! What a file says of itself: tags and MusicBrainz ids by our own readers, which keep what can be read of a
//! damaged tag and pass over pictures; cover art through lofty. docs/tags.md says what is read from where.

mod chunks;
mod fields;
mod id3_text;
mod id3v2;
mod matroska;
mod mp4;
mod ogg;
mod picture;
mod text;
mod trailers;
mod vorbis;

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::error::{Error, guarded};
use fields::{Found, Tag};
pub use picture::read_cover_art;

/// Longer texts are cut: a title is not a book, and tags cross the pipe of a worker in one message.
const LONGEST_TEXT_CHARS: usize = 1000;

/// A medley of more works than this is not a piece of music.
const MOST_WORKS: usize = 100;

/// How far a tag is looked for that does not stand at the beginning.
const MOST_JUNK: usize = 2048;

/// Tags of ID3v2 one behind the other; beyond this many it is a trick.
const MOST_ID3V2: usize = 8;

/// What a file says of itself. Texts are trimmed and never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// Performer; several with commas between them.
    pub artist: Option<String>,
    /// Title of the album.
    pub album: Option<String>,
    /// Performer of the album as a whole.
    pub album_artist: Option<String>,
    /// Genre, the first where there are several.
    pub genre: Option<String>,
    /// Year of this release, from any date that begins with four digits.
    pub year: Option<i32>,
    /// Position on the album, from 1.
    pub track_number: Option<u32>,
    /// Whether the album collects several artists.
    pub compilation: bool,
    /// MusicBrainz Recording id.
    pub recording_id: Option<String>,
    /// MusicBrainz Work ids: several for a medley.
    pub work_ids: Vec<String>,
}

/// An embedded picture, still encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Such as `image/jpeg`.
    pub mime: String,
    /// The picture file.
    pub bytes: Vec<u8>,
}

/// Reads the tags; a container without tags, or one that is not known, gives empty ones.
pub fn read_tags(path: &Path) -> Result<Tags, Error> {
    check_regular(path)?;
    let found = guarded("tag reader", || find(Bytes::new(File::open(path)?)?))?;
    found.map(|found| found.tags()).map_err(|error| Error::from_io(&error))
}

/// A pipe would block.
fn check_regular(path: &Path) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(Error::Unreadable { reason: "it is not a regular file".into() }),
        Err(error) => Err(Error::Unreadable { reason: error.to_string() }),
    }
}

/// The tags of a file, by its first bytes. ID3v2 may precede any format, and counts after the format's own.
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

/// ID3v2 behind a few bytes that belong to nothing.
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

fn work_ids(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts {
        for id in ids(&text) {
            if found.len() < MOST_WORKS && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// The UUIDs in a text: some taggers join several with a slash, a semicolon or a zero.
fn ids(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_between = |c: char| matches!(c, '/' | ';' | ',' | '\0') || c.is_whitespace();
    text.split(is_between).filter(|id| is_uuid(id)).map(str::to_ascii_lowercase)
}

/// Five groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups =
        text.split('-').map(|group| group.chars().all(|c| c.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}

fn clean(text: &str) -> Option<String> {
    let first = text.split('\0').map(str::trim).find(|part| !part.is_empty())?;
    let cut: String = first.chars().take(LONGEST_TEXT_CHARS).collect();
    Some(cut.trim_end().to_owned())
}

/// `2004-05-01`, `2004/05`, `01.05.2004`; not `0000`.
fn year(date: &str) -> Option<i32> {
    let of = |digits: &str| digits.parse().ok().filter(|&year: &i32| year > 0);
    let leading = date.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let mut numbers = date.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    leading.and_then(of).or_else(|| numbers.find_map(of))
}

/// `3/12` is the third of twelve.
fn leading_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_however_taggers_join_them() {
        let (a, b) = ("0f8a4ae2-5cd5-4a4b-8b5c-6a8b1c7d2e3f", "A2B3C4D5-0000-4000-8000-0123456789AB");
        let found: Vec<_> = ids(&format!("{a}; {b}/not-an-id\0")).collect();
        assert_eq!(found, [a.to_string(), b.to_lowercase()]);
    }

    #[test]
    fn years_and_numbers_are_read_from_what_taggers_write() {
        assert_eq!(["1987-04", "19870402", "2.4.1987"].map(year), [Some(1987); 3]);
        assert_eq!(["0000", "'87", "12", "unkn", "-987"].map(year), [None; 5]);
        assert_eq!([leading_number("3/12"), leading_number("A1"), leading_number("")], [Some(3), None, None]);
    }

    #[test]
    fn texts_are_trimmed_cut_and_never_empty() {
        assert_eq!(clean(" \0 Yes \0 No").as_deref(), Some("Yes"));
        assert_eq!(clean("  "), None);
        assert_eq!(clean(&"ü".repeat(5000)).unwrap().chars().count(), LONGEST_TEXT_CHARS);
        let cut_at_a_space = format!("{} and more", "ü".repeat(LONGEST_TEXT_CHARS - 1));
        assert_eq!(clean(&cut_at_a_space).unwrap(), "ü".repeat(LONGEST_TEXT_CHARS - 1));
    }

    /// Every beginning of small files of all formats, and each with bytes changed.
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
