//! Tags of Matroska and WebM, <https://www.matroska.org/technical/tagging.html>.

use std::io;

use super::fields::{Field, LONGEST_VALUE, Tag, field_of};
use super::text::Text;
use crate::bytes::Bytes;
use crate::ebml::Element;

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const SEEK: u32 = 0x4DBB;
const SEEK_ID: u32 = 0x53AB;
const SEEK_POSITION: u32 = 0x53AC;
const INFO: u32 = 0x1549_A966;
const INFO_TITLE: u32 = 0x7BA9;
const CLUSTER: u32 = 0x1F43_B675;
const TAGS: u32 = 0x1254_C367;
const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63C0;
const TARGET_LEVEL: u32 = 0x68CA;
const TARGET_EDITION: u32 = 0x63C9;
const TARGET_CHAPTER: u32 = 0x63C4;
const TARGET_ATTACHMENT: u32 = 0x63C6;
const SIMPLE: u32 = 0x67C8;
const NAME: u32 = 0x45A3;
const STRING: u32 = 0x4487;

/// The level of an album; tracks have lower levels. It is also the default.
const ALBUM_LEVEL: u64 = 50;

/// The largest number of elements of one list that is read: enough for hours of clusters.
const MOST_ELEMENTS: u32 = 1_000_000;

/// A text, and the level that it describes.
struct Said {
    level: u64,
    name: String,
    text: Text,
}

pub(super) fn read(bytes: &mut Bytes) -> io::Result<Tag> {
    let mut reader = Reader { bytes, said: Vec::new(), title: None, read_tags: Vec::new() };
    reader.segment()?;
    Ok(reader.tag())
}

struct Reader<'r, 'a> {
    bytes: &'r mut Bytes<'a>,
    said: Vec<Said>,
    title: Option<Text>,
    /// Where the tags read so far begin, so that none is read twice.
    read_tags: Vec<u64>,
}

impl Reader<'_, '_> {
    fn segment(&mut self) -> io::Result<()> {
        let (mut at, mut start, mut elsewhere) = (0, 0, Vec::new());
        for _ in 0..MOST_ELEMENTS {
            let Some(element) = Element::read(self.bytes, at, u64::MAX)? else { break };
            at = element.to;
            match element.id {
                SEGMENT => {
                    start = element.from;
                    at = element.from;
                }
                // The length was unknown when the header was written, so the content follows directly.
                CLUSTER if element.stated_end.is_none() => at = element.from,
                SEEK_HEAD => elsewhere
                    .extend(self.tags_position(element)?.map(|position| start.saturating_add(position))),
                INFO => {
                    self.title = self.find(element, INFO_TITLE)?.map(|title| self.text(title)).transpose()?
                }
                TAGS => self.tags(element)?,
                _ => {}
            }
        }
        // These tags are at positions that the walk did not reach.
        for at in elsewhere {
            if let Some(element) =
                Element::read(self.bytes, at, u64::MAX)?.filter(|element| element.id == TAGS)
            {
                self.tags(element)?;
            }
        }
        Ok(())
    }

    fn children(&mut self, parent: Element) -> io::Result<Vec<Element>> {
        let (mut children, mut at) = (Vec::new(), parent.from);
        while at < parent.to && children.len() < MOST_ELEMENTS as usize / 100 {
            let Some(element) = Element::read(self.bytes, at, parent.to)? else { break };
            children.push(element);
            at = element.to;
        }
        Ok(children)
    }

    fn find(&mut self, parent: Element, id: u32) -> io::Result<Option<Element>> {
        Ok(self.children(parent)?.into_iter().find(|element| element.id == id))
    }

    fn value(&mut self, element: Element) -> io::Result<Vec<u8>> {
        self.bytes.get(element.from, (element.to - element.from).min(LONGEST_VALUE as u64) as usize)
    }

    fn text(&mut self, element: Element) -> io::Result<Text> {
        let value = self.value(element)?;
        Ok(Text::utf8(value.split(|byte| *byte == 0).next().unwrap_or_default()))
    }

    fn number(&mut self, element: Element) -> io::Result<u64> {
        Ok(self.value(element)?.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn tags_position(&mut self, seek_head: Element) -> io::Result<Option<u64>> {
        for seek in self.children(seek_head)? {
            let parts = if seek.id == SEEK { self.children(seek)? } else { Vec::new() };
            let part = |id| parts.iter().find(|part| part.id == id).copied();
            if let (Some(id), Some(position)) = (part(SEEK_ID), part(SEEK_POSITION))
                && self.number(id)? == u64::from(TAGS)
            {
                return self.number(position).map(Some);
            }
        }
        Ok(None)
    }

    fn tags(&mut self, element: Element) -> io::Result<()> {
        if self.read_tags.contains(&element.from) {
            return Ok(());
        }
        self.read_tags.push(element.from);
        for tag in self.children(element)?.into_iter().filter(|child| child.id == TAG) {
            let parts = self.children(tag)?;
            let Some(level) = self.level(&parts)? else { continue };
            for simple in parts.iter().filter(|part| part.id == SIMPLE) {
                let parts = self.children(*simple)?;
                let part = |id| parts.iter().find(|part| part.id == id).copied();
                if let (Some(name), Some(text)) = (part(NAME), part(STRING)) {
                    let name = String::from_utf8_lossy(&self.value(name)?).trim_end_matches('\0').into();
                    let text = self.text(text)?;
                    self.said.push(Said { level, name, text });
                }
            }
        }
        Ok(())
    }

    /// The level that a tag describes; `None` if it describes a chapter or an attached file.
    fn level(&mut self, parts: &[Element]) -> io::Result<Option<u64>> {
        let mut level = ALBUM_LEVEL;
        for targets in parts.iter().filter(|part| part.id == TARGETS) {
            for target in self.children(*targets)? {
                match target.id {
                    TARGET_LEVEL => level = self.number(target)?,
                    TARGET_EDITION | TARGET_CHAPTER | TARGET_ATTACHMENT if self.number(target)? != 0 => {
                        return Ok(None);
                    }
                    _ => {}
                }
            }
        }
        Ok(Some(level))
    }

    /// A title at album level is the album's if the track has its own title. Programs that do not use levels write
    /// everything at album level.
    fn tag(self) -> Tag {
        let is_track = |said: &Said| said.level < ALBUM_LEVEL;
        let has = |field, track| {
            self.said.iter().any(|said| {
                is_track(said) == track && field_of(&said.name).is_some_and(|(is, _)| is == field)
            })
        };
        let (has_title, has_artist) = (has(Field::Title, true), has(Field::Artist, true));
        let has_levels = self.said.iter().any(is_track);
        let mut tag = Tag::default();
        for said in &self.said {
            let Some((field, rank)) = field_of(&said.name) else { continue };
            let (field, rank) = match (field, is_track(said)) {
                (Field::Title, false) if has_title => (Field::Album, 1),
                (Field::Title, false) => (Field::Title, 2),
                (Field::Artist, false) if has_artist => (Field::AlbumArtist, 1),
                // This is the number of the disc, or of the track if nothing describes a track.
                (Field::Track, false) if said.name == "PART_NUMBER" && has_levels => continue,
                (_, true) => (field, rank),
                (_, false) => (field, rank + 1),
            };
            tag.push(field, rank, said.text.clone());
        }
        if let Some(title) = self.title {
            tag.push(Field::Title, 1, title);
        }
        tag
    }
}
