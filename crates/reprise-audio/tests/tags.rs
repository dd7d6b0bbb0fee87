//! Tags that lofty writes are read back, and writing them does not change the identity of the audio.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, ItemValue, Tag, TagExt, TagItem};
use reprise_audio::{payload_hash, read_cover_art, read_tags};
use support::fixture;

const RECORDING: &str = "0f8a4ae2-5cd5-4a4b-8b5c-6a8b1c7d2e3f";
const WORKS: [&str; 2] = ["a2b3c4d5-0000-4000-8000-0123456789ab", "b2b3c4d5-0000-4000-8000-0123456789ab"];

/// lofty cannot write tags into the containers of the other fixtures.
const TAGGABLE: [&str; 8] = [
    "sweep.mp3",
    "sweep.flac",
    "sweep-aac.m4a",
    "sweep-alac.m4a",
    "sweep.ogg",
    "sweep.opus",
    "sweep.wav",
    "sweep.aiff",
];

/// Writes every field and a picture into a copy of the fixture.
fn tagged(name: &str, picture: &[u8]) -> tempfile::TempPath {
    let copy = tempfile::Builder::new()
        .suffix(&name[name.rfind('.').unwrap()..])
        .tempfile()
        .unwrap()
        .into_temp_path();
    std::fs::copy(fixture(name), &copy).unwrap();
    use lofty::file::TaggedFileExt;
    let kind = Probe::open(&copy).unwrap().guess_file_type().unwrap().read().unwrap().primary_tag_type();
    let mut tag = Tag::new(kind);
    for (key, value) in [
        (ItemKey::TrackTitle, "Für Élise"),
        (ItemKey::TrackArtist, "Ludwig"),
        (ItemKey::AlbumTitle, "Bagatelles"),
        (ItemKey::AlbumArtist, "Various"),
        (ItemKey::Genre, "Classical"),
        (ItemKey::RecordingDate, "1987-04-02"),
        (ItemKey::TrackNumber, "3"),
        (ItemKey::FlagCompilation, "1"),
        (ItemKey::MusicBrainzRecordingId, RECORDING),
    ] {
        tag.push(TagItem::new(key, ItemValue::Text(value.into())));
    }
    for work in WORKS {
        tag.push(TagItem::new(ItemKey::MusicBrainzWorkId, ItemValue::Text(work.into())));
    }
    let cover =
        Picture::unchecked(picture.to_vec()).pic_type(PictureType::CoverFront).mime_type(MimeType::Png);
    tag.push_picture(cover.build());
    tag.save_to_path(&copy, WriteOptions::default()).unwrap();
    copy
}

#[test]
fn tags_and_pictures_change_nothing_of_the_identity() {
    for name in TAGGABLE {
        let before = payload_hash(&fixture(name)).unwrap();
        // Longer than a page or a packet of any container.
        let copy = tagged(name, &[0x5A; 100_000]);
        assert_ne!(std::fs::metadata(&copy).unwrap().len(), std::fs::metadata(fixture(name)).unwrap().len());
        assert_eq!(payload_hash(&copy).unwrap(), before, "{name}");
    }
}

#[test]
fn every_field_is_read_back_from_every_kind_of_tag() {
    for name in TAGGABLE {
        let tags = read_tags(&tagged(name, b"\x89PNG\r\n\x1a\n")).unwrap();
        assert_eq!(tags.title.as_deref(), Some("Für Élise"), "{name}");
        assert_eq!(tags.artist.as_deref(), Some("Ludwig"), "{name}");
        assert_eq!(tags.album.as_deref(), Some("Bagatelles"), "{name}");
        assert_eq!(tags.album_artist.as_deref(), Some("Various"), "{name}");
        assert_eq!(tags.genre.as_deref(), Some("Classical"), "{name}");
        assert_eq!((tags.year, tags.track_number, tags.compilation), (Some(1987), Some(3), true), "{name}");
        assert_eq!(tags.recording_id.as_deref(), Some(RECORDING), "{name}");
        assert_eq!(tags.work_ids, WORKS, "{name}");
    }
}

#[test]
fn the_front_cover_is_read_back() {
    for name in TAGGABLE {
        let bytes = b"\x89PNG\r\n\x1a\nnot really";
        let picture =
            read_cover_art(&tagged(name, bytes)).unwrap().unwrap_or_else(|| panic!("{name}: no picture"));
        assert_eq!((picture.mime.as_str(), picture.bytes.as_slice()), ("image/png", &bytes[..]), "{name}");
        assert_eq!(read_cover_art(&fixture(name)).unwrap(), None, "{name}");
    }
}

#[test]
fn a_container_without_tags_gives_empty_ones() {
    for name in ["sweep.caf", "sweep.webm"] {
        assert_eq!(read_tags(&fixture(name)).unwrap(), reprise_audio::Tags::default(), "{name}");
    }
}
