//! The tags of a file and its picture. The readers of tags are our own code. The reader of pictures is lofty, whose
//! panics are caught and are not findings.

use reprise_audio::{Tags, read_cover_art, read_tags};

use crate::input_file;

/// The limits that docs/tags.md promises.
const LONGEST_TEXT_CHARS: usize = 1000;
const MOST_WORKS: usize = 100;

pub(super) fn check(bytes: &[u8]) {
    let path = input_file::written("input", bytes);
    let tags = read_tags(&path)
        .expect("what cannot be read of tags is left out, and nothing is wrong with the disc");
    hold_promises(&tags);
    if let Ok(Some(picture)) = read_cover_art(&path) {
        assert!(picture.bytes.len() <= bytes.len(), "a picture is a part of its file");
        assert!(!picture.mime.is_empty(), "a picture is of some kind");
    }
}

/// Checks the promises of [`Tags`].
pub(super) fn hold_promises(tags: &Tags) {
    let Tags { title, artist, album, album_artist, genre, recording_id, .. } = tags;
    for text in [title, artist, album, album_artist, genre, recording_id].into_iter().flatten() {
        assert!(!text.is_empty() && text.trim() == text, "texts are trimmed and never empty: {text:?}");
        assert!(!text.contains('\0'), "a zero ends a text: {text:?}");
        assert!(
            text.chars().count() <= LONGEST_TEXT_CHARS,
            "texts are cut: {} characters",
            text.chars().count()
        );
    }
    assert!(tags.year.is_none_or(|year| year > 0), "{:?}", tags.year);
    assert!(tags.track_number != Some(0), "positions count from 1");
    assert!(tags.work_ids.len() <= MOST_WORKS, "{} works", tags.work_ids.len());
    assert!(tags.work_ids.iter().chain(recording_id).all(|id| is_uuid(id)), "{tags:?}");
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36 && id.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
