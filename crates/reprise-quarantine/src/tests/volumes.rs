//! Several volumes, full ones, ones that are taken away, and what files have beside their bytes.

use std::process::Command;

use super::*;
use crate::disk::{Disk, Operation};

/// A folder on which something is mounted until it is dropped. `None` where this process may not mount.
struct Mounted(PathBuf);

impl Mounted {
    fn new(folder: &Path, arguments: &[&str]) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mut mount = Command::new("mount");
        let outcome = mount.args(arguments).arg(folder).output();
        let is_mounted = outcome.is_ok_and(|output| output.status.success());
        if !is_mounted {
            eprintln!("skipped: this process may not mount");
        }
        is_mounted.then(|| Self(folder.into()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

/// Whether two folders are on different volumes, which a test needs.
fn differ(a: &Path, b: &Path) -> bool {
    let differ = fs::metadata(a).unwrap().dev() != fs::metadata(b).unwrap().dev();
    if !differ {
        eprintln!("skipped: both folders are on one volume");
    }
    differ
}

/// Sets an attribute; false where the volume has none.
fn set_attribute(path: &Path) -> bool {
    match xattr::set(path, "user.reprise.test", b"of the user \x00\xff") {
        Ok(()) => true,
        Err(error) => {
            eprintln!("skipped: {} has no attributes: {error}", path.display());
            false
        }
    }
}

#[test]
fn attributes_stay_with_a_file_that_is_renamed_or_copied() {
    let (memory, disk) = (Place::new(), Place::on_disk());
    for (place, other) in [(&memory, &memory), (&disk, &disk), (&memory, &disk), (&disk, &memory)] {
        let (file, keeper) = (place.write("a/x.mp3"), place.write("keeper.flac"));
        let list = place.write("x.m3u");
        let has_attributes = set_attribute(&file) && set_attribute(&list);
        let before = snapshot(&place.root());
        assert_eq!(has_attributes, !before[&file].3.is_empty());
        let root = other.root();
        let runs = place.runs();
        let report = runs.begin(&[move_step(&root, &file, &keeper), rewrite_step(&root, &list, b"new")]);
        assert_eq!(report.left().next(), None);
        let kept = runs.contents(&report.run).unwrap();
        for (kept, original) in kept.iter().zip([&file, &list]) {
            assert!(kept.kept.starts_with(&root));
            assert_eq!(look(&kept.kept), before[original], "time, mode and attributes are those of before");
        }
        assert_eq!(look(&list).3, before[&list].3, "the new playlist has the attributes of the old one");
        runs.undo_whole(&report.run);
        assert_eq!(snapshot(&place.root()), before);
        runs.forget(&report.run).unwrap();
    }
}

#[test]
fn a_root_on_another_volume_gets_copies_in_numbered_folders() {
    let (place, other) = (Place::on_disk(), Place::new());
    if !differ(&place.root(), &other.root()) {
        return;
    }
    let keeper = place.write("keeper.flac");
    let files = ["a/x.mp3", "b/x.mp3"].map(|name| place.write(name));
    let before = snapshot(&place.root());
    let runs = place.runs();
    let run = runs.begin(&files.each_ref().map(|file| move_step(&other.root(), file, &keeper))).run;
    let kept = runs.contents(&run).unwrap();
    assert!(kept[0].kept.ends_with("numbered/0/x.mp3") && kept[1].kept.ends_with("numbered/1/x.mp3"));
    assert!(files.iter().all(|file| !file.exists()));
    runs.undo_whole(&run);
    assert_eq!(snapshot(&place.root()), before);
    assert_eq!(snapshot(&other.root()), Snapshot::new());
}

#[test]
fn a_file_with_several_names_is_not_copied_away_and_may_be_renamed() {
    let (place, other) = (Place::on_disk(), Place::new());
    let (root, runs, keeper) = (place.root(), place.runs(), place.write("keeper.flac"));
    let file = place.write("x.mp3");
    fs::hard_link(&file, root.join("second name.mp3")).unwrap();
    let before = snapshot(&root);
    if differ(&root, &other.root()) {
        let report = runs.begin(&[move_step(&other.root(), &file, &keeper)]);
        assert!(only_reason(&report).contains("has other names (hard links)"), "{report:?}");
        runs.undo_whole(&report.run);
    }
    let run = runs.begin(&[move_step(&root, &file, &keeper)]).run;
    assert!(!file.exists());
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
    let inode = |name: &str| fs::metadata(root.join(name)).unwrap().ino();
    assert_eq!(inode("x.mp3"), inode("second name.mp3"), "they are one file again");
}

#[test]
fn a_volume_that_becomes_full_takes_what_fits_and_loses_nothing() {
    let place = Place::on_disk();
    let small = place.folder.path().join("small");
    let Some(_mounted) = Mounted::new(&small, &["-t", "tmpfs", "-o", "size=18m", "tmpfs"]) else { return };
    let keeper = place.write("keeper.flac");
    let files: Vec<PathBuf> = (0..3)
        .map(|n| {
            let path = place.root().join(format!("{n}.wav"));
            write_dated(&path, &vec![n as u8; 900_000], n);
            path
        })
        .collect();
    let before = snapshot(&place.root());
    let steps: Vec<Step> = files.iter().map(|file| move_step(&small, file, &keeper)).collect();
    let outcome = place.runs().start(&steps, NOW_S, &agree, &mut go_on);
    assert!(outcome.unwrap_err().to_string().contains("has no room"), "checked before anything is done");
    assert_eq!((snapshot(&place.root()), snapshot(&small)), (before.clone(), Snapshot::new()));

    // Another program fills the volume after the check.
    let filling = small.join("filling");
    let fill = |step: &Step| {
        if step.file().ends_with("1.wav") {
            let free = fs4::available_space(&small).unwrap();
            fs::write(&filling, vec![0; free as usize - 400_000]).unwrap();
        }
        Ok(())
    };
    let report = place.runs().start(&steps[..2], NOW_S, &fill, &mut go_on).unwrap();
    let why = only_reason(&report);
    assert!(why.contains("has no room for it: 900000 bytes are needed"), "{why}");
    assert_eq!(files.iter().map(|file| file.exists()).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(place.runs().contents(&report.run).unwrap().len(), 1);
    place.runs().undo_whole(&report.run);
    assert_eq!(snapshot(&place.root()), before);
}

#[test]
fn a_volume_that_is_full_to_the_last_byte_can_still_be_cleaned_up_and_undone() {
    let place = Place::on_disk();
    let root = place.root();
    let Some(_mounted) = Mounted::new(&root, &["-t", "tmpfs", "-o", "size=4m", "tmpfs"]) else { return };
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    let list = place.write("x.m3u");
    let before = snapshot(&root);
    let runs = place.runs();
    let steps = [move_step(&root, &file, &keeper), rewrite_step(&root, &list, &[b'#'; 100_000])];
    let outcome = runs.start(&steps, NOW_S, &agree, &mut go_on);
    assert!(matches!(outcome, Err(Error::Refused(_))), "a rewrite needs room: {outcome:?}");
    let stop_before_the_rest = &mut |_| ControlFlow::Break(());
    let run = runs.start(&steps[..1], NOW_S, &agree, stop_before_the_rest).unwrap().run;
    fs::write(root.join("filling"), vec![0; fs4::available_space(&root).unwrap() as usize]).unwrap();
    assert_eq!(fs4::available_space(&root).unwrap(), 0);
    runs.undo_whole(&run);
    fs::remove_file(root.join("filling")).unwrap();
    assert_eq!(snapshot(&root), before);
    // A run that finds the volume full cannot write its manifest, and does nothing.
    fs::write(root.join("filling"), vec![0; fs4::available_space(&root).unwrap() as usize]).unwrap();
    let outcome = runs.start(&steps[..1], NOW_S, &agree, &mut go_on);
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
    fs::remove_file(root.join("filling")).unwrap();
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_folder_of_another_mount_below_the_root_is_moved_by_copy() {
    let place = Place::on_disk();
    let inner = place.root().join("mounted");
    let Some(_mounted) = Mounted::new(&inner, &["-t", "tmpfs", "tmpfs"]) else { return };
    let (root, runs, keeper) = (place.root(), place.runs(), place.write("keeper.flac"));
    let file = place.write("mounted/x.mp3");
    let before = snapshot(&root);
    let run = runs.begin(&[move_step(&root, &file, &keeper)]).run;
    let kept = runs.contents(&run).unwrap().remove(0).kept;
    assert!(kept.ends_with("files/mounted/x.mp3") && !file.exists());
    assert_eq!(look(&kept), before[&file]);
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_folder_that_is_mounted_twice_holds_each_file_once() {
    let place = Place::on_disk();
    let root = place.root();
    let (file, twin) = (place.write("a/song.mp3"), root.join("b/song.mp3"));
    let a = root.join("a");
    let Some(_mounted) = Mounted::new(&root.join("b"), &["--bind", a.to_str().unwrap()]) else { return };
    let runs = place.runs();
    let report = runs.begin(&[move_step(&root, &file, &twin)]);
    assert!(only_reason(&report).ends_with("are one file with two names"), "{report:?}");
    assert!(file.exists());
    // A rename between two mounts of one volume is none for the kernel.
    let keeper = place.write("keeper.flac");
    let before = look(&file);
    let run = runs.begin(&[move_step(&root, &twin, &keeper)]).run;
    assert!(!file.exists() && !twin.exists());
    runs.undo_whole(&run);
    assert_eq!(look(&file), before);
}

#[test]
fn a_volume_that_is_read_only_is_said_before_anything_is_moved() {
    let place = Place::on_disk();
    let root = place.root();
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    let before = snapshot(&root);
    let bind = root.to_str().unwrap().to_owned();
    let Some(_mounted) = Mounted::new(&root, &["--bind", "-o", "ro", &bind]) else { return };
    let outcome = place.runs().start(&[move_step(&root, &file, &keeper)], NOW_S, &agree, &mut go_on);
    let Err(Error::Refused(refusals)) = outcome else { panic!("{outcome:?}") };
    assert!(refusals[0].why.starts_with("no quarantine can be made in"), "{refusals:?}");
    assert_eq!(refusals[0].file, file);
    assert_eq!(snapshot(&root), before);
    assert!(place.runs().only_run().is_none());
}

#[test]
fn a_drive_that_is_taken_away_is_waited_for() {
    let place = Place::new();
    let (root, away) = (place.root(), place.folder.path().join("away"));
    let keeper = place.write("keeper.flac");
    let files = ["x.mp3", "y.mp3", "z.mp3"].map(|name| place.write(name));
    let before = snapshot(&root);
    let steps = files.each_ref().map(|file| move_step(&root, file, &keeper));
    let runs = place.runs();

    fs::rename(&root, &away).unwrap();
    let outcome = runs.start(&steps, NOW_S, &agree, &mut go_on);
    assert!(matches!(outcome, Err(Error::Refused(_))), "before the run: {outcome:?}");
    assert!(!root.exists(), "nothing is made where the drive was");
    fs::rename(&away, &root).unwrap();

    let take_away = |step: &Step| {
        if step.file().ends_with("y.mp3") {
            fs::rename(&root, &away).unwrap();
        }
        Ok(())
    };
    let outcome = runs.start(&steps, NOW_S, &take_away, &mut go_on);
    assert!(matches!(outcome, Err(Error::FolderGone(_))), "during the run: {outcome:?}");
    let state = runs.only_run().unwrap();
    assert_eq!(state.stage, Stage::Unfinished);
    let is_gone = |outcome: Result<Report, Error>| matches!(outcome, Err(Error::FolderGone(_)));
    // Whether there is an empty mount point or nothing at all.
    for is_mount_point in [false, true] {
        if is_mount_point {
            fs::create_dir(&root).unwrap();
        }
        assert!(is_gone(runs.undo(&state.run, &mut go_on)));
        assert!(is_gone(runs.finish(&state.run, &agree, &mut go_on)));
        assert_eq!(root.exists(), is_mount_point);
    }
    fs::remove_dir(&root).unwrap();
    fs::rename(&away, &root).unwrap();
    assert_eq!(united(&runs, &state.run, &root), before);
    let report = runs.finish(&state.run, &agree, &mut go_on).unwrap();
    assert_eq!(report.left().next(), None);

    fs::rename(&root, &away).unwrap();
    assert!(is_gone(runs.empty(&state.run, &agree, &mut go_on)));
    assert!(is_gone(runs.undo(&state.run, &mut go_on)));
    assert!(runs.contents(&state.run).is_err() && runs.forget(&state.run).is_err());
    fs::rename(&away, &root).unwrap();
    runs.undo_whole(&state.run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_run_that_had_not_begun_makes_nothing_where_its_drive_was() {
    let place = Place::new();
    let (root, away) = (place.root(), place.folder.path().join("away"));
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    let before = snapshot(&root);
    let disk = Disk::with_hook(|operation, _| match operation {
        Operation::CreateFolder => std::panic::resume_unwind(Box::new("killed")),
        _ => Ok(()),
    });
    let killed = Runs::on_disk(place.data(), disk, 2);
    let steps = [move_step(&root, &file, &keeper)];
    let death = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| killed.begin(&steps)));
    assert!(death.is_err());
    let (runs, run) = (place.runs(), place.runs().only_run().unwrap().run);
    fs::rename(&root, &away).unwrap();
    let outcome = runs.finish(&run, &agree, &mut go_on);
    assert!(outcome.unwrap_err().to_string().contains("cannot be reached") && !root.exists());
    fs::rename(&away, &root).unwrap();
    assert_eq!(runs.finish(&run, &agree, &mut go_on).unwrap().left().next(), None);
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn a_file_that_was_copied_back_by_hand_counts_as_back_if_it_has_everything() {
    for is_whole in [true, false] {
        let place = Place::new();
        let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
        if !set_attribute(&file) {
            return;
        }
        let before = snapshot(&place.root());
        let runs = place.runs();
        let run = runs.begin(&[move_step(&place.root(), &file, &keeper)]).run;
        let kept = runs.contents(&run).unwrap().remove(0).kept;
        Disk::new().copy(&kept, &file).unwrap();
        if is_whole {
            runs.undo_whole(&run);
        } else {
            xattr::remove(&file, "user.reprise.test").unwrap();
            let report = runs.undo(&run, &mut go_on).unwrap();
            assert!(only_reason(&report).contains("stays in the quarantine as"), "{report:?}");
            assert!(file.exists() && kept.exists());
            fs::remove_file(&file).unwrap();
            runs.undo_whole(&run);
        }
        assert_eq!(snapshot(&place.root()), before);
    }
}
