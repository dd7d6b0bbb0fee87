//! The user's decisions about tracks, and the output for other programs.

use crate::support::{Home, write_song};

/// Three songs, of which one is present twice.
fn home() -> Home {
    let home = Home::new();
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    for (seed, name) in [(1, "one"), (2, "two"), (3, "three, \"live\"")] {
        write_song(&music.join(format!("{name}.wav")), seed, 16);
    }
    std::fs::copy(music.join("one.wav"), music.join("one again.wav")).unwrap();
    assert_eq!(
        home.scan(&music)["heard"].as_u64().unwrap() + home.scan(&music)["unchanged"].as_u64().unwrap(),
        8
    );
    home
}

fn song(home: &Home, name: &str) -> String {
    home.path("music").join(format!("{name}.wav")).to_str().unwrap().to_owned()
}

/// The names of the tracks of the first song that has several versions.
fn first_song(home: &Home) -> Vec<String> {
    let clusters = home.json(&["clusters"]);
    let Some(first) = clusters["clusters"].get(0) else { return Vec::new() };
    let names =
        first["tracks"].as_array().unwrap().iter().map(|track| track["path"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_word_joins_parts_and_can_be_taken_back() {
    let home = home();
    let (one, two) = (song(&home, "one"), song(&home, "two"));
    assert_eq!(first_song(&home), Vec::<String>::new());
    let noted = home.json(&["decide", &one, &two, "yes"]);
    assert_eq!((&noted["before"], &noted["now"]), (&serde_json::Value::Null, &"same".into()));
    let mut together = vec![one.clone(), song(&home, "one again"), two.clone()];
    together.sort();
    assert_eq!(first_song(&home), together, "a copy goes where its audio goes");
    assert_eq!(home.json(&["decide", &two, &one, "no"])["before"], "same");
    assert_eq!(first_song(&home), Vec::<String>::new());
    assert_eq!(home.json(&["decide", &one, &two, "undo"])["before"], "different");
    let code = |arguments: &[&str]| home.run(arguments).status.code().unwrap();
    assert_eq!(code(&["decide", &one, &song(&home, "nowhere"), "yes"]), 3);
    assert_eq!(code(&["decide", &one, &song(&home, "one again"), "yes"]), 1, "the same audio");
    assert_eq!(code(&["decide", &one, &two, "perhaps"]), 2);
}

#[test]
fn decisions_hold_on_another_computer_and_the_later_word_counts() {
    let (here, there) = (home(), home());
    here.json(&["decide", &song(&here, "one"), &song(&here, "two"), "yes"]);
    here.json(&["decide", &song(&here, "two"), &song(&here, "three, \"live\""), "no"]);
    let file = here.path("decisions.json");
    let file = file.to_str().unwrap();
    assert!(here.run(&["decisions", "export", file]).status.success());
    let before = std::fs::read(file).unwrap();
    assert_eq!(here.run(&["decisions", "export", file]).status.code(), Some(1), "what is there is left");
    assert_eq!(std::fs::read(file).unwrap(), before);
    assert!(here.run(&["decisions", "export", "--force", file]).status.success());
    let imported = there.json(&["decisions", "import", file]);
    assert_eq!((&imported["read"], &imported["adopted"]), (&2.into(), &2.into()));
    assert_eq!(first_song(&there).len(), 3, "the same audio under other paths");
    assert_eq!(there.json(&["decisions", "import", file])["adopted"], 0, "nothing is new");
    assert_eq!(
        there.json(&["decisions", "export"])["decisions"].as_array().unwrap().len(),
        2,
        "without a file they are printed"
    );
    // A later decision, as written by another computer.
    let saved = std::fs::read_to_string(file).unwrap();
    let mut saved: serde_json::Value = serde_json::from_str(&saved).unwrap();
    for (by_s, adopted) in [(-100, 0), (100, 2)] {
        let mut other = saved.clone();
        for decision in other["decisions"].as_array_mut().unwrap() {
            let verdict = if decision["verdict"] == "same" { "different" } else { "same" };
            decision["verdict"] = verdict.into();
            decision["at_s"] = (decision["at_s"].as_i64().unwrap() + by_s).into();
        }
        std::fs::write(file, other.to_string()).unwrap();
        assert_eq!(there.json(&["decisions", "import", file])["adopted"], adopted, "{by_s} s later");
    }
    saved["version"] = 2.into();
    std::fs::write(file, saved.to_string()).unwrap();
    for content in
        [None, Some("{}"), Some(r#"{"version":1,"decisions":[{"a":"1","b":"2","verdict":"same","at_s":0}]}"#)]
    {
        content.inspect(|content| std::fs::write(file, content).unwrap());
        let refused = there.run(&["decisions", "import", file]);
        let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1));
        assert!(complaint.contains("decisions.json"), "{complaint}");
    }
    assert_eq!(first_song(&there).len(), 2, "what is refused changes nothing");
}

#[test]
fn copies_are_listed_and_songs_are_written_for_other_programs() {
    let home = home();
    let copies = home.json(&["duplicates"]);
    let group = copies["duplicates"][0]["tracks"].as_array().unwrap();
    assert_eq!((copies["duplicates"].as_array().unwrap().len(), group.len()), (1, 2));
    let (two, three) = (song(&home, "two"), song(&home, "three, \"live\""));
    home.json(&["decide", &two, &three, "yes"]);
    let text = |format: &str| {
        let file = home.path(format);
        let arguments = ["export", "--format", format, "--force", "--out", file.to_str().unwrap()];
        assert!(home.run(&arguments).status.success());
        std::fs::read_to_string(file).unwrap()
    };
    let playlist = text("m3u8");
    assert!(playlist.starts_with("#EXTM3U\n#EXTINF:16,"), "{playlist}");
    assert!(playlist.lines().any(|line| line == three) && playlist.lines().any(|line| line == two));
    let csv = text("csv");
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.starts_with("song,path,title") && csv.contains(r#"three, ""live"".wav"#), "{csv}");
    let json: serde_json::Value = serde_json::from_str(&text("json")).unwrap();
    assert_eq!(json, home.json(&["clusters"]));
    let csv = home.path("csv");
    let again = home.run(&["export", "--format", "csv", "--out", csv.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1), "a file that is there is written over only when that is wanted");
    std::fs::remove_file(&two).unwrap();
    std::fs::remove_file(song(&home, "one again")).unwrap();
    home.scan(&home.path("music"));
    let missing =
        |place: usize| home.json(&["duplicates"])["duplicates"][0]["tracks"][place]["missing"].clone();
    assert_eq!((missing(0), missing(1)), (false.into(), true.into()), "absent files are marked");
    assert!(!text("m3u8").lines().any(|line| line == two), "what is absent cannot be played");
}
