//! Tags of MP4 and QuickTime: the list that iTunes writes, and the texts of QuickTime,
//! <https://developer.apple.com/documentation/quicktime-file-format>.

use std::io;

use super::fields::{Field, LONGEST_VALUE, Tag};
use super::id3_text::{genre, texts};
use super::text::Text;
use crate::atom::Atom;
use crate::bytes::{Bytes, be32};

/// The tags in the first `moov`.
pub(super) fn read(bytes: &mut Bytes) -> io::Result<Tag> {
    let mut tag = Tag::default();
    let Some(movie) = Atom::whole(bytes).find(bytes, b"moov")? else { return Ok(tag) };
    let mut places = vec![movie];
    if let Some(user_data) = movie.find(bytes, b"udta")? {
        for atom in user_data.inside(bytes, 0)? {
            quicktime_text(bytes, &mut tag, atom)?;
        }
        places.insert(0, user_data);
    }
    for place in places {
        let Some(meta) = place.find(bytes, b"meta")? else { continue };
        // In QuickTime there is no version before the atoms.
        let version = if bytes.get(meta.from + 4, 4)? == b"hdlr" { 0 } else { 4 };
        let lists = meta.inside(bytes, version)?.into_iter();
        for list in lists.filter(|atom| &atom.name == b"ilst").take(1) {
            for item in list.inside(bytes, 0)? {
                read_item(bytes, &mut tag, item)?;
            }
        }
    }
    Ok(tag)
}

fn read_item(bytes: &mut Bytes, tag: &mut Tag, item: Atom) -> io::Result<()> {
    if &item.name == b"----" {
        return read_named(bytes, tag, item);
    }
    let Some(field) = field_of(&item.name) else { return Ok(()) };
    for (kind, value) in values(bytes, item)? {
        let number = value.get(..4).map(|value| u16::from_be_bytes([value[2], value[3]]));
        let text = match &item.name {
            b"trkn" => number.map(|number| Text::Known(number.to_string())),
            b"cpil" => value.last().map(|flag| Text::Known((u8::from(*flag != 0)).to_string())),
            b"gnre" => {
                let number = value.last().and_then(|number| number.checked_sub(1));
                number.map(|number| genre(Text::Known(number.to_string())))
            }
            _ => Some(text(kind, &value)),
        };
        if let Some(text) = text {
            tag.push(field, u8::from(&item.name == b"gnre"), text);
        }
    }
    Ok(())
}

fn field_of(name: &[u8; 4]) -> Option<Field> {
    Some(match name {
        b"\xA9nam" => Field::Title,
        b"\xA9ART" => Field::Artist,
        b"\xA9alb" => Field::Album,
        b"aART" => Field::AlbumArtist,
        b"\xA9gen" | b"gnre" => Field::Genre,
        b"\xA9day" => Field::Date,
        b"trkn" => Field::Track,
        b"cpil" => Field::Compilation,
        _ => return None,
    })
}

/// The values of an item, each with the number of its type.
fn values(bytes: &mut Bytes, item: Atom) -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut values = Vec::new();
    for atom in item.inside(bytes, 0)? {
        if &atom.name == b"data" && atom.to - atom.from <= LONGEST_VALUE as u64 {
            let data = atom.content(bytes, LONGEST_VALUE as u64)?;
            if let Some(value) = data.get(8..) {
                values.push((be32(&data) & 0x00FF_FFFF, value.to_vec()));
            }
        }
    }
    Ok(values)
}

/// Type 2 is UTF-16.
fn text(kind: u32, value: &[u8]) -> Text {
    match kind {
        2 => texts(2, value).into_iter().next().unwrap_or(Text::Known(String::new())),
        _ => Text::utf8(value),
    }
}

/// Reads an item whose name the tagger has chosen.
fn read_named(bytes: &mut Bytes, tag: &mut Tag, item: Atom) -> io::Result<()> {
    let Some(name) = item.find(bytes, b"name")? else { return Ok(()) };
    let name = bytes.get(name.from + 4, (name.to - name.from).saturating_sub(4).min(256) as usize)?;
    let Some((field, rank)) = super::fields::field_of(&String::from_utf8_lossy(&name)) else { return Ok(()) };
    for (kind, value) in values(bytes, item)? {
        tag.push(field, rank + 1, text(kind, &value));
    }
    Ok(())
}

/// Reads texts of QuickTime, where a length and a language precede each text.
fn quicktime_text(bytes: &mut Bytes, tag: &mut Tag, atom: Atom) -> io::Result<()> {
    let Some(field) = field_of(&atom.name).filter(|_| atom.name[0] == 0xA9) else { return Ok(()) };
    let data = atom.content(bytes, LONGEST_VALUE as u64)?;
    let Some((length, rest)) = data.split_first_chunk::<2>() else { return Ok(()) };
    let length = usize::from(u16::from_be_bytes(*length));
    if let Some(value) = rest.get(2..).filter(|value| length <= value.len()) {
        tag.push(field, 3, Text::utf8(&value[..length]));
    }
    Ok(())
}
