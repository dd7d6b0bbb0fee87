//! Copies go into the quarantine and come back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::Value;

use crate::support::{Home, write_song};

/// Every file below a folder: its bytes and the time of its last change.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(snapshot(&path));
        } else {
            let changed = entry.metadata().unwrap().modified().unwrap();
            found.insert(path.clone(), (std::fs::read(&path).unwrap(), changed));
        }
    }
    found
}

/// A library with a song in three files, another one in two, and a playlist.
fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir_all(home.path("music/downloads")).unwrap();
    for (name, seed) in [("a", 3), ("b", 4)] {
        write_song(&home.path(&format!("music/{name}.wav")), seed, 40);
        std::fs::copy(
            home.path(&format!("music/{name}.wav")),
            home.path(&format!("music/downloads/{name} 2.wav")),
        )
        .unwrap();
    }
    std::fs::copy(home.path("music/a.wav"), home.path("music/downloads/a 3.wav")).unwrap();
    let old = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    for name in ["music/a.wav", "music/b.wav"] {
        std::fs::File::options().append(true).open(home.path(name)).unwrap().set_modified(old).unwrap();
    }
    let playlist =
        "#EXTM3U\r\n#EXTINF:40,A\r\ndownloads\\a 2.wav\r\nb.wav\r\n# a remark\r\ndownloads/b 2.wav";
    std::fs::write(home.path("music/list.m3u8"), playlist).unwrap();
    home.scan(&home.path("music"));
    home
}

fn plan(home: &Home) -> (String, Value) {
    let file = home.path("plan.json").to_str().unwrap().to_owned();
    let json = home.json(&["clean", "plan", "--keep", "oldest", "--out", &file, "--force"]);
    (file, json)
}

