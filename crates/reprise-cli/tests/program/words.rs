//! Words: heard, shown, searched, and picked up again after a kill.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use ndarray::Array1;

use crate::support::{Home, write_song};

/// A reader who says "The river runs down to the sea tonight, and I will follow it home. Seven white horses were standing
/// in the rain." several times, each at a pace of his own, after so many seconds of silence.
fn write_speech(path: &Path, silence_s: f32, times: usize) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/words/speech.npy");
    let speech: Array1<i16> = ndarray_npy::read_npy(golden).unwrap();
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, format).unwrap();
    let silence = (silence_s * 16_000.0) as usize;
    (0..silence).for_each(|_| wav.write_sample(0_i16).unwrap());
    for _ in 0..times {
        speech.iter().for_each(|sample| wav.write_sample(*sample).unwrap());
        (0..16_000).for_each(|_| wav.write_sample(0_i16).unwrap());
    }
    wav.finalize().unwrap();
}

fn music(home: &Home) -> std::path::PathBuf {
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    write_speech(&music.join("early.wav"), 0.0, 3);
    write_speech(&music.join("late.wav"), 8.0, 3);
    write_song(&music.join("chords.wav"), 3, 20);
    music
}

#[test]
fn words_are_heard_shown_and_found_by_a_line_that_is_remembered_with_mistakes() {
    let home = Home::new();
    let music = music(&home);
    let folder = music.to_str().unwrap();
    let voices = &home.json(&["scan", "--voice", "now", "--words", "never", folder])["voices"];
    assert_eq!(voices["listened_for_words"], 0);
    assert!(home.json(&["status"])["words_off"].as_str().unwrap().contains("--words later"));
    assert_eq!(home.json(&["listen"])["voices"]["listened_for_words"], 0, "never is remembered");
    assert!(home.json(&["words", music.join("late.wav").to_str().unwrap()]).is_null(), "not known yet");
    let refused = home.run(&["scan", "--voice", "never", "--words", "now", folder]);
    assert!(!refused.status.success(), "words are heard in voices");
    // The voices are known: they are separated again, and only for the words.
    let voices = &home.json(&["scan", "--words", "now", folder])["voices"];
    assert_eq!((&voices["heard"], &voices["with_words"]), (&0.into(), &2.into()), "{voices}");
    let status = home.json(&["status"]);
    assert_eq!((&status["words_heard"], &status["words_off"]), (&2.into(), &serde_json::Value::Null));

    let late = music.join("late.wav");
    let words = home.json(&["words", late.to_str().unwrap()]);
    assert_eq!(words["language"], "en");
    let first = &words["lines"][0];
    assert!((6.0..10.0).contains(&first["start_s"].as_f64().unwrap()), "after the silence: {first}");
    assert!(first["text"].as_str().unwrap().starts_with("The river runs"), "{first}");
    let silent = home.json(&["words", music.join("chords.wav").to_str().unwrap()]);
    assert_eq!(silent["lines"], serde_json::json!([]), "nobody sings in it");

    let found = home.json(&["search", "--words", "seven wide horses", "standing in the rain"]);
    let paths: Vec<_> = found["tracks"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
    assert_eq!(paths.len(), 2, "{found}");
    assert!(home.json(&["search", "--words", "yellow submarine"])["tracks"].as_array().unwrap().is_empty());
    assert_eq!(home.json(&["search", "chords"])["tracks"].as_array().unwrap().len(), 1);

    let early = music.join("early.wav");
    let beside = home.json(&["words", early.to_str().unwrap(), late.to_str().unwrap()]);
    let n_lines = beside["own"]["lines"].as_array().unwrap().len();
    assert_eq!(beside["matched"].as_array().unwrap().len(), n_lines, "{beside}");
}

#[test]
fn a_pass_that_is_killed_keeps_the_words_that_were_heard_and_hears_the_rest_later() {
    let home = Home::new();
    let folder = home.path("music");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..4 {
        write_speech(&folder.join(format!("{n}.wav")), 1.0 + n as f32, 3);
    }
    home.scan(&folder);
    let arguments = ["listen", "--threads", "1"].map(OsStr::new);
    let mut listen = home.command(&arguments).spawn().unwrap();
    let heard = loop {
        std::thread::sleep(Duration::from_millis(20));
        let heard = home.json(&["status"])["words_heard"].as_u64().unwrap();
        if heard > 0 || listen.try_wait().unwrap().is_some() {
            break heard;
        }
    };
    listen.kill().unwrap(); // SIGKILL on Unix
    listen.wait().unwrap();
    let rest = home.json(&["listen"]);
    let listened = rest["voices"]["listened_for_words"].as_u64().unwrap();
    assert!(heard >= 1 && listened + heard <= 4, "what was committed is not heard again: {rest}");
    assert_eq!(home.json(&["status"])["words_heard"], 4);
    let found = home.json(&["search", "--words", "white horses standing in the rain"]);
    assert_eq!(found["tracks"].as_array().unwrap().len(), 4);
}
