//! Journals that were torn, cut or damaged.

use proptest::prelude::*;

use super::*;

/// A run of three moves, of which the journal is then damaged. Everything must come back all the same.
fn damage(damage: impl FnOnce(&mut Vec<u8>, usize)) {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files = ["x.mp3", "y.mp3", "z.mp3"].map(|name| place.write(name));
    let before = snapshot(&root);
    let run = runs.begin(&files.each_ref().map(|file| move_step(&root, file, &keeper))).run;
    let path = place.data().join(format!("{run}.journal"));
    let mut bytes = fs::read(&path).unwrap();
    let plan_bytes = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    damage(&mut bytes, plan_bytes);
    fs::write(&path, &bytes).unwrap();
    match runs.all().unwrap().runs.pop() {
        Some(state) if state.stage == Stage::Unfinished && bytes.len().is_multiple_of(2) => {
            let report = runs.finish(&run, &agree, &mut go_on).unwrap();
            assert!(report.left().next().is_none(), "{report:?}");
            runs.undo_whole(&run);
        }
        _ => drop(runs.undo_whole(&run)),
    }
    assert_eq!(snapshot(&root), before);
    assert_eq!(runs.only_run().unwrap().stage, Stage::Undone, "lines after a torn one are read again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_journal_that_is_cut_anywhere_after_the_plan_suffices(at in 0.0..1.0f64) {
        damage(|bytes, plan| bytes.truncate(plan + ((bytes.len() - plan) as f64 * at) as usize));
    }

    #[test]
    fn a_journal_with_a_wrong_byte_after_the_plan_suffices(at in 0.0..1.0f64, value: u8) {
        damage(|bytes, plan| {
            let at = plan + ((bytes.len() - plan) as f64 * at) as usize;
            bytes[at] = value;
        });
    }

    #[test]
    fn a_journal_with_zeros_or_noise_at_its_end_suffices(noise: Vec<u8>) {
        damage(|bytes, _| bytes.extend(noise));
    }
}

#[test]
fn a_journal_without_its_plan_is_said_and_hides_no_other() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let files = ["x.mp3", "y.mp3"].map(|name| place.write(name));
    let [broken, whole] = files.map(|file| runs.begin(&[move_step(&root, &file, &keeper)]).run);
    let path = place.data().join(format!("{broken}.journal"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[20] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let listed = runs.all().unwrap();
    assert_eq!(listed.runs.iter().map(|state| &state.run).collect::<Vec<_>>(), [&whole]);
    assert!(matches!(listed.unreadable.as_slice(), [Error::DamagedJournal(found)] if *found == path));
    assert!(matches!(runs.undo(&broken, &mut go_on), Err(Error::DamagedJournal(_))));
    runs.undo_whole(&whole);
    assert!(root.join("y.mp3").exists() && fs::read(&path).unwrap() == bytes);
}

#[test]
fn what_other_programs_put_beside_the_journals_is_passed_over() {
    let place = Place::new();
    fs::create_dir_all(place.data()).unwrap();
    for name in ["library.db", "x.journal", "000000000000.journal.bak", "../music/0.journal"] {
        fs::create_dir_all(place.root()).unwrap();
        fs::write(place.data().join(name), b"not ours").unwrap();
    }
    let listed = place.runs().all().unwrap();
    assert!(listed.runs.is_empty() && listed.unreadable.is_empty());
    assert_eq!(RunId::parse("../../../etc"), None);
    assert_eq!(RunId::parse("0123456789AB"), None);
}

#[test]
fn what_a_killed_start_left_beside_the_journals_is_removed_by_the_next() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    fs::create_dir_all(place.data()).unwrap();
    let orphans = ["0123456789ab.bytes", "0123456789ab.journal.part"].map(|name| place.data().join(name));
    orphans.iter().for_each(|path| fs::write(path, b"torn").unwrap());
    let run = runs.begin(&[move_step(&root, &file, &keeper)]).run;
    assert!(orphans.iter().all(|path| !path.exists()));
    runs.undo_whole(&run);
    runs.forget(&run).unwrap();
    assert!(runs.only_run().is_none());
    let missing = runs.undo(&run, &mut go_on);
    assert!(matches!(missing, Err(Error::NoSuchRun { .. })), "{missing:?}");
}

#[test]
fn new_bytes_that_were_damaged_are_not_written() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let (file, keeper) = (place.write("x.mp3"), place.write("keeper.flac"));
    let list = place.write("x.m3u");
    let before = snapshot(&root);
    let steps = [move_step(&root, &file, &keeper), rewrite_step(&root, &list, b"new")];
    let run = runs.start(&steps, NOW_S, &agree, &mut |_| ControlFlow::Break(())).unwrap().run;
    fs::write(place.data().join(format!("{run}.bytes")), b"bad").unwrap();
    let report = runs.finish(&run, &agree, &mut go_on).unwrap();
    assert!(only_reason(&report).contains(".bytes has changed"), "{report:?}");
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}
