//! Names and tags that could damage an export or control a terminal.

#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::process::Output;

use crate::support::{Home, write_song};

/// Escape, carriage return, line feed, C1 (CSI in UTF-8), an override of direction, and bytes that are not UTF-8.
const ODD: [&[u8]; 6] = [
    b"\x1b[31mred\x1b]0;t\x07",
    b"back\rover",
    b"two\nlines",
    b"\xc2\x9b31m",
    b"\xe2\x80\xaegpj",
    b"caf\xe9",
];

fn odd_names() -> impl Iterator<Item = OsString> {
    ODD.iter().map(|name| OsStr::from_bytes(&[name, &b".wav"[..]].concat()).to_owned())
}

/// A recording under each unusual name and under a plain one, and another recording of the same song.
fn home() -> Home {
    let home = Home::new();
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    write_song(&music.join("plain.wav"), 1, 16);
    for name in odd_names() {
        std::fs::copy(music.join("plain.wav"), music.join(name)).unwrap();
    }
    write_song(&music.join("other.wav"), 2, 16);
    home.scan(&music);
    let [plain, other] = ["plain.wav", "other.wav"].map(|name| music.join(name).to_str().unwrap().to_owned());
    home.json(&["decide", &plain, &other, "yes"]);
    home
}

fn is_harmless(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap();
    !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
}

fn assert_harmless(what: &[&OsStr], output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        assert!(is_harmless(bytes), "{what:?} wrote {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_name_that_a_playlist_cannot_hold_is_left_out_and_said() {
    let home = home();
    let playlist = home.path("songs.m3u8");
    let out = ["export", "--format", "m3u8", "--out", playlist.to_str().unwrap(), "--force"];
    let told = home.json(&out);
    assert_eq!((&told["tracks"], told["left_out"].as_array().unwrap().len()), (&5.into(), 3), "{told}");
    let text = std::fs::read_to_string(&playlist).unwrap();
    let paths: Vec<&str> = text.lines().filter(|line| line.starts_with('/')).collect();
    assert_eq!(paths.len(), 5);
    assert!(paths.iter().all(|path| std::path::Path::new(path).exists()), "names are exact: {paths:?}");
    assert!(text.lines().filter(|line| line.starts_with('#')).all(|line| is_harmless(line.as_bytes())));

    let run = home.run(&out);
    let complaint = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success() && run.stdout.is_empty());
    assert!(complaint.contains("3 tracks left out"), "{complaint}");
    for name in [r"two\nlines.wav", r"caf\xe9.wav", r"back\rover.wav"] {
        assert!(complaint.contains(name), "{complaint}");
    }
    let printed = home.run(&["export", "--format", "m3u8"]);
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), text);

    let csv = home.run(&["export", "--format", "csv"]);
    let mut rows = csv::Reader::from_reader(csv.stdout.as_slice());
    let bytes: Vec<String> = rows.records().map(|row| row.unwrap()[10].to_owned()).collect();
    assert_eq!((bytes.len(), bytes.iter().filter(|bytes| bytes.ends_with("/caf%E9.wav")).count()), (8, 1));
}

#[test]
fn no_name_reaches_a_terminal_as_it_is() {
    let home = home();
    let music = home.path("music");
    for name in odd_names() {
        let (file, gone) = (music.join(&name), home.path("gone").join(&name));
        let broken = home.path("broken").join(&name);
        std::fs::create_dir_all(broken.parent().unwrap()).unwrap();
        std::fs::write(&broken, "no music").unwrap();
        let folder = home.path("").join(&name);
        let (file, gone, broken) = (file.as_os_str(), gone.as_os_str(), broken.as_os_str());
        let plain = music.join("plain.wav");
        let plain = plain.as_os_str();
        let o = OsStr::new;
        let picture = folder.with_extension("gif");
        let commands: [&[&OsStr]; 19] = [
            &[o("covers"), file],
            &[o("covers"), gone],
            &[o("compare"), file, plain],
            &[o("compare"), plain, gone],
            &[o("compare"), file, plain, o("--plot"), picture.as_os_str()],
            &[o("decide"), file, plain, o("yes")],
            &[o("decide"), gone, plain, o("yes")],
            &[o("kind"), gone, o("live"), o("yes")],
            &[o("kind"), file, name.as_os_str(), o("yes")],
            &[o("decisions"), o("import"), gone],
            &[o("decisions"), o("export"), o("--force"), gone],
            &[o("export"), o("--format"), o("csv"), o("--out"), gone],
            &[o("backup"), gone],
            &[o("backup"), o("--force"), folder.as_os_str()],
            &[o("scan"), gone],
            &[o("scan"), broken, plain],
            &[o("features"), o("--stage"), o("crema"), o("--out"), music.as_os_str(), broken],
            &[o("eval"), o("--truth"), gone],
            &[name.as_os_str()],
        ];
        for command in commands {
            assert_harmless(command, &home.command(command).output().unwrap());
        }
        let library = home.command_on(gone.as_ref(), &[o("status")]).output().unwrap();
        assert_harmless(&[o("status")], &library);
    }
    home.run(&["scan", home.path("broken").to_str().unwrap()]);
    for command in [
        &["clusters"][..],
        &["duplicates"],
        &["problems"],
        &["status"],
        &["export", "--format", "json"],
        &["decisions", "list"],
        &["review"],
    ] {
        let arguments: Vec<&OsStr> = command.iter().map(OsStr::new).collect();
        assert_harmless(&arguments, &home.run(command));
        let json = [&["--json"], command].concat();
        assert_harmless(&arguments, &home.run(&json));
    }
    assert_eq!(home.problems().len(), 6);
}

#[test]
fn json_holds_names_exactly() {
    let home = home();
    let copies = home.json(&["duplicates"]);
    let tracks = copies["duplicates"][0]["tracks"].as_array().unwrap();
    let paths: Vec<&str> = tracks.iter().map(|track| track["path"].as_str().unwrap()).collect();
    for name in odd_names() {
        let path = home.path("music").join(&name);
        let Some(path) = path.to_str() else { continue };
        assert!(paths.contains(&path), "{path:?} is none of {paths:?}");
    }
    assert_eq!(tracks.iter().filter(|track| !track["path_bytes"].is_null()).count(), 1);
}
