//! Tags after the audio: APEv2, and ID3v1 in the last 128 bytes.

use std::io;

use super::fields::{Field, LONGEST_VALUE, Tag};
use super::id3_text::genre;
use super::text::Text;
use crate::bytes::{Bytes, le32};

/// The length of an ID3v1 tag.
const ID3V1: u64 = 128;

/// The length of the header and of the footer of an APE tag.
const APE_FOOTER: u64 = 32;

/// The largest number of items of one tag that is read.
const MOST_ITEMS: u32 = 2000;

/// The tags at the end of the file. APEv2 comes first, because it has space for complete names.
pub(super) fn read(bytes: &mut Bytes) -> io::Result<[Tag; 2]> {
    let mut end = bytes.len();
    let v1 = id3v1(bytes)?;
    if v1.is_some() {
        end = before_lyrics(bytes, end - ID3V1)?;
    }
    Ok([ape_before(bytes, end)?, v1.unwrap_or_default()])
}

fn id3v1(bytes: &mut Bytes) -> io::Result<Option<Tag>> {
    let at = bytes.len().saturating_sub(ID3V1);
    let Some(data) = bytes.array::<128>(at)?.filter(|data| data.starts_with(b"TAG")) else { return Ok(None) };
    let mut tag = Tag::default();
    let fields =
        [(Field::Title, 3..33), (Field::Artist, 33..63), (Field::Album, 63..93), (Field::Date, 93..97)];
    for (field, place) in fields {
        let slot = &data[place];
        let text = slot.split(|byte| *byte == 0).next().unwrap_or_default();
        let is_full = text.len() == slot.len() && field != Field::Date;
        tag.push(field, 0, if is_full { Text::Cut(text.into()) } else { Text::Bytes(text.into()) });
    }
    if data[125] == 0 && data[126] != 0 {
        tag.push(Field::Track, 0, Text::Known(data[126].to_string()));
    }
    if data[127] != u8::MAX {
        let text = genre(Text::Known(data[127].to_string()));
        // A number that is not in the list is not a genre.
        if text != Text::Known(data[127].to_string()) {
            tag.push(Field::Genre, 0, text);
        }
    }
    Ok(Some(tag))
}

/// Where a Lyrics3 tag that ends at `end` begins.
fn before_lyrics(bytes: &mut Bytes, end: u64) -> io::Result<u64> {
    let footer = bytes.get(end.saturating_sub(15), 15)?;
    let length = footer.strip_suffix(b"LYRICS200").and_then(|digits| std::str::from_utf8(digits).ok());
    let length = length.and_then(|digits| digits.parse::<u64>().ok());
    Ok(length.and_then(|length| end.checked_sub(length + 15)).unwrap_or(end))
}

/// The APE tag that ends at `end`; empty if there is none.
fn ape_before(bytes: &mut Bytes, end: u64) -> io::Result<Tag> {
    let mut tag = Tag::default();
    let footer_at = end.saturating_sub(APE_FOOTER);
    let Some(footer) = bytes.array::<32>(footer_at)?.filter(|footer| footer.starts_with(b"APETAGEX")) else {
        return Ok(tag);
    };
    // The length includes the footer, but not the header.
    let length = u64::from(le32(&footer[12..]));
    let Some(mut at) = end.checked_sub(length) else { return Ok(tag) };
    for _ in 0..le32(&footer[16..]).min(MOST_ITEMS) {
        let head = bytes.get(at, 8 + 256)?;
        let Some(key_len) = head.get(8..).and_then(|key| key.iter().position(|byte| *byte == 0)) else {
            break;
        };
        let (len, flags) = (u64::from(le32(&head)), le32(&head[4..]));
        at += 8 + key_len as u64 + 1;
        if at + len > footer_at {
            break;
        }
        let is_text = flags & 0b110 == 0;
        if let Some(key) = std::str::from_utf8(&head[8..8 + key_len]).ok().filter(|_| is_text)
            && len <= LONGEST_VALUE as u64
        {
            let value = bytes.get(at, len as usize)?;
            value.split(|byte| *byte == 0).for_each(|value| tag.push_named(key, Text::utf8(value)));
        }
        at += len;
    }
    Ok(tag)
}
