//! The dialogue about pairs in doubt, what is learnt from it, and the list of everything that was said.

use std::io::{BufRead, BufReader, Write};
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::support::{Home, write_song};

/// Five songs of which two pairs are in doubt: one and two, and three and four. The second pair is a little more so.
fn home() -> Home {
    let home = Home::new();
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    for (seed, name) in (1..).zip(["one", "two", "three", "four", "five"]) {
        write_song(&music.join(format!("{name}.wav")), seed, 16);
    }
    home.scan(&music);
    let library = rusqlite::Connection::open(home.path("library.db")).unwrap();
    library
        .execute_batch(
            "UPDATE cohort_statistics SET mean = 0, deviation = 1;
             UPDATE alignments SET score = 0;
             DELETE FROM passages;
             DELETE FROM shared_audio;
             DELETE FROM meta WHERE key = 'links_derived_by'",
        )
        .unwrap();
    for (one, other, score) in [("one", "two", 7.0), ("three", "four", 6.0)] {
        let update =
            "UPDATE alignments SET score = ?3 WHERE (SELECT count(*) FROM tracks JOIN recordings AS r
                          ON r.payload = tracks.payload
                      WHERE r.id IN (a, b) AND (nfc LIKE ?1 OR nfc LIKE ?2)) = 2";
        let like = |name| format!("%/{name}.wav");
        assert_eq!(library.execute(update, (like(one), like(other), score)).unwrap(), 1);
    }
    drop(library);
    // Whoever opens the library to write derives the links anew.
    assert_eq!(talk(&home, &[], "").status.code(), Some(0));
    home
}

/// Runs `review` with these lines as its input.
fn talk(home: &Home, arguments: &[&str], input: &str) -> Output {
    let arguments: Vec<_> = ["review"].iter().chain(arguments).map(std::ffi::OsStr::new).collect();
    let mut command = home.command(&arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The verdicts about pairs, by the names of their files.
fn answers(home: &Home) -> Vec<(String, bool)> {
    let list = home.json(&["decisions", "list"]);
    let name = |side: &Value| {
        let path = side["tracks"][0]["path"].as_str().unwrap();
        path.rsplit('/').next().unwrap().to_owned()
    };
    let all = list["decisions"].as_array().unwrap().iter();
    let mut answers: Vec<(String, bool)> = all
        .map(|one| {
            let mut names = [name(&one["a"]), name(&one["b"])];
            names.sort();
            (names.join(" "), one["is_yes"].as_bool().unwrap())
        })
        .collect();
    answers.sort();
    answers
}

#[test]
fn the_dialogue_asks_until_nothing_is_left_and_can_go_back() {
    let home = home();
    let text = said(&talk(&home, &[], "?\nperhaps\nu\nl\nu\nn\nu\nYes\n no \n"));
    for sentence in [
        "0 of 2 answered",
        "1 of 2 answered",
        "Possibly the same song: ",
        "music/three.wav",
        "(0:16)",
        "of 100 such pairs are one song; the answer concerns 2 tracks",
        "  l  Ask me about this pair another time.",
        "That is none of the letters.",
        "Nothing was answered in this session.",
        "Taken back.",
        "2 answers given.",
        "Nothing is left to review.",
    ] {
        assert!(text.contains(sentence), "{sentence}:\n{text}");
    }
    assert!(text.find("three.wav").unwrap() < text.find("one.wav").unwrap(), "most in doubt first:\n{text}");
    let given = [("four.wav three.wav".to_owned(), true), ("one.wav two.wav".to_owned(), false)];
    assert_eq!(answers(&home), given);
    let nothing = said(&talk(&home, &[], ""));
    assert_eq!(nothing, "Nothing is left to review.\n");
    assert_eq!(home.json(&["clusters"])["clusters"].as_array().unwrap().len(), 1, "an answer is a decision");
}

#[test]
fn what_is_put_off_waits_and_the_end_of_the_input_is_the_end() {
    let home = home();
    let later = said(&talk(&home, &[], "l\nl\n"));
    assert!(later.ends_with("2 pairs wait.\n") && answers(&home).is_empty(), "{later}");
    let unfinished = said(&talk(&home, &[], "n\n\u{fffd}"));
    assert!(unfinished.ends_with("1 answer given.\n1 pair waits.\n"), "{unfinished}");
    assert_eq!(said(&talk(&home, &["--limit", "0"], "y\n")), "1 pair waits.\n");
    let quit = said(&talk(&home, &[], "q\ny\n"));
    assert!(quit.contains("1 of 2 answered") && quit.ends_with("1 pair waits.\n"), "{quit}");
    assert_eq!(answers(&home).len(), 1);
}

#[test]
fn an_answer_is_kept_even_if_the_program_is_killed_at_the_next_question() {
    let home = home();
    let arguments = [std::ffi::OsStr::new("review")];
    let mut child = home.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"y\n").unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "Noted: one song."));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answers(&home), [("four.wav three.wav".to_owned(), true)]);
}

