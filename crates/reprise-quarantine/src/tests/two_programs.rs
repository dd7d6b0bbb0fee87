//! Two programs at once.

use super::*;

#[test]
fn a_second_program_is_told_that_a_first_one_is_at_work() {
    let place = Place::new();
    let (root, runs) = (place.root(), place.runs());
    let keeper = place.write("keeper.flac");
    let steps = ["x.mp3", "y.mp3"].map(|name| move_step(&root, &place.write(name), &keeper));
    let before = snapshot(&root);
    let is_in_use = |outcome: Result<Report, Error>| matches!(outcome, Err(Error::InUse(_)));
    let check = |_: &Step| {
        let second = place.runs();
        let unfinished = second.unfinished().unwrap().runs;
        assert!(unfinished[0].is_in_use, "what is going on is not taken for interrupted");
        let run = &unfinished[0].run;
        assert!(is_in_use(second.start(&steps, NOW_S, &agree, &mut go_on)));
        assert!(is_in_use(second.finish(run, &agree, &mut go_on)));
        assert!(is_in_use(second.undo(run, &mut go_on)));
        assert!(is_in_use(second.empty(run, &agree, &mut go_on)));
        assert!(matches!(second.forget(run), Err(Error::InUse(_))));
        Ok(())
    };
    let run = runs.start(&steps, NOW_S, &check, &mut go_on).unwrap().run;
    assert!(!runs.only_run().unwrap().is_in_use);
    runs.undo_whole(&run);
    assert_eq!(snapshot(&root), before);
}

#[test]
fn two_programs_with_one_plan_move_each_file_once() {
    let place = Place::new();
    let root = place.root();
    let keeper = place.write("keeper.flac");
    let files: Vec<PathBuf> = (0..60).map(|n| place.write(format!("{}/{n}.mp3", n % 7))).collect();
    let before = snapshot(&root);
    let steps: Vec<Step> = files.iter().map(|file| move_step(&root, file, &keeper)).collect();
    // Each has its own data folder, so that no lock is between them.
    let data = ["one", "two"].map(|name| place.folder.path().join(name));
    let reports: Vec<Report> = std::thread::scope(|scope| {
        let steps = &steps;
        let threads = data.each_ref().map(|data| scope.spawn(move || Runs::in_folder(data).begin(steps)));
        threads.map(|thread| thread.join().unwrap()).into()
    });
    let moved = reports.iter().flat_map(|report| &report.told);
    let n_moved = moved.filter(|told| matches!(told.outcome, Outcome::Moved { .. })).count();
    assert_eq!(n_moved, 60, "{reports:?}");
    for (data, report) in data.iter().zip(&reports) {
        Runs::in_folder(data).undo_whole(&report.run);
    }
    assert_eq!(snapshot(&root), before);
}

#[test]
fn two_programs_that_keep_each_other_s_loser_leave_one_of_both() {
    let place = Place::new();
    let root = place.root();
    let pairs: Vec<[PathBuf; 2]> =
        (0..40).map(|n| [place.write(format!("a/{n}.mp3")), place.write(format!("b/{n}.flac"))]).collect();
    let before = snapshot(&root);
    let plans = [0, 1].map(|one| {
        let steps = pairs.iter().map(|pair| move_step(&root, &pair[one], &pair[1 - one]));
        steps.collect::<Vec<Step>>()
    });
    let data = ["one", "two"].map(|name| place.folder.path().join(name));
    let runs: Vec<RunId> = std::thread::scope(|scope| {
        let threads = [0, 1].map(|n| {
            let (data, plan) = (&data[n], &plans[n]);
            scope.spawn(move || Runs::in_folder(data).begin(plan).run)
        });
        threads.map(|thread| thread.join().unwrap()).into()
    });
    for pair in &pairs {
        assert!(pair.iter().any(|file| file.exists()), "{pair:?}");
    }
    for (data, run) in data.iter().zip(&runs) {
        Runs::in_folder(data).undo_whole(run);
    }
    assert_eq!(snapshot(&root), before);
}
