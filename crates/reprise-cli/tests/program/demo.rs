//! From nothing to versions: the demo library, scanned, measured and asked.

use serde_json::Value;

use crate::support::Home;

#[test]
fn every_demo_rendition_finds_the_others_of_its_work_first() {
    let home = Home::new();
    let demo = home.path("demo");
    let written = home.json(&["demo", demo.to_str().unwrap()]);
    assert_eq!(written["files"], 36);
    assert_eq!(home.scan(&demo)["heard"], 36);
    let labels = demo.join("labels.csv");
    let measured = home.json(&["eval", "--truth", labels.to_str().unwrap()]);
    assert_eq!(measured["queries"], 36);
    assert_eq!(measured["map"], 1.0, "both others of a work come before every stranger: {measured}");
    assert_eq!(measured["p_at_1"], 1.0);
    assert_eq!(measured["cluster_precision"], 1.0, "no two works may be joined");
    assert!(measured["cluster_recall"].as_f64().unwrap() > 0.4);
    a_cover_is_explained(&home, &demo.join("Silent Night - The Harbour Street Trio.flac"));
    a_visitor_is_compared_without_being_added(&home);
}

fn a_cover_is_explained(home: &Home, song: &std::path::Path) {
    let answer = home.json(&["covers", song.to_str().unwrap(), "--limit", "2"]);
    assert_eq!(answer["query"]["title"], "Silent Night");
    let covers = answer["covers"].as_array().unwrap();
    assert_eq!(covers.len(), 2, "a limit is a limit");
    // The live one is two semitones lower and 12 % faster in reprise-demo/src/styles.rs.
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