#[test]
fn the_queue_is_printed_as_json_and_nothing_is_asked() {
    let home = home();
    let queue = home.json(&["review"]);
    assert_eq!((&queue["answered"], &queue["total"]), (&0.into(), &2.into()));
    let first = &queue["pairs"][0];
    assert_eq!((&first["relation"], &first["confidence"]), (&"possible".into(), &"possible".into()));
    assert_eq!((first["score"].as_f64().unwrap(), &first["tracks"]), (6.0, &2.into()));
    let probability = first["probability"].as_f64().unwrap();
    assert!((0.5..0.9).contains(&probability), "{first}");
    for field in ["key_shift", "tempo_ratio", "spans", "reason"] {
        assert!(!first[field].is_null(), "{first}");
    }
    let name = |side: &str| first[side]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut names = [name("a"), name("b")];
    names.sort();
    assert_eq!(names, ["four.wav", "three.wav"]);
    assert_eq!(home.json(&["review", "--limit", "1"])["pairs"].as_array().unwrap().len(), 1);
    let absent = home.path("absent.db");
    let run = home.run_on(&absent, &["review"]);
    assert!(run.status.code() == Some(1) && !absent.exists(), "a review makes no library");
}

#[test]
fn what_was_learnt_is_said_and_the_shipped_calibration_can_be_chosen() {
    let home = home();
    talk(&home, &[], "y\n");
    let needs = "A personal calibration needs 30 answers, of which at least 5 are yes and 5 are no.";
    let text = said(&talk(&home, &["--calibration"], ""));
    assert_eq!(text, format!("{needs} So far there is 1 answer, which is yes.\n"));
    let shown = home.json(&["review", "--calibration"]);
    assert_eq!((&shown["answers"], &shown["yes"], &shown["needed"]), (&1.into(), &1.into(), &30.into()));
    assert!(shown["in_use"] == true && shown["certain_shift"].is_null(), "{shown}");
    assert_eq!(home.json(&["review", "--calibration", "shipped"])["in_use"], false);
    assert_eq!(home.json(&["review", "--calibration"])["in_use"], false, "the library remembers it");
    assert!(said(&talk(&home, &["--calibration"], "")).contains("It is switched off."));
    assert_eq!(home.json(&["review", "--calibration", "personal"])["in_use"], true);
    assert_eq!(home.run(&["review", "--calibration", "mine"]).status.code(), Some(2));
}

#[test]
fn everything_that_was_said_is_listed_and_found() {
    let home = home();
    let path = |name: &str| home.path("music").join(name).to_str().unwrap().to_owned();
    let text = |arguments: &[&str]| said(&home.run(&[&["decisions", "list"], arguments].concat()));
    assert_eq!(text(&[]), "Nothing was said yet.\n");
    home.json(&["decide", &path("one.wav"), &path("two.wav"), "yes"]);
    home.json(&["decide", &path("one.wav"), &path("five.wav"), "no"]);
    home.json(&["kind", &path("five.wav"), "live", "yes"]);
    let all = text(&[]);
    for line in ["  one song\n", "  not one song\n", "  live\n", "music/two.wav\n", "3 decisions\n"] {
        assert!(all.contains(line), "{line}: {all}");
    }
    assert!(text(&["five"]).ends_with("2 decisions\n"));
    assert!(text(&["one", "fiv"]).ends_with("1 decision\n"), "a word in each file");
    assert_eq!(text(&["nowhere"]), "Nothing that was said concerns such a file.\n");
    let found = home.json(&["decisions", "list", "two"]);
    let found = found["decisions"].as_array().unwrap();
    assert_eq!(
        (found.len(), &found[0]["question"], &found[0]["is_yes"]),
        (1, &"one song".into(), &true.into())
    );
    assert_eq!(found[0]["a"]["recording"].as_str().unwrap().len(), 64);
    let live = home.json(&["decisions", "list", "live"]);
    assert!(live["decisions"].as_array().unwrap().is_empty(), "words of questions are not sought");
    assert!(
        home.json(&["decisions", "list"])["decisions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["b"].is_null())
    );
}
