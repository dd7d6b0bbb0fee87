//! The values found in the tags of one file, and which of them count.

use super::text::{CodePage, Text};
use super::track_tags::Tags;
use super::values::{clean, ids, leading_number, work_ids, year};

/// The largest number of values of one tag that is kept.
const MOST_VALUES: usize = 1000;

/// The largest number of names in an artist field that is kept.
const MOST_NAMES: usize = 50;

/// Longer values are lyrics or pictures, not names.
pub(super) const LONGEST_VALUE: usize = 1 << 16;

/// The meaning of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Artist,
    Album,
    AlbumArtist,
    Genre,
    Date,
    Track,
    Compilation,
    RecordingId,
    WorkId,
}

/// One tag of a file: values in the order of the tag. Within a field, lower ranks have priority.
#[derive(Debug, Default)]
pub(super) struct Tag(Vec<(Field, u8, Text)>);

impl Tag {
    pub fn push(&mut self, field: Field, rank: u8, text: Text) {
        if self.0.len() < MOST_VALUES {
            self.0.push((field, rank, text));
        }
    }

    /// Adds the value of a key that is a word, as in Vorbis comments.
    pub fn push_named(&mut self, key: &str, text: Text) {
        if let Some((field, rank)) = field_of(key) {
            self.push(field, rank, text);
        }
    }
}

/// The field that a key names, and its rank. Taggers use different case, spaces and underscores.
pub(super) fn field_of(key: &str) -> Option<(Field, u8)> {
    let key = key.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '/')).collect::<String>();
    Some(match key.to_ascii_lowercase().as_str() {
        "title" => (Field::Title, 0),
        "artist" => (Field::Artist, 0),
        "artists" | "performer" | "leadperformer" => (Field::Artist, 1),
        "album" => (Field::Album, 0),
        "albumartist" => (Field::AlbumArtist, 0),
        "albumartists" => (Field::AlbumArtist, 1),
        "genre" => (Field::Genre, 0),
        "date" | "recordeddate" => (Field::Date, 0),
        "year" | "releasedate" | "datereleased" | "daterecorded" => (Field::Date, 1),
        "tracknumber" | "track" | "partnumber" => (Field::Track, 0),
        "compilation" | "itunescompilation" => (Field::Compilation, 0),
        "musicbrainztrackid" | "musicbrainzrecordingid" => (Field::RecordingId, 0),
        "musicbrainzworkid" => (Field::WorkId, 0),
        _ => return None,
    })
}

/// The tags of a file, highest priority first.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Tag>);

impl Found {
    pub fn push(&mut self, tag: Tag) {
        self.0.push(tag);
    }

    /// For each field, the value from the first tag that has the field.
    pub fn tags(&self) -> Tags {
        let page = CodePage::of(self.0.iter().flat_map(|tag| tag.0.iter().map(|item| &item.2)));
        let first = |field| self.groups(field, &page).next().map(|mut group| group.swap_remove(0));
        let all = |field| self.groups(field, &page).flatten();
        Tags {
            title: first(Field::Title),
            artist: self.groups(Field::Artist, &page).next().map(names),
            album: first(Field::Album),
            album_artist: self.groups(Field::AlbumArtist, &page).next().map(names),
            genre: first(Field::Genre),
            year: all(Field::Date).find_map(|date| year(&date)),
            track_number: all(Field::Track)
                .find_map(|number| leading_number(&number).filter(|&number| number > 0)),
            compilation: first(Field::Compilation)
                .is_some_and(|flag| flag == "1" || flag.eq_ignore_ascii_case("true")),
            recording_id: all(Field::RecordingId).find_map(|text| ids(&text).next()),
            work_ids: work_ids(all(Field::WorkId)),
        }
    }

    /// The values of a field that are not empty, grouped by tag and rank.
    fn groups(&self, field: Field, page: &CodePage) -> impl Iterator<Item = Vec<String>> {
        let ranked = self.0.iter().flat_map(|tag| (0..4).map(move |rank| (tag, rank)));
        ranked
            .map(move |(tag, rank)| {
                let items = tag.0.iter().filter(|item| (item.0, item.1) == (field, rank));
                items.filter_map(|item| clean(&page.decode(&item.2))).collect::<Vec<_>>()
            })
            .filter(|group| !group.is_empty())
    }
}

/// Joins several names with commas, each name once.
fn names(group: Vec<String>) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in group {
        if names.len() < MOST_NAMES && !names.contains(&name) {
            names.push(name);
        }
    }
    clean(&names.join(", ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(items: &[(&str, &str)]) -> Tag {
        let mut tag = Tag::default();
        for (key, value) in items {
            tag.push_named(key, Text::Known((*value).into()));
        }
        tag
    }

    #[test]
    fn the_first_tag_that_has_a_field_says_all_of_it() {
        let mut found = Found::default();
        found.push(tag(&[("ARTIST", " "), ("TITLE", "Long title"), ("YEAR", "1999"), ("DATE", "unknown")]));
        found.push(tag(&[
            ("Artist", "A"),
            ("artist", "B"),
            ("ARTISTS", "C"),
            ("artist", "A"),
            ("date", "2001"),
        ]));
        found.push(tag(&[("artist", "D"), ("title", "Long ti")]));
        let tags = found.tags();
        assert_eq!(tags.title.as_deref(), Some("Long title"));
        assert_eq!(tags.artist.as_deref(), Some("A, B"));
        assert_eq!(tags.year, Some(1999));
    }
}
