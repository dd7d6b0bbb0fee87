//! Names that file systems allow and programs do not expect.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use proptest::prelude::*;

use super::*;
use crate::platform::LONGEST_PATH_BYTES;

/// Moves files with these names below the root and brings them back. Says where they were in between.
fn there_and_back(place: &Place, names: &[&Path]) -> Vec<PathBuf> {
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files: Vec<PathBuf> = names.iter().map(|name| place.write(name)).collect();
    let before = snapshot(&root);
    let steps: Vec<Step> = files.iter().map(|file| move_step(&root, file, &keeper)).collect();
    let report = runs.begin(&steps);
    assert_eq!(report.left().next(), None);
    assert_eq!(united(&runs, &report.run, &root), before);
    let kept = runs.contents(&report.run).unwrap();
    assert_eq!(kept.iter().map(|kept| kept.file.clone()).collect::<Vec<_>>(), files);
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&root), before);
    kept.into_iter().map(|kept| kept.kept).collect()
}

#[test]
fn names_of_255_bytes_stay_as_they_are() {
    let long = format!("{}.mp3", "n".repeat(251));
    let folders = format!("{}/{}/{long}", "a".repeat(255), "b".repeat(255));
    let place = Place::new();
    let kept = there_and_back(&place, &[Path::new(&long), Path::new(&folders)]);
    assert!(kept[0].ends_with(Path::new("files").join(&long)));
    assert!(kept[1].ends_with(Path::new("files").join(&folders)));
    let list = place.write("l".repeat(255));
    let new = place.root().join("x".repeat(255));
    let before = snapshot(&place.root());
    let runs = Runs::in_folder(place.folder.path().join("data 2"));
    let steps = [rewrite_step(&place.root(), &list, b"new"), create_step(&new, b"new")];
    let report = runs.begin(&steps);
    assert_eq!((report.left().next(), fs::read(&list).unwrap()), (None, b"new".to_vec()));
    runs.undo_whole(&report.run);
    assert_eq!(snapshot(&place.root()), before);
}

#[test]
fn names_that_are_not_unicode_come_back_and_are_in_the_manifest() {
    let name = Path::new(OsStr::from_bytes(b"caf\xe9/\xff\xfe\n\".mp3"));
    let place = Place::new();
    there_and_back(&place, &[name]);
    let (root, file) = (place.root(), place.root().join(name));
    let runs = Runs::in_folder(place.folder.path().join("data 2"));
    let run = runs.begin(&[move_step(&root, &file, &root.join("keeper.flac"))]).run;
    let folder = root.join(format!(".reprise-quarantine/2026-08-01T12-30-00Z-{run}"));
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    use base64::Engine;
    let bytes = manifest["files"][0]["original"]["bytes"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap();
    assert_eq!(bytes, file.as_os_str().as_bytes());
    assert!(manifest["files"][0]["original"]["shown"].as_str().unwrap().contains("caf\u{fffd}"));
    assert!(manifest["files"][0]["keeper"].get("bytes").is_none(), "a plain name needs no bytes");
}

#[test]
fn twins_in_two_normal_forms_stay_two_files() {
    let kept = there_and_back(
        &Place::new(),
        &[Path::new("caf\u{e9}.mp3"), Path::new("cafe\u{301}.mp3"), Path::new("CAF\u{c9}.mp3")],
    );
    assert_eq!(kept.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
}

#[test]
fn a_path_that_would_be_too_long_goes_into_a_numbered_folder() {
    let place = Place::new();
    let root = place.root();
    // So long that the path itself is allowed, and the one in the quarantine would not be.
    let mut folders = PathBuf::new();
    while root.join(&folders).as_os_str().len() + 201 + 60 < LONGEST_PATH_BYTES {
        folders.push("f".repeat(200));
    }
    let rest = LONGEST_PATH_BYTES - root.join(&folders).as_os_str().len() - 1;
    let name = folders.join("n".repeat(rest.min(255)));
    let kept = there_and_back(&place, &[&name]);
    assert!(kept[0].parent().unwrap().ends_with("numbered/0"), "{}", kept[0].display());
    assert_eq!(kept[0].file_name(), name.file_name());
}

#[test]
fn a_root_so_deep_that_nothing_fits_is_refused() {
    let place = Place::new();
    let mut root = place.root();
    while root.as_os_str().len() + 21 + 20 < LONGEST_PATH_BYTES {
        root.push("f".repeat(20));
    }
    let file = place.write(root.strip_prefix(place.root()).unwrap().join("x.mp3"));
    let step = move_step(&root, &file, &place.write("keeper.flac"));
    let outcome = place.runs().start(&[step], NOW_S, &agree, &mut go_on);
    assert!(outcome.unwrap_err().to_string().contains("longer than the system allows"));
    assert!(file.exists());
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let byte = (1u8..=255).prop_filter("no separator", |byte| *byte != b'/');
    let is_name = |name: &Vec<u8>| name != b"." && name != b".." && name != b"keeper.flac";
    prop::collection::vec(byte, 1..40).prop_filter("a name", is_name)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_name_comes_back(folder in name(), names in prop::collection::btree_set(name(), 1..5)) {
        let folder = Path::new(OsStr::from_bytes(&folder)).to_path_buf();
        let names: Vec<PathBuf> = names.iter().map(|name| folder.join(OsStr::from_bytes(name))).collect();
        there_and_back(&Place::new(), &names.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    }
}
