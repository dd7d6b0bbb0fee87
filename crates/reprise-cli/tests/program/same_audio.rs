//! One recording in several files: remastered, cut, and in a set.

use std::path::Path;

use hound::{WavReader, WavWriter};
use serde_json::Value;

use crate::support::{Home, write_song};

fn samples(path: &Path) -> Vec<i16> {
    WavReader::open(path).unwrap().samples().map(Result::unwrap).collect()
}

fn write_like(path: &Path, model: &Path, samples: &[i16]) {
    let mut wav = WavWriter::create(path, WavReader::open(model).unwrap().spec()).unwrap();
    samples.iter().for_each(|sample| wav.write_sample(*sample).unwrap());
    wav.finalize().unwrap();
}

/// A remastered version: quieter, with fewer high frequencies, and with half a second of silence before it.
fn mastered_anew(samples: &[i16]) -> Vec<i16> {
    let mut last = 0.0;
    let dull = samples.iter().map(|sample| {
        last += 0.5 * (f64::from(*sample) * 0.7 - last);
        last as i16
    });
    vec![0; 11_025].into_iter().chain(dull).collect()
}

/// The (name, relation) of each result, in order of name.
fn relations(home: &Home, name: &str) -> Vec<(String, String)> {
    let covers = home.json(&["covers", home.path(name).to_str().unwrap()]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let named = |cover: &Value| {
        let name =
            Path::new(cover["path"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        (name, text(&cover["relation"]))
    };
    let mut named: Vec<_> = covers["covers"].as_array().unwrap().iter().map(named).collect();
    named.sort();
    named
}

fn relation<'a>(of: &'a [(String, String)], name: &str) -> &'a str {
    &of.iter().find(|(one, _)| one == name).unwrap().1
}

#[test]
fn the_same_audio_is_told_from_another_version_and_the_users_no_counts() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("music")).unwrap();
    let song = home.path("music/song.wav");
    write_song(&song, 3, 60);
    let whole = samples(&song);
    let rate = 22_050;
    write_like(&home.path("music/anew.wav"), &song, &mastered_anew(&whole));
    write_like(&home.path("music/cut.wav"), &song, &[&whole[..25 * rate], &whole[45 * rate..]].concat());
    write_song(&home.path("music/other.wav"), 4, 45);
    write_song(&home.path("third.wav"), 6, 60);
    let other = samples(&home.path("music/other.wav"));
    let set = [other, whole, samples(&home.path("third.wav"))].concat();
    write_like(&home.path("music/set.wav"), &song, &set);
    home.scan(&home.path("music"));

    let found = relations(&home, "music/song.wav");
    assert_eq!(relation(&found, "anew.wav"), "recording");
    assert_eq!(relation(&found, "cut.wav"), "edit");
    assert_eq!(relation(&found, "set.wav"), "part");
    assert!(!["recording", "edit", "part"].contains(&relation(&found, "other.wav")));
    let in_set = relations(&home, "music/set.wav");
    assert_eq!((relation(&in_set, "other.wav"), relation(&in_set, "song.wav")), ("part", "part"));

    let [song, cut, set] = ["song", "cut", "set"].map(|name| home.path(&format!("music/{name}.wav")));
    let [song, cut, set] = [&song, &cut, &set].map(|path| path.to_str().unwrap());
    assert_eq!(home.json(&["compare", song, cut])["reason"], "the same recording without 0:25-0:45");
    let part = home.json(&["compare", set, song]);
    assert!((part["spans"][0]["query_start_s"].as_f64().unwrap() - 45.0).abs() < 1.0, "{part}");

    let duplicates = home.json(&["duplicates"]);
    let group = duplicates["duplicates"][0]["tracks"].as_array().unwrap();
    let names: Vec<&str> = group.iter().map(|track| track["path"].as_str().unwrap()).collect();
    assert_eq!((duplicates["duplicates"].as_array().unwrap().len(), group.len()), (1, 2), "{names:?}");
    assert_eq!((&group[0]["relation"], &group[1]["relation"]), (&Value::Null, &"recording".into()));

    let why = home.json(&["duplicates", "--why"]);
    let tracks = &why["duplicates"][0]["tracks"];
    assert!(tracks[0].get("reason").is_none() && group[1].get("reason").is_none());
    assert!(tracks[1]["reason"].as_str().unwrap().contains("same recording"), "{why}");

    std::fs::copy(song, home.path("visitor.wav")).unwrap();
    let visitor = relations(&home, "visitor.wav");
    assert_eq!(relation(&visitor, "song.wav"), "recording");
    assert_eq!(relation(&visitor, "cut.wav"), "edit");

    let anew = home.path("music/anew.wav");
    home.json(&["decide", song, anew.to_str().unwrap(), "no"]);
    assert!(home.json(&["duplicates"])["duplicates"].as_array().unwrap().is_empty(), "a no is above it");
    assert!(relations(&home, "music/song.wav").iter().all(|(name, _)| name != "anew.wav"));
}

#[test]
fn a_library_without_fingerprints_gets_them_by_listening_again() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("music")).unwrap();
    let song = home.path("music/song.wav");
    write_song(&song, 3, 40);
    write_like(&home.path("music/anew.wav"), &song, &mastered_anew(&samples(&song)));
    home.scan(&home.path("music"));
    let library = rusqlite::Connection::open(home.path("library.db")).unwrap();
    library.execute_batch("DELETE FROM fingerprints; DELETE FROM shared_audio").unwrap();
    drop(library);
    assert_ne!(relation(&relations(&home, "music/song.wav"), "anew.wav"), "recording");

    let again = home.json(&["listen"]);
    assert_eq!(again["heard"], 0, "nothing else is done again");
    assert_eq!(relation(&relations(&home, "music/song.wav"), "anew.wav"), "recording");
}

