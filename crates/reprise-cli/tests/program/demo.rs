//! From an empty folder to versions: the demo library is written, scanned, measured and queried.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::support::Home;

#[test]
fn every_demo_rendition_finds_another_of_its_work_first() {
    let home = Home::new();
    let demo = home.path("demo");
    let written = home.json(&["demo", demo.to_str().unwrap()]);
    assert_eq!(written["files"], 36);
    assert_eq!(home.scan(&demo)["heard"], 36);
    let labels = demo.join("labels.csv");
    let by_harmony = home.json(&["eval", "--truth", labels.to_str().unwrap()]);
    assert_eq!(by_harmony["queries"], 36);
    assert_eq!(by_harmony["cluster_precision"], 1.0, "no two works may be joined");
    assert!(by_harmony["cluster_recall"].as_f64().unwrap() > 0.4);
    a_cover_is_explained(&home, &demo.join("Silent Night - The Harbour Street Trio.flac"));
    a_visitor_is_compared_without_being_added(&home);
    for [one, other] in REHARMONISED {
        assert_eq!(relation(&home, &demo, one, other), None, "harmony alone does not find {one}");
    }
    let instrumental = demo.join("Silent Night - Quartet Alder.flac");
    let before = versions(&home, &instrumental);
    assert_eq!(before.len(), 2);

    a_killed_voice_pass_goes_on_where_it_was(&home);

    let with_voices = home.json(&["eval", "--truth", labels.to_str().unwrap()]);
    assert_eq!(with_voices["p_at_1"], 1.0, "{with_voices}");
    assert!(with_voices["map"].as_f64().unwrap() > by_harmony["map"].as_f64().unwrap() + 0.03);
    assert_eq!(with_voices["cluster_precision"], 1.0);
    let without = home.json(&["eval", "--truth", labels.to_str().unwrap(), "--voice", "off"]);
    assert_eq!(without["map"], by_harmony["map"]);
    assert_eq!(versions(&home, &instrumental), before, "an instrumental is not touched by what others sing");
    for [one, other] in REHARMONISED {
        let found = relation(&home, &demo, one, other).unwrap();
        assert_ne!(found["confidence"], "certain", "a tune alone is never that");
        assert!(found["reason"].as_str().unwrap().starts_with("same tune, other chords"), "{found}");
    }
}

/// Renditions whose harmony was replaced while the tune was kept, each with a rendition that has the original harmony.
const REHARMONISED: [[&str; 2]; 2] = [
    ["Auld Lang Syne - The Glass Room", "Auld Lang Syne - Ida Lindqvist"],
    ["When the Saints Go Marching In - The Glass Room", "When the Saints Go Marching In - Ida Lindqvist"],
];

/// The entry of one rendition among the versions of another, if it is at least possible.
fn relation(home: &Home, demo: &Path, one: &str, other: &str) -> Option<Value> {
    let file = |name: &str| demo.join(format!("{name}.flac"));
    let answer = home.json(&["covers", file(one).to_str().unwrap(), "--limit", "36"]);
    let covers = answer["covers"].as_array().unwrap();
    let found = covers.iter().find(|cover| cover["path"] == file(other).to_str().unwrap())?;
    (found["relation"] != "unlikely").then(|| found.clone())
}

/// All tracks that may be versions of one track, with their scores.
fn versions(home: &Home, song: &Path) -> Vec<(String, String)> {
    let answer = home.json(&["covers", song.to_str().unwrap(), "--limit", "36"]);
    let covers = answer["covers"].as_array().unwrap().iter();
    let versions = covers.filter(|cover| cover["relation"] != "unlikely");
    versions.map(|cover| (cover["path"].to_string(), cover["score"].to_string())).collect()
}

