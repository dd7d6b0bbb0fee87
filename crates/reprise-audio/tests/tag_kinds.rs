//! The tags read from the files in tests/fixtures/tags, and from files with large pictures.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use reprise_audio::{Tags, payload_hash, read_cover_art, read_tags};
use serde::Deserialize;

/// An entry of expected.json; fields that are absent must not be read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    title: Option<String>,
    artist: Option<String>,
    album: Option<String>,
    album_artist: Option<String>,
    genre: Option<String>,
    year: Option<i32>,
    track: Option<u32>,
    recording_id: Option<String>,
    #[serde(default)]
    work_ids: Vec<String>,
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/tags"].iter().collect()
}

fn expected() -> BTreeMap<String, Expected> {
    serde_json::from_str(&fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

#[test]
fn each_file_says_what_is_expected() {
    let all = expected();
    assert!(all.len() > 40);
    for (name, expected) in all {
        let wanted = Tags {
            title: expected.title,
            artist: expected.artist,
            album: expected.album,
            album_artist: expected.album_artist,
            genre: expected.genre,
            year: expected.year,
            track_number: expected.track,
            compilation: false,
            recording_id: expected.recording_id,
            work_ids: expected.work_ids,
        };
        assert_eq!(read_tags(&folder().join(&name)).unwrap(), wanted, "{name}");
    }
}

/// 20 MB: in base 64 this is more than symphonia keeps of one packet, and more than lofty's default limit.
#[test]
fn a_large_picture_loses_neither_text_nor_sound() {
    for name in
        ["sweep.ogg", "sweep.opus", "sweep-aac.m4a", "sweep.mp3", "sweep.aiff", "sweep.wav", "sweep.flac"]
    {
        // Blocks of FLAC are at most 16 MiB long.
        let size = if name == "sweep.flac" { 15 << 20 } else { 20 << 20 };
        let copy = with_picture(&support::fixture(name), size);
        let tags = read_tags(&copy).unwrap();
        assert_eq!(tags.title.as_deref(), Some("Für Élise"), "{name}");
        assert_eq!(payload_hash(&copy).unwrap(), payload_hash(&support::fixture(name)).unwrap(), "{name}");
        assert_eq!(read_cover_art(&copy).unwrap().map(|picture| picture.bytes.len()), Some(size), "{name}");
    }
}

fn with_picture(path: &Path, size: usize) -> tempfile::TempPath {
    use lofty::config::{GlobalOptions, WriteOptions, apply_global_options};
    use lofty::file::TaggedFileExt;
    use lofty::picture::{MimeType, Picture, PictureType};
    use lofty::tag::{ItemKey, Tag, TagExt};
    apply_global_options(GlobalOptions::new().allocation_limit(4 * size));
    let suffix = format!(".{}", path.extension().unwrap().to_str().unwrap());
    let copy = tempfile::Builder::new().suffix(&suffix).tempfile().unwrap().into_temp_path();
    fs::copy(path, &copy).unwrap();
    let kind = lofty::read_from_path(&copy).unwrap().primary_tag_type();
    let mut tag = Tag::new(kind);
    let picture = Picture::unchecked(vec![0x5A; size]).pic_type(PictureType::CoverFront);
    tag.push_picture(picture.mime_type(MimeType::Png).build());
    tag.insert_text(ItemKey::TrackTitle, "Für Élise".into());
    tag.save_to_path(&copy, WriteOptions::default()).unwrap();
    copy
}
