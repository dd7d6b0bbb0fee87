//! Files through real decode workers to a verdict. The child is `examples/true_copy.rs`.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use reprise_analysis::{DECODE_WORKER_COMMAND, stereo_sketch};
use reprise_audio::worker::{Limits, Worker};
use reprise_fingerprint::stereo::{ChannelDifference, StereoSketch, Verdict, compare};

const SECONDS: usize = 20;

/// Cargo puts examples into a folder next to that of the tests.
fn worker() -> Worker {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/true_copy");
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    Worker { program, args: vec![DECODE_WORKER_COMMAND.into()], limits: Limits::default() }
}

/// Notes that change twice a second, other ones at either side, at any sample rate.
fn piece(rate_hz: usize) -> Vec<[f32; 2]> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let notes: Vec<[f32; 6]> =
        (0..2 * SECONDS).map(|_| std::array::from_fn(|_| 110.0 * 2f32.powf(4.0 * random()))).collect();
    let frame = |n: usize| {
        let notes = notes[2 * n / rate_hz];
        let t = n as f32 / rate_hz as f32;
        let tone = |hz: f32| 0.1 * (std::f32::consts::TAU * hz * t).sin();
        let side = |notes: &[f32]| notes.iter().map(|hz| tone(*hz)).sum();
        [side(&notes[..4]), side(&notes[2..])]
    };
    (0..SECONDS * rate_hz).map(frame).collect()
}

fn write(path: &Path, rate_hz: usize, frames: &[[f32; 2]]) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: rate_hz as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    frames.iter().flatten().for_each(|sample| writer.write_sample((sample * 32_767.0) as i16).unwrap());
    writer.finalize().unwrap();
}

fn sketch(path: &Path) -> StereoSketch {
    stereo_sketch(&worker(), path, &AtomicBool::new(false)).unwrap()
}

#[test]
fn files_are_the_same_or_not_by_their_sound() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let plain = piece(44_100);
    write(&at("plain.wav"), 44_100, &plain);
    write(&at("other rate.wav"), 32_000, &piece(32_000));
    let late = [vec![[0.0; 2]; 44_100], plain.clone()].concat();
    write(&at("late.wav"), 44_100, &late);
    let swapped: Vec<[f32; 2]> = plain.iter().map(|[left, right]| [*right, *left]).collect();
    write(&at("swapped.wav"), 44_100, &swapped);
    let mut muted = plain;
    muted[10 * 44_100..][..22_050].fill([0.0; 2]);
    write(&at("muted.wav"), 44_100, &muted);

    let plain = sketch(&at("plain.wav"));
    assert_eq!(plain.n_channels(), 2);
    assert!((plain.duration_s() - SECONDS as f64).abs() < 0.05, "{} s", plain.duration_s());
    let verdict = |name: &str| compare(&plain, &sketch(&at(name)), 0.0);
    assert_eq!(verdict("other rate.wav").verdict, Verdict::Same);
    let late = verdict("late.wav");
    assert_eq!(late.verdict, Verdict::Same, "{late:?}");
    assert!((late.offset_s - 1.0).abs() < 0.005, "{late:?}");
    assert_eq!(verdict("swapped.wav").verdict, Verdict::Channels(ChannelDifference::Swapped));
    let Verdict::Different { places } = verdict("muted.wav").verdict else { panic!("a mute is heard") };
    let [(start_s, length_s)] = places[..] else { panic!("{places:?}") };
    assert!((start_s - 10.0).abs() < 0.15 && (length_s - 0.5).abs() < 0.3, "{places:?}");
}

#[test]
fn a_file_that_cannot_be_read_and_a_stop_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.mp3");
    std::fs::write(&path, [7; 5000]).unwrap();
    let go_on = AtomicBool::new(false);
    assert!(stereo_sketch(&worker(), &path, &go_on).is_err());
    assert!(stereo_sketch(&worker(), &folder.path().join("absent.mp3"), &go_on).is_err());
    let good = folder.path().join("good.wav");
    write(&good, 44_100, &piece(44_100));
    let stopped = stereo_sketch(&worker(), &good, &AtomicBool::new(true));
    assert_eq!(stopped.unwrap_err(), reprise_audio::Error::Stopped);
}
