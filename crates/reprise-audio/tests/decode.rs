//! Every format against the formula that it was made from, broken files, and the effect of tags on the identity.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::path::Path;

use reprise_audio::{Error, decode, payload_hash};
use support::{FIXTURES, Kept, fixture, lag};

const RATE_HZ: u32 = 44_100;

fn decoded(path: &Path) -> (Kept, reprise_audio::Decoded) {
    let mut kept = Kept::default();
    let decoded = decode(path, RATE_HZ, &mut kept).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    (kept, decoded)
}

/// A temporary file with these bytes.
fn file_of(bytes: &[u8], suffix: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(suffix).tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

#[test]
fn every_format_has_the_length_and_the_time_of_its_source() {
    for name in FIXTURES {
        let (kept, decoded) = decoded(&fixture(name));
        let stream = kept.stream.unwrap();
        assert!(decoded.warnings.is_empty(), "{name}: {:?}", decoded.warnings);
        assert_eq!(decoded.duration_s, kept.samples.len() as f64 / f64::from(RATE_HZ), "{name}");
        let (at, correlation) = lag(&kept.samples, f64::from(RATE_HZ), 1200);
        // Raw ADTS states neither priming nor padding, so nothing is trimmed there.
        let (expected_lag, expected_s) = if name == "sweep.aac" { (1024, None) } else { (0, Some(1.5)) };
        assert!((at - expected_lag).abs() <= 3, "{name}: {at} samples late; Opus shifts phases by 2");

        assert!(
            correlation > 0.95,
            "{name}: correlation {correlation} with the source, of which AAC loses most, in ffmpeg too"
        );
        if let Some(expected_s) = expected_s {
            // The padding at the end of Matroska, less than one packet of 20 ms, is not trimmed.
            let tolerance_s = if name == "sweep.webm" { 0.02 } else { 0.001 };
            assert!(
                (decoded.duration_s - expected_s).abs() < tolerance_s,
                "{name} ({stream:?}): {} s",
                decoded.duration_s
            );
        }
    }
}

#[test]
fn the_hash_of_decoding_is_the_hash_of_demuxing() {
    let mut seen = std::collections::HashSet::new();
    for name in FIXTURES {
        let (_, decoded) = decoded(&fixture(name));
        assert_eq!(decoded.payload_hash, payload_hash(&fixture(name)).unwrap(), "{name}");
        // The same Opus packets in Ogg and in WebM are the same audio, and so are the same samples in two containers.
        seen.insert(decoded.payload_hash);
    }
    assert!(seen.len() >= FIXTURES.len() - 3, "{} of {} differ", seen.len(), FIXTURES.len());
}

#[test]
fn a_file_cut_short_keeps_what_decodes_and_says_so() {
    for name in FIXTURES {
        let whole = std::fs::read(fixture(name)).unwrap();
        let file = file_of(&whole[..whole.len() * 31 / 50], &name[name.rfind('.').unwrap()..]);
        let mut kept = Kept::default();
        match decode(file.path(), RATE_HZ, &mut kept) {
            Ok(decoded) => {
                assert!((0.2..1.2).contains(&decoded.duration_s), "{name}: {} s", decoded.duration_s);
                let says =
                    |warning: &String| warning.contains("ends early") || warning.contains("is cut off");
                let tells = decoded.warnings.iter().any(says);
                // Raw ADTS and Ogg do not state their length at the beginning.
                let is_silent = ["sweep.aac", "sweep.ogg", "sweep.opus"].contains(&name);
                assert!(tells || is_silent, "{name}: {:?}", decoded.warnings);
                assert_eq!(payload_hash(file.path()).unwrap(), decoded.payload_hash, "{name}");
            }
            // The index of an MP4 that was written in one pass is at the end. symphonia refuses CAF that is shorter
            // than stated.
            Err(error) => assert!(
                ["m4a", "caf"].iter().any(|end| name.ends_with(end))
                    && matches!(error, Error::Damaged { .. }),
                "{name}: {error}"
            ),
        }
    }
}

#[test]
fn no_byte_flipped_and_no_length_panics() {
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for name in FIXTURES {
        let whole = std::fs::read(fixture(name)).unwrap();
        for round in 0..24 {
            let mut bytes = whole.clone();
            for _ in 0..1 + round {
                // Half of the damage is in the headers.
                let reach = if next() % 2 == 0 { bytes.len().min(600) } else { bytes.len() };
                let at = next() % reach;
                bytes[at] = next() as u8;
            }
            bytes.truncate(if round % 3 == 0 { 1 + next() % whole.len() } else { whole.len() });
            let file = file_of(&bytes, &name[name.rfind('.').unwrap()..]);
            let mut kept = Kept::default();
            if let Ok(decoded) = decode(file.path(), RATE_HZ, &mut kept) {
                assert!(kept.samples.iter().all(|sample| sample.is_finite()), "{name}");
                assert_eq!(payload_hash(file.path()).unwrap(), decoded.payload_hash, "{name}");
            }
        }
    }
}

#[test]
fn what_is_not_audio_is_named() {
    let text = "Dear diary, today I named a text file after a song.\n".repeat(2000);
    for bytes in [text.as_bytes(), &[0; 70_000][..]] {
        for suffix in [".mp3", ".flac", ".m4a", ".ogg", ".wav", ""] {
            let file = file_of(bytes, suffix);
            let error = decode(file.path(), RATE_HZ, &mut Kept::default()).unwrap_err();
            assert!(matches!(error, Error::NotAudio { .. } | Error::Damaged { .. }), "{suffix}: {error:?}");
        }
    }
    let error = decode(file_of(b"", ".mp3").path(), RATE_HZ, &mut Kept::default()).unwrap_err();
    assert_eq!(error.to_string(), "the file is damaged: it is empty");
    let error = decode(file_of(b"wvpk....", ".wv").path(), RATE_HZ, &mut Kept::default()).unwrap_err();
    assert_eq!(error.to_string(), "WavPack is not supported yet");
    for path in ["/nonexistent/a.mp3", "/"] {
        let error = decode(Path::new(path), RATE_HZ, &mut Kept::default()).unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    }
}

#[test]
fn a_length_that_lies_costs_nothing() {
    let whole = std::fs::read(fixture("sweep.wav")).unwrap();
    let data = whole.windows(4).position(|kind| kind == b"data").unwrap();
    // A wrong length, the length from a program that wrote to a pipe, and a missing outer length.
    for (riff_length, data_length) in
        [(0x7FFF_FFF0, 0x7FFF_0000u32), (u32::MAX, u32::MAX), (0, 24_000), (36, u32::MAX)]
    {
        let mut bytes = whole.clone();
        bytes[4..8].copy_from_slice(&u32::to_le_bytes(riff_length));
        bytes[data + 4..data + 8].copy_from_slice(&data_length.to_le_bytes());
        let (_, decoded) = decoded(file_of(&bytes, ".wav").path());
        assert!(
            (decoded.duration_s - 1.5).abs() < 0.05,
            "{riff_length:x} {data_length:x}: {}",
            decoded.duration_s
        );
    }
}

#[test]
fn a_damaged_stretch_is_counted_and_keeps_the_time() {
    let mut bytes = std::fs::read(fixture("sweep.mp3")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 600].fill(0);
    let (kept, decoded) = decoded(file_of(&bytes, ".mp3").path());
    assert!((decoded.duration_s - 1.5).abs() < 0.1, "{} s, {:?}", decoded.duration_s, decoded.warnings);
    assert!(!kept.samples.is_empty());
}

#[test]
fn a_sink_that_has_enough_stops_the_decoding() {
    let mut kept = Kept { stop_after: Some(1), ..Kept::default() };
    assert_eq!(decode(&fixture("sweep.mp3"), RATE_HZ, &mut kept), Err(Error::Stopped));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_a_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.mp3"));
    std::fs::copy(fixture("sweep.mp3"), &path).unwrap();
    assert_eq!(decoded(&path).1.payload_hash, payload_hash(&fixture("sweep.mp3")).unwrap());
}
