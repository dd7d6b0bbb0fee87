//! Lists of steps that are refused as a whole, before anything is done.

use std::os::unix::fs::symlink;

use super::*;

/// The reasons for which the steps are refused; the tree must be as before, and there must be no run.
fn refused(place: &Place, steps: &[Step]) -> Vec<String> {
    let before = snapshot(&place.root());
    let Err(Error::Refused(refusals)) = place.runs().start(steps, NOW_S, &agree, &mut go_on) else {
        panic!("the steps are refused");
    };
    assert_eq!(snapshot(&place.root()), before);
    assert!(place.runs().only_run().is_none());
    refusals.into_iter().map(|refusal| format!("{} {}", refusal.step, refusal.why)).collect()
}

#[test]
fn a_keeper_that_another_step_moves_is_refused() {
    let place = Place::new();
    let root = place.root();
    let [a, b, c] = ["a.mp3", "b.mp3", "c.mp3"].map(|name| place.write(name));
    let circle = [move_step(&root, &a, &b), move_step(&root, &b, &a)];
    let whys = refused(&place, &circle);
    assert_eq!(whys.len(), 2);
    assert!(whys[0].ends_with("b.mp3, which is to stay, is changed by another step"), "{whys:?}");
    let chain = [move_step(&root, &a, &b), move_step(&root, &b, &c)];
    assert_eq!(refused(&place, &chain).len(), 1);
    // The same by way of another path.
    symlink(&root, root.join("again")).unwrap();
    let place_of = |name: &str| root.join("again").join(name);
    let chain = [move_step(&root, &a, &place_of("b.mp3")), move_step(&root, &b, &c)];
    let before = fs::symlink_metadata(&a).unwrap().ino();
    let outcome = place.runs().start(&chain, NOW_S, &agree, &mut go_on);
    assert!(matches!(outcome, Err(Error::Refused(_))), "{outcome:?}");
    assert_eq!(fs::symlink_metadata(&a).unwrap().ino(), before);
}

#[test]
fn a_file_with_two_steps_is_refused() {
    let place = Place::new();
    let (root, file, keeper) = (place.root(), place.write("a.mp3"), place.write("k.flac"));
    let twice = [move_step(&root, &file, &keeper), rewrite_step(&root, &file, b"new")];
    assert_eq!(refused(&place, &twice), ["1 another step names the same file"]);
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let place = Place::new();
    let (root, file, keeper) = (place.root(), place.write("a/a.mp3"), place.write("k.flac"));
    let up = root.join("a/../a/a.mp3");
    assert!(refused(&place, &[move_step(&root, &up, &keeper)])[0].ends_with("is not an absolute path"));
    let step = create_step(Path::new("here.xml"), b"");
    assert!(refused(&place, &[step])[0].ends_with("is not an absolute path"));
    let mut step = move_step(&root, &file, &keeper);
    let Step::Move { root: named, .. } = &mut step else { unreachable!() };
    *named = root.join("not here");
    assert!(refused(&place, &[step])[0].ends_with("cannot be reached"));
}

#[test]
fn a_file_in_a_quarantine_is_refused() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let (file, keeper) = (place.write("a.mp3"), place.write("k.flac"));
    let run = runs.begin(&[move_step(&root, &file, &keeper)]).run;
    let kept = runs.contents(&run).unwrap().remove(0).kept;
    let outcome = runs.start(&[move_step(&root, &kept, &keeper)], NOW_S, &agree, &mut go_on);
    assert!(outcome.unwrap_err().to_string().ends_with("the file is in a quarantine"));
    assert!(kept.exists());
}

#[test]
fn a_folder_that_reprise_did_not_make_is_no_quarantine() {
    let place = Place::new();
    let (root, file, keeper) = (place.root(), place.write("a.mp3"), place.write("k.flac"));
    place.write(".reprise-quarantine/mine.txt");
    let whys = refused(&place, &[move_step(&root, &file, &keeper)]);
    assert!(whys[0].contains("Reprise did not make it"), "{whys:?}");
    assert!(!is_quarantine(&root.join(".reprise-quarantine")));
    fs::remove_dir_all(root.join(".reprise-quarantine")).unwrap();
    fs::write(root.join(".reprise-quarantine"), b"a file").unwrap();
    let whys = refused(&place, &[move_step(&root, &file, &keeper)]);
    assert!(whys[0].contains("a file of this name is in the way"), "{whys:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_for_each_file_before_any_is_moved() {
    let place = Place::new();
    let keeper = place.write("k.flac");
    let files = ["open/a.mp3", "closed/b.mp3", "closed/c.mp3"].map(|name| place.write(name));
    let closed = place.root().join("closed");
    let before = snapshot(&place.root());
    let steps = files.each_ref().map(|file| move_step(file.parent().unwrap(), file, &keeper));
    // The tests may run as root, for whom no folder is closed.
    let forbid = closed.join(".reprise-quarantine");
    let disk = crate::disk::Disk::with_hook(move |operation, path| {
        let is_forbidden = operation == crate::disk::Operation::CreateFolder && path == forbid;
        if is_forbidden { Err(std::io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    });
    let runs = Runs::on_disk(place.data(), disk, 2);
    let Err(Error::Refused(refusals)) = runs.start(&steps, NOW_S, &agree, &mut go_on) else {
        panic!("the steps are refused");
    };
    assert_eq!(refusals.iter().map(|refusal| refusal.step).collect::<Vec<_>>(), [1, 2]);
    assert!(refusals[0].why.starts_with(&format!("no quarantine can be made in {}", closed.display())));
    assert_eq!(snapshot(&place.root()), before, "nothing is left of the quarantine in the other folder");
    assert!(runs.only_run().is_none());
    let rest = fs::read_dir(place.data()).unwrap().count();
    assert_eq!(rest, 1, "only the lock is left in the folder of journals");
}

#[test]
fn a_rewrite_that_changes_nothing_is_refused() {
    let place = Place::new();
    let (root, list) = (place.root(), place.write("x.m3u"));
    let same = rewrite_step(&root, &list, &fs::read(&list).unwrap());
    assert_eq!(refused(&place, &[same]), ["0 the new bytes are those that the file has"]);
}

#[test]
fn a_volume_without_room_for_a_new_file_is_refused() {
    let place = Place::new();
    let (root, list) = (place.root(), place.write("x.m3u"));
    let mut step = rewrite_step(&root, &list, b"new");
    let Step::Rewrite { expected, .. } = &mut step else { unreachable!() };
    expected.size_bytes = 1 << 60;
    let whys = refused(&place, &[step]);
    assert!(whys[0].contains("has no room: 1152921504606846979 bytes are needed"), "{whys:?}");
}
