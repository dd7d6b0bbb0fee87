//! The trash of the system, in a home folder of its own.

use std::process::Command;

use super::*;

/// Passes the folder of the test to the child, which has another home folder. Without it the child does nothing.
const PLACE: &str = "REPRISE_QUARANTINE_TEST_TRASH";

#[test]
#[ignore = "the child of a_file_goes_to_the_trash_after_the_same_checks"]
fn child_moves_to_the_trash() {
    let Some(folder) = std::env::var_os(PLACE).map(PathBuf::from) else { return };
    let (file, keeper) = (folder.join("song.mp3"), folder.join("keeper.flac"));
    let expected = expected(&file);
    let object = || Err(String::from("its audio is another"));
    let why = to_trash(&file, expected, &keeper, &object).unwrap_err().to_string();
    assert!(why.ends_with("song.mp3 was not moved to the trash: its audio is another"), "{why}");
    let wrong = Expected { size_bytes: 1, ..expected };
    let why = to_trash(&file, wrong, &keeper, &|| Ok(())).unwrap_err().to_string();
    assert!(why.ends_with("has changed since this was planned"), "{why}");
    let why = to_trash(&file, expected, &folder.join("none"), &|| Ok(())).unwrap_err().to_string();
    assert!(why.ends_with("which is to stay, is not there"), "{why}");
    assert!(file.exists());
    to_trash(&file, expected, &keeper, &|| Ok(())).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_goes_to_the_trash_after_the_same_checks() {
    let place = Place::on_disk();
    let (file, _) = (place.write("song.mp3"), place.write("keeper.flac"));
    let look_before = look(&file);
    let home = place.folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::trash::child_moves_to_the_trash", "--ignored"])
        .env(PLACE, place.root())
        .env("XDG_DATA_HOME", &home)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert!(!file.exists());
    assert_eq!(look(&home.join("Trash/files/song.mp3")), look_before);
    assert!(home.join("Trash/info/song.mp3.trashinfo").is_file());
}
