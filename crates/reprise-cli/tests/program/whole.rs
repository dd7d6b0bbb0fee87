//! A library is one file: what is copied of it, and how.

use std::path::PathBuf;

use crate::support::{Home, write_song};

/// What a library says of itself.
fn said(home: &Home, library: &std::path::Path) -> Vec<serde_json::Value> {
    let asked: [&[&str]; 4] = [&["status"], &["clusters"], &["decisions", "export"], &["problems"]];
    asked.iter().map(|arguments| home.json_on(library, arguments)).collect()
}

fn copy_alone(home: &Home) -> PathBuf {
    let folder = tempfile::tempdir_in(home.path("")).unwrap().keep();
    let copy = folder.join("copy.db");
    std::fs::copy(home.path("library.db"), &copy).unwrap();
    copy
}

#[test]
fn after_every_command_the_file_alone_is_the_library() {
    let home = Home::new();
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    (1..4).for_each(|n| write_song(&music.join(format!("{n}.wav")), n, 16));
    std::fs::write(music.join("none.mp3"), "no music").unwrap();
    let (one, two) = (music.join("1.wav"), music.join("2.wav"));
    let (one, two, music) = (one.to_str().unwrap(), two.to_str().unwrap(), music.to_str().unwrap());
    let saved = home.path("decisions.json");
    let saved = saved.to_str().unwrap();
    let commands: [&[&str]; 9] = [
        &["scan", music],
        &["decide", one, two, "yes"],
        &["kind", one, "live", "yes"],
        &["decisions", "export", saved],
        &["decide", one, two, "undo"],
        &["decisions", "import", saved],
        &["listen"],
        &["covers", one],
        &["scan", "--retry", music],
    ];
    for command in commands {
        let run = home.run(command);
        assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
        let beside = |ending: &str| home.path(&format!("library.db{ending}")).exists();
        assert!(!beside("-wal") && !beside("-shm"), "{command:?} leaves something beside the file");
        assert_eq!(said(&home, &copy_alone(&home)), said(&home, &home.path("library.db")), "{command:?}");
    }
}
