//! Nothing is lost after interrupted scans, renames, absent drives and changed files.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use crate::support::{Home, write_song};

fn songs(folder: &Path, count: u32) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        write_song(&folder.join(format!("song {number}.wav")), number, 20);
    }
}

#[test]
fn a_second_scan_reads_nothing_again() {
    let home = Home::new();
    songs(&home.path("music"), 3);
    assert_eq!(home.scan(&home.path("music"))["heard"], 3);
    let again = home.scan(&home.path("music"));
    assert_eq!((&again["heard"], &again["unchanged"]), (&0.into(), &3.into()));
    assert_eq!(again["pairs_aligned"], 0, "pairs that are known are not aligned again");
}

#[test]
fn a_killed_scan_keeps_what_was_heard_and_the_next_one_hears_the_rest() {
    let home = Home::new();
    songs(&home.path("music"), 12);
    let music = home.path("music");
    let arguments = [OsStr::new("scan"), music.as_os_str(), OsStr::new("--threads"), OsStr::new("1")];
    let mut scan = home.command(&arguments).spawn().unwrap();
    let heard = wait_for_tracks(&home, 3);
    scan.kill().unwrap(); // SIGKILL on Unix
    scan.wait().unwrap();
    let rest = home.scan(&music);
    let (rest_heard, unchanged) = (rest["heard"].as_u64().unwrap(), rest["unchanged"].as_u64().unwrap());
    assert_eq!(rest_heard + unchanged, 12, "every file is a track in the end");
    assert!(unchanged >= heard, "what was committed before the kill is not heard again");
    assert_eq!(home.json(&["problems"])["problems"].as_array().unwrap().len(), 0);
}

/// Waits until the library, read by another process while the scan writes, contains `count` tracks.
fn wait_for_tracks(home: &Home, count: u64) -> u64 {
    for _ in 0..600 {
        std::thread::sleep(Duration::from_millis(100));
        let status = home.run(&["--json", "status"]);
        let heard = serde_json::from_slice::<serde_json::Value>(&status.stdout)
            .ok()
            .and_then(|s| s["heard"].as_u64());
        if heard.is_some_and(|heard| heard >= count) {
            return heard.unwrap_or_default();
        }
    }
    panic!("the scan heard nothing within a minute");
}

#[test]
fn renaming_the_whole_folder_costs_no_analysis() {
    let home = Home::new();
    songs(&home.path("music"), 3);
    home.scan(&home.path("music"));
    std::fs::rename(home.path("music"), home.path("moved")).unwrap();
    let after = home.scan(&home.path("moved"));
    assert_eq!((&after["heard"], &after["moved"]), (&0.into(), &3.into()));
    assert_eq!(after["missing"], 0, "a moved track is not also a missing one");
}

/// Changes the tags but not the audio, by a chunk of tags after the samples.
fn retag(file: &Path, title: &str) {
    let mut bytes = std::fs::read(file).unwrap();
    let title = format!("{title}{}", if title.len().is_multiple_of(2) { "\0\0" } else { "\0" });
    let length = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    bytes.extend(b"LIST");
    bytes.extend(length(12 + title.len()));
    bytes.extend(b"INFOINAM");
    bytes.extend(length(title.len()));
    bytes.extend(title.as_bytes());
    let size = length(bytes.len() - 8);
    bytes[4..8].copy_from_slice(&size);
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn what_is_moved_and_retagged_at_once_is_one_track_with_what_was_said_of_it() {
    let home = Home::new();
    songs(&home.path("music/old"), 3);
    let music = home.path("music");
    let at = |name: &str| music.join(name).to_str().unwrap().to_owned();
    std::fs::copy(at("old/song 2.wav"), at("old/a copy.wav")).unwrap();
    home.scan(&music);
    home.json(&["decide", &at("old/song 0.wav"), &at("old/song 1.wav"), "yes"]);
    std::fs::create_dir(at("new")).unwrap();
    for (from, to) in [("song 0", "renamed"), ("song 2", "song 2"), ("a copy", "a copy")] {
        std::fs::rename(at(&format!("old/{from}.wav")), at(&format!("new/{to}.wav"))).unwrap();
        retag(&music.join(format!("new/{to}.wav")), &format!("New title of {from}"));
    }
    let after = home.scan(&music);
    let counts = ["heard", "moved", "unchanged", "missing"].map(|count| after[count].as_u64().unwrap());
    assert_eq!(counts, [0, 3, 1, 0], "{after}");
    assert_eq!(home.json(&["status"])["tracks"], 4);
    let copies = home.json(&["duplicates"]);
    let copies = copies["duplicates"].as_array().unwrap();
    assert_eq!((copies.len(), copies[0]["tracks"].as_array().unwrap().len()), (1, 2));
    let covers = home.json(&["covers", &at("new/renamed.wav")]);
    assert_eq!(covers["query"]["title"], "New title of song 0");
    assert_eq!(covers["covers"][0]["relation"], "confirmed");

    std::fs::copy(at("new/renamed.wav"), at("new/kept.wav")).unwrap();
    retag(&music.join("new/kept.wav"), "Third");
    let after = home.scan(&music);
    assert_eq!((&after["moved"], &after["unchanged"]), (&0.into(), &4.into()), "a copy is no move: {after}");
    assert_eq!(home.json(&["status"])["tracks"], 5);
}

#[test]
fn an_absent_drive_loses_nothing_and_its_return_costs_nothing() {
    let home = Home::new();
    songs(&home.path("music/drive"), 2);
    songs(&home.path("music/disk"), 1);
    home.scan(&home.path("music"));
    std::fs::rename(home.path("music/drive"), home.path("unplugged")).unwrap();
    assert_eq!(home.scan(&home.path("music"))["missing"], 2);
    std::fs::rename(home.path("unplugged"), home.path("music/drive")).unwrap();
    let back = home.scan(&home.path("music"));
    assert_eq!((&back["heard"], &back["unchanged"], &back["missing"]), (&0.into(), &3.into(), &0.into()));
}

#[test]
fn a_copy_under_another_name_is_recognised_as_the_same_recording() {
    let home = Home::new();
    songs(&home.path("music"), 3);
    std::fs::copy(home.path("music/song 1.wav"), home.path("music/again.wav")).unwrap();
    home.scan(&home.path("music"));
    let song = home.path("music/song 1.wav");
    let covers = home.json(&["covers", song.to_str().unwrap()]);
    let best = &covers["covers"][0];
    assert_eq!(best["relation"], "copy");
    assert!(best["path"].as_str().unwrap().ends_with("again.wav"));
}

#[test]
fn two_programs_do_not_write_one_library_at_the_same_time() {
    let home = Home::new();
    songs(&home.path("music"), 6);
    let music = home.path("music");
    let mut first = home.command(&[OsStr::new("scan"), music.as_os_str()]).spawn().unwrap();
    wait_for_tracks(&home, 1);
    let second = home.run(&["scan", music.to_str().unwrap()]);
    first.wait().unwrap();
    let complaint = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(
        second.status.success() || complaint.contains("in use"),
        "either it was over already or it says why: {complaint}"
    );
}