fn names(files: &Value) -> Vec<String> {
    let name = |file: &Value| {
        Path::new(file["path"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = files.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn copies_go_playlists_follow_and_undo_restores_every_byte() {
    let home = home();
    let before = snapshot(&home.path("music"));
    let (file, json) = plan(&home);
    assert_eq!((&json["summary"]["files"], &json["summary"]["groups"]), (&3.into(), &2.into()), "{json}");
    assert_eq!(json["playlists"][0]["changed"].as_array().unwrap().len(), 2);
    assert_eq!(home.json(&["clean", "run", &file])["would_go"], 3);
    assert_eq!(snapshot(&home.path("music")), before, "nothing is changed before --yes");

    let done = home.json(&["clean", "run", &file, "--yes"]);
    assert_eq!(names(&done["files"]), ["a 2.wav", "a 3.wav", "b 2.wav"], "{done}");
    let list = std::fs::read_to_string(home.path("music/list.m3u8")).unwrap();
    assert_eq!(list, "#EXTM3U\r\n#EXTINF:40,A\r\na.wav\r\nb.wav\r\n# a remark\r\nb.wav");
    assert!(!home.path("music/downloads/a 2.wav").exists() && home.path("music/a.wav").exists());
    let scanned = home.json(&["scan", home.path("music").to_str().unwrap()]);
    assert_eq!(
        (&scanned["heard"], &scanned["unchanged"]),
        (&0.into(), &2.into()),
        "the quarantine is unseen"
    );
    assert_eq!(home.json(&["clean", "runs"])["runs"][0]["stage"], "finished");
    assert_eq!(home.json(&["clean", "empty"])["files"].as_array().unwrap().len(), 4, "and the old playlist");

    let undone = home.json(&["clean", "undo"]);
    assert_eq!(names(&undone["files"]).len(), 3, "{undone}");
    assert_eq!(snapshot(&home.path("music")), before);
    assert_eq!(home.json(&["clean", "runs"])["runs"][0]["stage"], "undone");
    assert_eq!(home.json(&["status"])["missing"], 0);
}

#[test]
fn what_changed_since_the_plan_is_left_alone_and_said() {
    let home = home();
    let (file, _) = plan(&home);
    // One that goes was replaced, and the one in whose favour the others would go can no longer be decoded.
    write_song(&home.path("music/downloads/b 2.wav"), 9, 40);
    let kept = std::fs::read(home.path("music/a.wav")).unwrap();
    std::fs::write(home.path("music/a.wav"), &kept[..kept.len() / 2]).unwrap();
    let done = home.json(&["clean", "run", &file, "--yes"]);
    assert_eq!(done["files"].as_array().unwrap().len(), 0, "{done}");
    assert_eq!(names(&done["left"]), ["a 2.wav", "a 3.wav", "b 2.wav"]);
    let reasons: Vec<&str> =
        done["left"].as_array().unwrap().iter().map(|left| left["reason"].as_str().unwrap()).collect();
    assert!(
        reasons.iter().any(|reason| reason.contains("has changed since the plan was made")),
        "{reasons:?}"
    );
    assert!(reasons.iter().any(|reason| reason.contains("other audio")), "{reasons:?}");
    assert!(home.path("music/downloads/a 2.wav").exists());
}

#[test]
fn an_emptied_quarantine_is_gone_for_good_and_a_plan_can_be_a_table_or_a_script() {
    let home = home();
    let (file, _) = plan(&home);
    let script = home.path("plan.sh").to_str().unwrap().to_owned();
    home.json(&["clean", "plan", "--keep", "oldest", "--out", &script, "--format", "shell"]);
    let table = home.path("plan.csv").to_str().unwrap().to_owned();
    home.json(&["clean", "plan", "--out", &table, "--format", "csv"]);
    assert_eq!(
        std::fs::read_to_string(&table).unwrap().lines().count(),
        1 + 5,
        "a heading, and a row for each file"
    );

    let done = home.json(&["clean", "run", &file, "--yes"]);
    let run = done["run"].as_str().unwrap();
    let gone = home.json(&["clean", "empty", run, "--yes"]);
    assert_eq!(gone["files"].as_array().unwrap().len(), 3, "{gone}");
    assert!(!home.path("music/.reprise-quarantine").exists(), "nothing is left of it");
    assert_eq!(home.json(&["clean", "runs"])["runs"][0]["stage"], "emptied");
}

#[cfg(unix)]
#[test]
fn the_script_of_a_plan_moves_the_same_files() {
    let home = home();
    let script = home.path("plan.sh").to_str().unwrap().to_owned();
    home.json(&["clean", "plan", "--keep", "oldest", "--out", &script, "--format", "shell"]);
    assert!(std::process::Command::new("sh").arg(&script).status().unwrap().success());
    assert!(!home.path("music/downloads/a 2.wav").exists() && home.path("music/a.wav").exists());
    assert!(home.path("music/.moved-by-reprise-plan/downloads/a 2.wav").exists());
}

#[test]
fn rules_are_remembered_and_a_protected_folder_stays_protected() {
    let home = home();
    let downloads = home.path("music/downloads").to_str().unwrap().to_owned();
    home.json(&["clean", "rules", "--keep", "oldest,tags", "--protect", &downloads, "--across-albums"]);
    let rules = home.json(&["clean", "rules"]);
    assert_eq!(rules["order"], serde_json::json!(["oldest", "tags"]));
    assert_eq!(rules["protected"], serde_json::json!([downloads]));
    assert_eq!(rules["one_per_album"], false);
    let plan = home.json(&["clean", "plan"]);
    assert_eq!(plan["summary"]["files"], 0, "{plan}");
    assert_eq!(plan["plan"]["rules"]["protected"], rules["protected"]);
    let once = home.json(&["clean", "plan", "--across-albums=no"]);
    assert_eq!(once["plan"]["rules"]["one_per_album"], true);
    assert_eq!(home.json(&["clean", "rules"]), rules, "a plan remembers nothing");
    let said = String::from_utf8(home.run(&["clean", "rules"]).stdout).unwrap();
    assert!(said.starts_with("Keep: oldest, then richest tags.\nNothing goes from "), "{said}");
    std::fs::write(home.path("dj.m3u8"), "music/downloads/b 2.wav\n").unwrap();
    let dj = home.path("dj.m3u8").to_str().unwrap().to_owned();
    let with = home.json(&["clean", "rules", "--forget", "--keep", "oldest", "--playlist", &dj]);
    assert_eq!(with["playlists"][0]["path"], dj);
    let plan = home.json(&["clean", "plan"]);
    let named = plan["playlists"].as_array().unwrap().iter().any(|playlist| playlist["path"] == *dj);
    assert!(named, "a remembered playlist is read for every plan: {plan}");
    let fresh = home.json(&["clean", "rules", "--forget"]);
    assert_eq!(fresh["playlists"], serde_json::json!([]));
    assert_eq!((&fresh["protected"], &fresh["one_per_album"]), (&serde_json::json!([]), &true.into()));
}

#[cfg(target_os = "linux")]
#[test]
fn the_trash_is_a_second_choice_that_takes_the_files_and_keeps_the_playlists() {
    let home = home();
    let list = std::fs::read(home.path("music/list.m3u8")).unwrap();
    let (file, _) = plan(&home);
    assert!(!home.run(&["clean", "run", &file, "--trash"]).status.success(), "not without --yes");
    let done = home.json(&["clean", "run", &file, "--yes", "--trash"]);
    assert_eq!(names(&done["files"]), ["a 2.wav", "a 3.wav", "b 2.wav"], "{done}");
    assert!(!home.path("music/downloads/a 2.wav").exists() && home.path("music/a.wav").exists());
    assert!(home.path(".local/share/Trash/files/a 2.wav").exists());
    assert!(home.path(".local/share/Trash/info/a 2.wav.trashinfo").exists());
    assert_eq!(home.json(&["status"])["missing"], 3);
    assert_ne!(std::fs::read(home.path("music/list.m3u8")).unwrap(), list);
    home.json(&["clean", "undo"]);
    assert_eq!(std::fs::read(home.path("music/list.m3u8")).unwrap(), list, "the playlists come back");
}

/// Writes ten seconds of chords with hiss up to a frequency, at 48,000 Hz, three times over.
fn write_hiss(path: &Path, up_to_hz: u32, gain: f64) {
    let format = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let partial = |hz: f64, n: u32| (std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin();
    // One second that repeats: each partial is a whole number of Hz.
    let phases = |n: u32| (2_000..up_to_hz).step_by(37).map(move |hz| partial(f64::from(hz), n + hz * hz));
    let hiss: Vec<f64> = (0..48_000).map(|n| phases(n).sum::<f64>() * 0.002).collect();
    let mut wav = hound::WavWriter::create(path, format).unwrap();
    for n in 0..30 * 48_000 {
        let root = 220.0 * [1.0, 1.25, 1.5, 1.125, 1.75][(n / 96_000) as usize % 5];
        let chord = partial(root, n) + partial(root * 1.26, n) + partial(root * 1.5, n);
        let sample = ((chord * 0.15 + hiss[n as usize % 48_000]) * gain * 30_000.0) as i16;
        (0..2).for_each(|_| wav.write_sample(sample).unwrap());
    }
    wav.finalize().unwrap();
}

#[test]
fn a_lossless_file_with_a_cut_off_spectrum_gets_a_hint_that_decides_nothing() {
    let home = Home::new();
    std::fs::create_dir(home.path("music")).unwrap();
    write_hiss(&home.path("music/cut.wav"), 16_000, 0.9);
    write_hiss(&home.path("music/whole.wav"), 23_900, 0.8);
    home.scan(&home.path("music"));
    let json = home.json(&["clean", "plan"]);
    let files = json["plan"]["groups"][0]["files"].as_array().unwrap();
    let ceiling = |name: &str| {
        let file = files.iter().find(|file| file["path"].as_str().unwrap().ends_with(name)).unwrap();
        file["ceiling_hz"].as_f64()
    };
    assert!((ceiling("cut.wav").unwrap() - 16_000.0).abs() <= 500.0, "{json}");
    assert_eq!(ceiling("whole.wav"), None);
    let said = String::from_utf8(home.run(&["clean", "plan"]).stdout).unwrap();
    assert!(said.contains("kHz: its audio may have been lossy before"), "{said}");
    assert!(!json["plan"].to_string().contains("\"rule\":\"ceiling"), "it is no rule");
}

/// Why files were left alone, each once.
fn reasons(left: &Value) -> Vec<String> {
    let reasons = left.as_array().unwrap().iter().map(|left| left["reason"].as_str().unwrap().to_owned());
    reasons.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[test]
fn what_is_protected_since_the_plan_was_made_stays() {
    let home = home();
    let before = snapshot(&home.path("music"));
    let (file, _) = plan(&home);
    let downloads = home.path("music/downloads").to_str().unwrap().to_owned();
    home.json(&["clean", "rules", "--protect", &downloads]);
    for done in [home.json(&["clean", "run", &file]), home.json(&["clean", "run", &file, "--yes"])] {
        assert_eq!(reasons(&done["left"]), ["is in a folder that is protected"], "{done}");
    }
    assert_eq!(snapshot(&home.path("music")), before);
}

#[cfg(unix)]
#[test]
fn a_folder_is_protected_by_whatever_path_it_is_named() {
    let home = home();
    std::os::unix::fs::symlink(home.path("music"), home.path("link")).unwrap();
    let named = home.path("link/../music/downloads/../downloads").to_str().unwrap().to_owned();
    let plan = home.json(&["clean", "plan", "--keep", "oldest", "--protect", &named]);
    assert_eq!(plan["summary"]["files"], 0, "{plan}");
    let refused = home.run(&["clean", "plan", "--protect", home.path("nowhere").to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nowhere cannot be used"), "a mistyped folder");
}

#[test]
fn a_kept_file_that_has_become_other_music_keeps_nothing_from_staying() {
    let home = home();
    let (file, _) = plan(&home);
    write_song(&home.path("music/a.wav"), 11, 40);
    home.scan(&home.path("music"));
    let done = home.json(&["clean", "run", &file, "--yes"]);
    assert_eq!(names(&done["files"]), ["b 2.wav"], "{done}");
    assert_eq!(names(&done["left"]), ["a 2.wav", "a 3.wav"]);
    assert!(done["left"].to_string().contains("with other audio than was planned"), "{done}");

    // The same before the quarantine is emptied: the file that was kept is the only one left.
    write_song(&home.path("music/b.wav"), 12, 40);
    home.scan(&home.path("music"));
    let emptied = home.json(&["clean", "empty", done["run"].as_str().unwrap(), "--yes"]);
    assert!(names(&emptied["left"]).contains(&"b 2.wav".to_owned()), "{emptied}");
    home.json(&["clean", "undo", done["run"].as_str().unwrap()]);
    assert!(home.path("music/downloads/b 2.wav").exists());
}
