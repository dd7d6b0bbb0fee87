//! What a file says of itself: tags, MusicBrainz ids and cover art, through lofty.
//!
//! Containers that lofty does not know (Matroska, CAF) give empty tags.

use std::path::Path;

use lofty::config::ParseOptions;
use lofty::error::FileParseError;
use lofty::file::{TaggedFile, TaggedFileExt};
use lofty::picture::{MimeType, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag};
use serde::{Deserialize, Serialize};

use crate::error::{Error, guarded};

/// Longer texts are cut: a title is not a book, and tags cross the pipe of a worker in one message.
const LONGEST_TEXT_CHARS: usize = 1000;

/// A medley of more works than this is not a piece of music.
const MOST_WORKS: usize = 100;

/// What a file says of itself. Texts are trimmed and never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// Performer.
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

/// Reads the tags; a container without tags, or one that lofty does not know, gives empty ones.
pub fn read_tags(path: &Path) -> Result<Tags, Error> {
    Ok(read(path, false)?.map(|file| tags_of(&file)).unwrap_or_default())
}

/// Reads the front cover, or the first picture where none is marked as such.
pub fn read_cover_art(path: &Path) -> Result<Option<Picture>, Error> {
    let Some(file) = read(path, true)? else { return Ok(None) };
    let pictures = || in_order(&file).flat_map(|tag| tag.pictures());
    let front = pictures().find(|picture| picture.pic_type() == PictureType::CoverFront);
    Ok(front.or_else(|| pictures().next()).map(|picture| Picture {
        mime: picture.mime_type().map_or("application/octet-stream", MimeType::as_str).into(),
        bytes: picture.data().to_vec(),
    }))
}

/// `None` where the container is not one of lofty's.
fn read(path: &Path, with_pictures: bool) -> Result<Option<TaggedFile>, Error> {
    if !std::fs::metadata(path).map_err(|error| unreadable(&error))?.is_file() {
        return Err(Error::Unreadable { reason: "it is not a regular file".into() });
    }
    let options = ParseOptions::new().read_properties(false).read_cover_art(with_pictures);
    guarded("tag reader", || {
        let probe = Probe::open(path).map_err(|error| parse_error(&error))?.options(options);
        let probe = probe.guess_file_type().map_err(|error| Error::from_io(&error))?;
        match probe.file_type() {
            Some(_) => probe.read().map(Some).map_err(|error| parse_error(&error)),
            None => Ok(None),
        }
    })?
}

fn unreadable(error: &std::io::Error) -> Error {
    Error::Unreadable { reason: error.to_string() }
}

fn parse_error(error: &FileParseError) -> Error {
    Error::Damaged { reason: error.to_string() }
}

/// The container's own kind of tag first: an MP3 may also carry APE and ID3v1.
fn in_order(file: &TaggedFile) -> impl Iterator<Item = &Tag> {
    let primary = file.primary_tag_type();
    let others = file.tags().iter().filter(move |tag| tag.tag_type() != primary);
    file.primary_tag().into_iter().chain(others)
}

fn tags_of(file: &TaggedFile) -> Tags {
    let text = |key| in_order(file).flat_map(|tag| tag.get_strings(key)).find_map(clean);
    let date =
        text(ItemKey::RecordingDate).or_else(|| text(ItemKey::Year)).or_else(|| text(ItemKey::ReleaseDate));
    Tags {
        title: text(ItemKey::TrackTitle),
        artist: text(ItemKey::TrackArtist),
        album: text(ItemKey::AlbumTitle),
        album_artist: text(ItemKey::AlbumArtist),
        genre: text(ItemKey::Genre),
        year: date.and_then(|date| year(&date)),
        track_number: text(ItemKey::TrackNumber)
            .and_then(|number| leading_number(&number))
            .filter(|&n| n > 0),
        compilation: text(ItemKey::FlagCompilation)
            .is_some_and(|flag| flag == "1" || flag.eq_ignore_ascii_case("true")),
        recording_id: recording_id(file),
        work_ids: work_ids(file),
    }
}

/// ID3v2 keeps the recording id in a `UFID` frame, which is bytes and not text.
fn recording_id(file: &TaggedFile) -> Option<String> {
    let items = in_order(file).flat_map(|tag| tag.get_items(ItemKey::MusicBrainzRecordingId));
    let texts = items.filter_map(|item| match item.value() {
        lofty::tag::ItemValue::Binary(bytes) => std::str::from_utf8(bytes).ok(),
        value => value.text(),
    });
    texts.flat_map(ids).next()
}

fn work_ids(file: &TaggedFile) -> Vec<String> {
    let mut found = Vec::new();
    for id in in_order(file).flat_map(|tag| tag.get_strings(ItemKey::MusicBrainzWorkId)).flat_map(ids) {
        if found.len() < MOST_WORKS && !found.contains(&id) {
            found.push(id);
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
    Some(first.chars().take(LONGEST_TEXT_CHARS).collect())
}

/// `2004-05-01`, `2004`; not `0000`.
fn year(date: &str) -> Option<i32> {
    date.get(..4)?.parse().ok().filter(|&year| year > 0)
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
        assert_eq!([year("1987-04"), year("0000"), year("'87"), year("12")], [Some(1987), None, None, None]);
        assert_eq!([leading_number("3/12"), leading_number("A1"), leading_number("")], [Some(3), None, None]);
    }

    #[test]
    fn texts_are_trimmed_cut_and_never_empty() {
        assert_eq!(clean(" \0 Yes \0 No").as_deref(), Some("Yes"));
        assert_eq!(clean("  "), None);
        assert_eq!(clean(&"ü".repeat(5000)).unwrap().chars().count(), LONGEST_TEXT_CHARS);
    }
}