fn a_killed_voice_pass_goes_on_where_it_was(home: &Home) {
    let voices = || home.json(&["status"])["voices_heard"].as_u64().unwrap();
    assert_eq!((voices(), &home.json(&["status"])["voices_total"]), (0, &36.into()));
    let mut listen = home.command(&["listen", "--threads", "1"].map(OsStr::new)).spawn().unwrap();
    while voices() < 3 {
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(listen.try_wait().unwrap(), None, "the pass ended before it could be killed");
    }
    listen.kill().unwrap(); // SIGKILL on Unix
    listen.wait().unwrap();
    let kept = voices();
    assert!((3..36).contains(&kept));
    let rest = home.json(&["listen"]);
    assert_eq!(rest["voices"]["heard"].as_u64().unwrap() + kept, 36, "{rest}");
    assert_eq!(rest["heard"], 0, "the first pass owed nothing");
    let sung = home.json(&["status"])["voices_sung"].as_u64().unwrap();
    assert_eq!(sung, 20, "as many renditions as have a singer, and none of the others");
    assert_eq!(home.json(&["listen"])["voices"]["heard"], 0, "nothing is heard twice");
}

fn a_cover_is_explained(home: &Home, song: &Path) {
    let answer = home.json(&["covers", song.to_str().unwrap(), "--limit", "2"]);
    assert_eq!(answer["query"]["title"], "Silent Night");
    let covers = answer["covers"].as_array().unwrap();
    assert_eq!(covers.len(), 2, "a limit is a limit");
    // According to reprise-demo/src/styles.rs, the live rendition is two semitones lower and 12 % faster.
    let live = covers.iter().find(|cover| cover["title"] == "Silent Night (Live)").unwrap();
    assert_eq!(live["key_shift"], -2);
    assert!(["version", "possible"].contains(&live["relation"].as_str().unwrap()));
    let ratio = live["tempo_ratio"].as_f64().unwrap();
    assert!((ratio - 1.12).abs() < 0.06, "{ratio}");
    let span = &live["spans"][0];
    let seconds = |name: &str| span[name].as_f64().unwrap();
    assert!(seconds("query_end_s") > seconds("query_start_s"));
    assert!(seconds("candidate_end_s") > seconds("candidate_start_s"));
    assert!(live["reason"].as_str().unwrap().contains("2 semitones lower"));
}

fn a_visitor_is_compared_without_being_added(home: &Home) {
    let visitor = home.path("visitor.flac");
    std::fs::copy(home.path("demo/Korobeiniki - Ensemble Halden.flac"), &visitor).unwrap();
    let answer: Value = home.json(&["covers", visitor.to_str().unwrap()]);
    assert_eq!(answer["in_library"], false);
    assert_eq!(answer["covers"][0]["title"], "Korobeiniki");
    assert_eq!(home.json(&["status"])["tracks"], 36, "asking adds nothing");
}

#[test]
fn features_are_written_as_arrays_of_the_documented_shape() {
    let home = Home::new();
    let song = home.path("song.wav");
    crate::support::write_song(&song, 4, 16);
    let out = home.path("out");
    let written = home.run(&[
        "features",
        song.to_str().unwrap(),
        "--stage",
        "crema",
        "--stage",
        "hcqt",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let crema: ndarray::Array2<f32> = ndarray_npy::read_npy(out.join("song.crema.npy")).unwrap();
    let hcqt: ndarray::Array3<f32> = ndarray_npy::read_npy(out.join("song.hcqt.npy")).unwrap();
    assert_eq!((crema.ncols(), hcqt.shape()[1], hcqt.shape()[2]), (12, 216, 2));
    assert_eq!(crema.nrows(), hcqt.shape()[0], "all stages share one grid");
    assert!(crema.iter().all(|value| (0.0..=1.0).contains(value)));
    assert!(hcqt.iter().all(|value| (-80.0..=0.0).contains(value)));
}

#[test]
fn exit_codes_are_as_documented() {
    let home = Home::new();
    let code = |arguments: &[&str]| home.run(arguments).status.code().unwrap();
    assert_eq!(code(&["clusters"]), 1, "there is no library yet");
    assert_eq!(code(&["scan"]), 2, "a folder is needed");
    assert_eq!(code(&["scan", home.path("nowhere").to_str().unwrap()]), 1);
    std::fs::create_dir(home.path("music")).unwrap();
    assert_eq!(code(&["scan", home.path("music").to_str().unwrap()]), 0, "an empty folder is no failure");
    assert_eq!(code(&["covers", home.path("music/gone.mp3").to_str().unwrap()]), 3);
}
