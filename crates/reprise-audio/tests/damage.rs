//! Holes, cuts, and codecs in unusual containers. What can be decoded is kept, with one sentence that says how much it
//! is; the rest is refused with its name.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::path::{Path, PathBuf};

use reprise_audio::{Decoded, Error, decode, payload_hash, read_tags};
use support::Kept;

fn fixture(folder_and_name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder_and_name)
}

fn heard(path: &Path) -> Result<Decoded, Error> {
    decode(path, 16_000, &mut Kept::default())
}

fn heard_bytes(bytes: &[u8], like: &str) -> Result<Decoded, Error> {
    let suffix = &like[like.rfind('.').unwrap()..];
    let file = tempfile::Builder::new().suffix(suffix).tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let decoded = heard(file.path())?;
    assert_eq!(payload_hash(file.path()).unwrap(), decoded.payload_hash, "{like}");
    Ok(decoded)
}

/// The file without 3 % in its middle, and the file with zeros there.
fn with_holes(name: &str) -> [Vec<u8>; 2] {
    let whole = std::fs::read(fixture(name)).unwrap();
    let (from, to) = (whole.len() / 2, whole.len() * 53 / 100);
    let zeros = [&whole[..from], &vec![0; to - from], &whole[to..]].concat();
    [[&whole[..from], &whole[to..]].concat(), zeros]
}

#[test]
fn what_stands_behind_a_hole_is_heard() {
    // A page of Ogg or a cluster of Matroska is lost as a whole; here that is seconds.
    for (name, least) in [
        ("odd/holes.webm", 0.75),
        ("listening/long.webm", 0.5),
        ("listening/long.ogg", 0.75),
        ("listening/long.opus", 0.9),
        ("listening/long.flac", 0.9),
        ("listening/long.mp3", 0.9),
        ("audio/sweep.caf", 0.9),
        ("audio/sweep.aac", 0.9),
    ] {
        let whole = heard(&fixture(name)).unwrap();
        for (file, how) in with_holes(name).iter().zip(["gone", "zeros"]) {
            let heard = heard_bytes(file, name).unwrap_or_else(|error| panic!("{name}, {how}: {error}"));
            assert!(heard.duration_s > least * whole.duration_s, "{name}, {how}: {}", heard.duration_s);
            assert!(heard.warnings.len() <= 1, "{name}, {how}: {:?}", heard.warnings);
        }
    }
}

#[test]
fn how_much_is_missing_is_said() {
    for file in with_holes("odd/holes.webm") {
        let heard = heard_bytes(&file, "holes.webm").unwrap();
        assert!(heard.warnings[0].starts_with("has holes: 3."), "{:?}", heard.warnings);
        assert!(heard.warnings[0].ends_with("of 4.0 seconds could be decoded"), "{:?}", heard.warnings);
    }
    let file = &with_holes("listening/long.m4a")[1];
    let heard = heard_bytes(file, "long.m4a").unwrap();
    assert!(heard.warnings[0].contains(" packets skipped, "), "{:?}", heard.warnings);
}

#[test]
fn a_caf_is_heard_whose_recorder_was_killed() {
    let whole = std::fs::read(fixture("audio/sweep.caf")).unwrap();
    let right = heard(&fixture("audio/sweep.caf")).unwrap();
    let data = whole.windows(4).position(|name| name == b"data").unwrap();
    let mut endless = whole.clone();
    endless[data + 4..data + 12].fill(0xff);
    let junk = [&whole[..], b"words that are no chunk"].concat();
    for (name, file) in [("no length", endless), ("junk behind", junk)] {
        let heard = heard_bytes(&file, "x.caf").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((heard.duration_s - right.duration_s).abs() < 0.01, "{name}: {}", heard.duration_s);
        assert!(heard.warnings.is_empty(), "{name}: {:?}", heard.warnings);
    }
    let heard = heard_bytes(&whole[..whole.len() * 3 / 5], "x.caf").unwrap();
    assert!((0.8..1.0).contains(&heard.duration_s), "{}", heard.duration_s);
    assert!(heard.warnings[0].starts_with("is cut off: 60 % of it is there"), "{:?}", heard.warnings);
}

#[test]
fn codecs_are_heard_in_containers_where_they_are_seldom() {
    let mulaw = std::fs::read(fixture("tags/written.caf")).unwrap();
    let name = mulaw.windows(4).position(|name| name == b"ulaw").unwrap();
    let mut alaw = mulaw.clone();
    alaw[name] = b'a';
    for file in [mulaw, alaw] {
        assert!(heard_bytes(&file, "x.caf").unwrap().duration_s > 0.1);
    }
    let mp3 = heard(&fixture("odd/mp3_in.wav")).unwrap();
    assert!((mp3.duration_s - 2.0).abs() < 0.1 && mp3.warnings.is_empty(), "{mp3:?}");
    let flac = heard(&fixture("odd/flac_5.1.flac")).unwrap();
    assert!((flac.duration_s - 1.0).abs() < 0.01, "{flac:?}");
}

#[test]
fn what_no_decoder_reads_is_refused_by_its_name() {
    for (name, said) in [
        ("odd/gsm_in.wav", "GSM in WAV is not supported yet"),
        ("odd/ac3_in.mp4", "AC-3 in MP4 is not supported yet"),
        ("odd/opus_5.1.opus", "Opus with more than two channels is not supported yet"),
        ("odd/aac_5.1.m4a", "AAC with more than two channels is not supported yet"),
    ] {
        assert_eq!(heard(&fixture(name)).unwrap_err().to_string(), said);
    }
    let caf = std::fs::read(fixture("tags/written.caf")).unwrap();
    let name = caf.windows(4).position(|name| name == b"ulaw").unwrap();
    for (letters, said) in [(b"ms\0\x02", "Microsoft ADPCM in CAF"), (b"QDM2", "QDesign Music in CAF")] {
        let mut other = caf.clone();
        other[name..name + 4].copy_from_slice(letters);
        let error = heard_bytes(&other, "x.caf").unwrap_err();
        assert_eq!(error.to_string(), format!("{said} is not supported yet"));
    }
}

#[test]
fn sound_behind_a_tag_with_a_bad_header_is_heard() {
    assert!(heard(&fixture("tags/id3_no_extended.mp3")).unwrap().duration_s > 0.1);
}

#[test]
fn a_number_beside_no_levels_is_the_track_s() {
    assert_eq!(read_tags(&fixture("odd/holes.webm")).unwrap().track_number, Some(3));
}
