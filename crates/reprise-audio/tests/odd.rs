//! Files that state something other than what they contain: every second that can be decoded is kept, and a sentence
//! says what was wrong.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::ops::Range;
use std::path::{Path, PathBuf};

use reprise_audio::{Decoded, Error, decode};
use support::{Kept, fixture};

const RATE_HZ: u32 = 44_100;

fn decoded(path: &Path) -> Result<(Kept, Decoded), Error> {
    let mut kept = Kept::default();
    let decoded = decode(path, RATE_HZ, &mut kept)?;
    Ok((kept, decoded))
}

fn decoded_bytes(bytes: &[u8], suffix: &str) -> Result<(Kept, Decoded), Error> {
    let file = tempfile::Builder::new().suffix(suffix).tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    decoded(file.path())
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn odd(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/odd").join(name)
}

fn place(bytes: &[u8], of: &[u8]) -> usize {
    bytes.windows(of.len()).position(|window| window == of).unwrap()
}

/// Where the number of frames is in its Xing tag, which is called Info at a constant bit rate.
fn count_at(mp3: &[u8]) -> Range<usize> {
    let at = mp3.windows(4).position(|name| name == b"Xing" || name == b"Info").unwrap() + 8;
    at..at + 4
}

/// The MP3 with another number of frames in its tag.
fn claiming(frames: u32) -> Vec<u8> {
    let mut mp3 = bytes_of("sweep.mp3");
    let place = count_at(&mp3);
    mp3[place].copy_from_slice(&frames.to_be_bytes());
    mp3
}

/// The number of frames that the MP3 itself states.
fn true_count() -> u32 {
    let mp3 = bytes_of("sweep.mp3");
    u32::from_be_bytes(mp3[count_at(&mp3)].try_into().unwrap())
}

#[test]
fn an_mp3_is_as_long_as_what_decodes_whatever_its_header_counts() {
    let (_, honest) = decoded(&fixture("sweep.mp3")).unwrap();
    for (frames, is_said) in [(0, false), (5, true), (true_count() - 3, false), (9_000, true)] {
        let (_, heard) = decoded_bytes(&claiming(frames), ".mp3").unwrap();
        let more_s = heard.duration_s - honest.duration_s;
        assert!((0.0..0.06).contains(&more_s), "{frames} frames: {more_s}; only padding is not taken off");
        assert_eq!(!heard.warnings.is_empty(), is_said, "{frames}: {:?}", heard.warnings);
    }
    let (_, short) = decoded_bytes(&claiming(5), ".mp3").unwrap();
    assert!(short.warnings[0].starts_with("is 1.5 seconds long and not 0."), "{:?}", short.warnings);
}

#[test]
fn mp3s_that_were_joined_are_heard_to_the_last() {
    let (one, changed) = (bytes_of("sweep.mp3"), std::fs::read(odd_mono()).unwrap());
    let (_, alone) = decoded_bytes(&one, ".mp3").unwrap();
    let (_, other) = decoded_bytes(&changed, ".mp3").unwrap();
    for parts in [vec![&one, &one], vec![&one, &changed], vec![&changed, &one, &changed]] {
        let joined: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        let each = |part: &&Vec<u8>| if **part == one { alone.duration_s } else { other.duration_s };
        let whole_s: f64 = parts.iter().map(each).sum();
        let (kept, heard) = decoded_bytes(&joined, ".mp3").unwrap();
        assert!((heard.duration_s - whole_s).abs() < 0.2, "{} of {whole_s}", heard.duration_s);
        let last = &kept.samples[kept.samples.len() - RATE_HZ as usize..];
        assert!(last.iter().any(|sample| sample.abs() > 0.1), "the last second sounds");
    }
}

/// An MP3 in mono at half the sample rate.
fn odd_mono() -> PathBuf {
    odd("mono_22050.mp3")
}

/// A WAV with these chunks after the outer header.
fn wav(id: &[u8; 4], chunks: &[&[u8]]) -> Vec<u8> {
    [id, &[0xff; 4], b"WAVE", &chunks.concat()[..]].concat()
}

#[test]
fn a_wav_is_heard_behind_chunks_and_lengths_that_lie() {
    let whole = bytes_of("sweep.wav");
    let at = place(&whole, b"data");
    let format = &whole[place(&whole, b"fmt ")..][..24];
    let sound = &whole[at..];
    let (_, right) = decoded_bytes(&whole, ".wav").unwrap();
    let no_length = [b"data\0\0\0\0", &sound[8..]].concat();
    let w64 = |id: &[u8; 4], content: &[u8]| {
        let length = (content.len() as u64 + 24).to_le_bytes();
        [id, b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0".as_slice(), b"\x4f\x8e\xdb\x8a", &length, content].concat()
    };
    let head = [b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00".as_slice(), &[0xff; 8]].concat();
    let w64_wave = b"wave\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
    let files: [(&str, Vec<u8>); 6] = [
        ("an odd LIST without its byte between", wav(b"RIFF", &[format, b"LIST\x05\0\0\0INFOx", sound])),
        (
            "a LIST shorter than it holds",
            wav(b"RIFF", &[format, b"LIST\x10\0\0\0INFOISFT\xff\0\0\0abcd", sound]),
        ),
        ("no length of the sound", wav(b"RIFF", &[format, &no_length])),
        ("RF64", wav(b"RF64", &[b"ds64\x1c\0\0\0", &[0; 28], format, sound])),
        ("BW64", wav(b"BW64", &[format, sound])),
        ("Wave64", [&head[..], w64_wave, &w64(b"fmt ", &format[8..]), &w64(b"data", &sound[8..])].concat()),
    ];
    for (name, bytes) in files {
        let (_, heard) = decoded_bytes(&bytes, ".wav").unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((heard.duration_s - right.duration_s).abs() < 0.001, "{name}: {}", heard.duration_s);
    }
}

#[test]
fn a_flac_is_heard_behind_a_block_that_is_wrong() {
    let whole = bytes_of("sweep.flac");
    let (_, right) = decoded_bytes(&whole, ".flac").unwrap();
    // The cue sheet of a CD with one track that begins at an invalid sector.
    let mut sheet = vec![0u8; 396 + 36];
    (sheet[136], sheet[395], sheet[396 + 7], sheet[396 + 8]) = (0x80, 1, 1, 1);
    let last = whole[4] & 0x80;
    let block = [&[last | 5, 0][..], &(sheet.len() as u16).to_be_bytes(), &sheet].concat();
    let (first, rest) = whole.split_at(4 + 4 + usize::from(whole[7]));
    let mut first = first.to_vec();
    first[4] &= 0x7f;
    let (_, heard) = decoded_bytes(&[&first, &block[..], rest].concat(), ".flac").unwrap();
    assert_eq!(heard.duration_s, right.duration_s);
}

#[test]
fn what_was_cut_off_is_heard_as_far_as_it_goes_and_said() {
    let (_, heard) = decoded(&odd("cut_off_download_faststart.m4a")).unwrap();
    assert!((heard.duration_s - 2.5).abs() < 0.1, "{}", heard.duration_s);
    assert_eq!(heard.warnings, ["ends early: 2.5 of 4.0 seconds could be decoded"]);
    let webm = std::fs::read(odd("mkv_chapters_by_ffmpeg.webm")).unwrap();
    let (_, heard) = decoded_bytes(&webm[..webm.len() * 6 / 10], ".webm").unwrap();
    assert!((1.5..3.5).contains(&heard.duration_s), "{}", heard.duration_s);
    assert_eq!(heard.warnings.len(), 1, "{:?}", heard.warnings);
}

#[test]
fn what_other_programs_write_is_read() {
    for name in ["mkv_chapters_by_ffmpeg.webm", "opus_44100_by_mkvmerge.mka"] {
        let (_, heard) = decoded(&odd(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((heard.duration_s - 4.0).abs() < 0.05 && heard.warnings.is_empty(), "{name}: {heard:?}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    for (name, said) in [("speex.spx", "Speex"), ("aac_5.1.m4a", "AAC with more than two channels")] {
        match decoded(&odd(name)).map(|(_, heard)| heard) {
            Err(Error::Unsupported { format }) => assert_eq!(format, said),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn two_channels_of_opposite_polarity_are_heard() {
    let whole = bytes_of("sweep.wav");
    let sound = &whole[place(&whole, b"data") + 8..];
    let samples = sound.as_chunks::<2>().0.iter().map(|bytes| i16::from_le_bytes(*bytes));
    let stereo: Vec<u8> =
        samples.flat_map(|left| [left, left.saturating_neg()]).flat_map(i16::to_le_bytes).collect();
    let format = b"fmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0";
    let data = [b"data", &(stereo.len() as u32).to_le_bytes()[..], &stereo].concat();
    let (kept, _) = decoded_bytes(&wav(b"RIFF", &[format, &data]), ".wav").unwrap();
    let (mono, _) = decoded(&fixture("sweep.wav")).unwrap();
    let power = |kept: &Kept| kept.samples.iter().map(|x| x * x).sum::<f32>() / kept.samples.len() as f32;
    assert!((power(&kept) / power(&mono) - 1.0).abs() < 0.05, "{} and {}", power(&kept), power(&mono));
}
