//! A library is one file: what a copy of it contains, and how it can be copied.

use std::path::PathBuf;

use crate::support::{Home, write_song};

/// The output of several commands about a library.
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

fn music(home: &Home, n: u32) -> String {
    let music = home.path("music");
    std::fs::create_dir(&music).unwrap();
    (1..=n).for_each(|n| write_song(&music.join(format!("{n}.wav")), n, 16));
    music.to_str().unwrap().to_owned()
}

#[test]
fn a_backup_is_made_once_and_is_the_library() {
    let home = Home::new();
    home.json(&["scan", &music(&home, 2)]);
    let file = home.path("backup.db");
    let name = file.to_str().unwrap();
    let made = home.json(&["backup", name]);
    assert_eq!((&made["path"], &made["tracks"]), (&name.into(), &2.into()));
    assert_eq!(made["bytes"], std::fs::metadata(&file).unwrap().len());
    assert_eq!(said(&home, &file), said(&home, &home.path("library.db")));
    let before = std::fs::read(&file).unwrap();
    let refused = |arguments: &[&str], sentence: &str| {
        let run = home.run(arguments);
        let complaint = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(1));
        assert!(complaint.contains(sentence), "{complaint}");
    };
    refused(&["backup", name], "is there already; --force writes over it");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(home.run(&["backup", "--force", name]).status.success());
    for part in ["library.db", "library.db-wal", "library.db.lock"] {
        refused(&["backup", "--force", home.path(part).to_str().unwrap()], "is the library itself");
    }
    refused(&["backup", home.path("nowhere/backup.db").to_str().unwrap()], "nowhere/backup.db");
    let names = std::fs::read_dir(home.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    // The cache that other libraries keep in a home does not count.
    let names: Vec<_> = names.filter(|name| name != ".cache").collect();
    assert_eq!(names.len(), 4, "the library, its lock, the music and the backup: {names:?}");
    assert!(home.json_on(&file, &["scan", home.path("music").to_str().unwrap()])["unchanged"] == 2);
}

#[test]
fn a_backup_is_whole_while_a_scan_runs_and_a_copy_of_the_file_alone_is_whole_or_refused() {
    let home = Home::new();
    let music = music(&home, 12);
    let scan = ["scan", &music, "--threads", "1"].map(std::ffi::OsStr::new);
    let mut scan = home.command(&scan).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut seen = 0;
    let mut n_refused = 0;
    while scan.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(150));
        if !home.path("library.db").exists() {
            continue;
        }
        let copy = copy_alone(&home);
        let status = home.run_on(&copy, &["status"]);
        if !status.status.success() {
            let complaint = String::from_utf8_lossy(&status.stderr).into_owned();
            assert!(complaint.contains("reprise backup"), "{complaint}");
            n_refused += 1;
            let again = home.run_on(&copy, &["listen"]);
            assert_eq!(again.status.code(), Some(1), "to write is refused alike");
        }
        let made = home.run(&["--json", "backup", "--force", home.path("backup.db").to_str().unwrap()]);
        if let Ok(made) = serde_json::from_slice::<serde_json::Value>(&made.stdout) {
            let tracks = made["tracks"].as_u64().unwrap();
            assert!(tracks >= seen);
            seen = tracks;
            assert_eq!(home.json_on(&home.path("backup.db"), &["status"])["heard"], tracks);
        }
    }
    assert!(scan.wait().unwrap().success());
    assert!(seen > 0 && n_refused > 0, "{seen} tracks were backed up, {n_refused} copies refused");
    assert_eq!(home.json_on(&copy_alone(&home), &["status"])["heard"], 12);
}
