//! The voice pass on sounds that are difficult for it.

use std::path::Path;

use crate::support::{Home, write_song};

fn write(path: &Path, samples: impl Iterator<Item = f32>) {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, format).unwrap();
    samples.for_each(|sample| wav.write_sample((sample * 32_000.0) as i16).unwrap());
    wav.finalize().unwrap();
}

/// A bowed string with partials, vibrato and slow attacks, one note per second.
fn violin(seconds: usize) -> impl Iterator<Item = f32> {
    let mut phase = 0.0f32;
    (0..seconds * 44_100).map(move |i| {
        let t = i as f32 / 44_100.0;
        let step = [0.0, 2.0, 4.0, 5.0, 7.0, 9.0, 7.0, 4.0][t as usize % 8];
        let hz = 440.0 * ((step + 0.3 * (std::f32::consts::TAU * 6.0 * t).sin()) / 12.0).exp2();
        phase += hz / 44_100.0;
        let attack = (t.fract() * 8.0).min(1.0);
        let partials = (1..12).map(|k| (std::f32::consts::TAU * phase * k as f32).sin() / k as f32);
        0.25 * attack * partials.sum::<f32>()
    })
}

/// The lead of a synthesiser: a filtered square wave with portamento over a bass.
fn synthesiser(seconds: usize) -> impl Iterator<Item = f32> {
    let (mut phase, mut low) = (0.0f32, 0.0f32);
    (0..seconds * 44_100).map(move |i| {
        let t = i as f32 / 44_100.0;
        let step = [0.0, 3.0, 7.0, 10.0, 12.0, 10.0, 7.0, 3.0][(t * 4.0) as usize % 8];
        phase = (phase + 220.0 * (step / 12.0f32).exp2() / 44_100.0).fract();
        low += 0.12 * (if phase < 0.4 { 0.4 } else { -0.4 } - low);
        low + 0.2 * (std::f32::consts::TAU * 55.0 * t).sin()
    })
}

#[test]
fn neither_violins_nor_synthesisers_nor_silence_make_a_voice_and_a_voice_alone_does() {
    let home = Home::new();
    let (demo, music) = (home.path("demo"), home.path("music"));
    home.json(&["demo", demo.to_str().unwrap()]);
    std::fs::create_dir(&music).unwrap();
    write(&music.join("violin.wav"), violin(40));
    write(&music.join("synthesiser.wav"), synthesiser(40));
    write(&music.join("silence.wav"), std::iter::repeat_n(0.0, 40 * 44_100));
    write_song(&music.join("chords.wav"), 3, 40);
    // The separated vocals of a demo song are a voice without a band.
    let song = demo.join("Für Elise - The Glass Room.flac");
    let out = home.path("out");
    let arguments = ["features", song.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let stages = ["--stage", "vocals", "--stage", "melody"];
    assert!(home.run(&[&arguments[..], &stages[..]].concat()).status.success());
    std::fs::rename(out.join("Für Elise - The Glass Room.vocals.wav"), music.join("alone.wav")).unwrap();
    let melody: ndarray::Array2<f32> =
        ndarray_npy::read_npy(out.join("Für Elise - The Glass Room.melody.npy")).unwrap();
    assert_eq!(melody.ncols(), 12);
    assert!(melody.iter().all(|value| (0.0..=1.0).contains(value)));

    let scanned = home.json(&["scan", "--voice", "now", music.to_str().unwrap()]);
    assert_eq!(
        (&scanned["heard"], &scanned["not_matched"]),
        (&5.into(), &1.into()),
        "silence is not matched"
    );
    assert_eq!(scanned["voices"]["heard"], 4);
    assert_eq!(scanned["voices"]["sung"], 1, "only the voice alone is one: {scanned}");
}

#[test]
fn voices_are_heard_when_they_are_wanted() {
    let home = Home::new();
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    write_song(&music.join("one.wav"), 1, 20);
    let voices =
        |arguments: &[&str]| home.json(&[arguments, &[music.to_str().unwrap()]].concat())["voices"].clone();
    assert!(voices(&["scan"]).is_null(), "later, unless it is said otherwise");
    assert!(voices(&["scan", "--voice", "never"]).is_null());
    assert!(home.json(&["listen"])["voices"].is_null(), "never is remembered");
    assert!(voices(&["scan"]).is_null());
    assert!(home.json(&["listen"])["voices"].is_null());
    assert!(voices(&["scan", "--voice", "later"]).is_null());
    assert_eq!(home.json(&["listen"])["voices"]["heard"], 1);
}