/// The samples of a song.
fn song(home: &Home, seed: u32, seconds: u32) -> Vec<i16> {
    let path = home.path("song that is not in the library.wav");
    write_song(&path, seed, seconds);
    samples(&path)
}

fn write(home: &Home, name: &str, samples: &[i16]) {
    std::fs::create_dir_all(home.path("music")).unwrap();
    write_like(&home.path(name), &home.path("song that is not in the library.wav"), samples);
}

#[test]
fn episodes_with_one_jingle_share_a_passage_and_are_no_song() {
    let home = Home::new();
    let jingle = song(&home, 20, 40);
    for (name, seed) in [("one", 21), ("two", 22), ("three", 25)] {
        let episode = [jingle.clone(), song(&home, seed, 80)].concat();
        write(&home, &format!("music/{name}.wav"), &episode);
    }
    // A fourth file has the advertisement at another position and twice.
    let fourth = [song(&home, 26, 50), jingle.clone(), song(&home, 27, 40), jingle.clone()].concat();
    write(&home, "music/four.wav", &fourth);
    home.scan(&home.path("music"));
    for name in ["one", "two", "three", "four"] {
        let found = relations(&home, &format!("music/{name}.wav"));
        assert!(found.iter().all(|(_, relation)| relation == "part"), "{name}: {found:?}");
        assert_eq!(found.len(), 3);
    }
    assert_eq!(home.json(&["clusters"])["clusters"], Value::Array(Vec::new()));
    write(&home, "visitor.wav", &[jingle, song(&home, 28, 80)].concat());
    let visitor = relations(&home, "visitor.wav");
    assert!(visitor.iter().all(|(_, relation)| relation == "part"), "{visitor:?}");
    let visitor = home.path("visitor.wav");
    let compared =
        home.json(&["compare", visitor.to_str().unwrap(), home.path("music/one.wav").to_str().unwrap()]);
    assert_eq!(compared["relation"], "part");
}

#[test]
fn a_clip_is_a_part_of_its_song_and_makes_no_medley_of_it() {
    let home = Home::new();
    let whole = song(&home, 30, 100);
    write(&home, "music/song.wav", &whole);
    write(&home, "music/clip.wav", &whole[40 * 22_050..60 * 22_050]);
    write(&home, "music/other clip.wav", &whole[70 * 22_050..90 * 22_050]);
    home.scan(&home.path("music"));
    let clip = home.path("music/clip.wav");
    let covers = home.json(&["covers", clip.to_str().unwrap()]);
    let beside = covers["covers"].as_array().unwrap().iter().find(|one| one["relation"] == "part").unwrap();
    assert_eq!(beside["kinds"], Value::Array(Vec::new()), "{beside}");
    assert!(beside["reason"].as_str().unwrap().starts_with("holds this, "), "{beside}");
    assert_eq!(home.json(&["clusters"])["clusters"], Value::Array(Vec::new()));
}

#[test]
fn what_was_changed_for_a_second_is_no_copy_and_the_place_is_named() {
    let home = Home::new();
    let whole = song(&home, 33, 60);
    write(&home, "music/song.wav", &whole);
    let rate = 22_050;
    let changed = |from_s: f64, to_s: f64, other: &dyn Fn(usize) -> f64| {
        let mut changed = whole.clone();
        let places = (from_s * f64::from(rate)) as usize..(to_s * f64::from(rate)) as usize;
        places.for_each(|n| changed[n] = other(n) as i16);
        changed
    };
    let stranger = song(&home, 34, 60);
    let bleep = |n: usize| 9000.0 * (std::f64::consts::TAU * 1000.0 * n as f64 / f64::from(rate)).sin();
    let mixed = |n: usize| f64::from(whole[n]) * 0.6 + f64::from(stranger[n]) * 0.3;
    write(&home, "music/muted.wav", &changed(30.0, 30.5, &|_| 0.0));
    write(&home, "music/bleep.wav", &changed(20.0, 20.7, &bleep));
    write(&home, "music/intro.wav", &changed(0.0, 7.0, &|n| f64::from(stranger[n])));
    write(&home, "music/mixed.wav", &changed(0.0, 60.0, &mixed));
    home.scan(&home.path("music"));
    let found = relations(&home, "music/song.wav");
    for name in ["muted.wav", "bleep.wav", "intro.wav"] {
        assert_eq!(relation(&found, name), "edit", "{name}");
    }
    assert!(found.iter().all(|(_, relation)| relation != "recording"), "{found:?}");
    let reason = |name: &str| {
        let [song, other] = ["music/song.wav", name].map(|name| home.path(name));
        let compared = home.json(&["compare", song.to_str().unwrap(), other.to_str().unwrap()]);
        compared["reason"].as_str().unwrap().to_owned()
    };
    let named = |name: &str, place: &str| {
        let reason = reason(name);
        assert!(reason.starts_with(&format!("the same recording but for {place}")), "{name}: {reason}");
    };
    named("music/muted.wav", "0:30-0:3");
    named("music/bleep.wav", "0:20-0:2");
    named("music/intro.wav", "0:0");
    assert!(home.json(&["duplicates"])["duplicates"].as_array().unwrap().is_empty());
}
