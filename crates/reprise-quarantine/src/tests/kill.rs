//! A process that is killed at random moments. The dying process is this test program itself, started again for one of
//! its tests.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::*;
use crate::disk::Disk;

/// Passes the folder of the test to the child. Without it the child does nothing.
const FOLDER: &str = "REPRISE_QUARANTINE_TEST_FOLDER";

/// The kills on each of the two file systems: in several places at once, as a drive lets each wait.
const N_KILLS: u32 = 200;
const N_PLACES: u32 = 4;
const N_FILES: usize = 40;

fn steps(root: &Path) -> Vec<Step> {
    let keeper = root.join("masters/keeper.flac");
    let mut steps: Vec<Step> = files(root).iter().map(|file| move_step(root, file, &keeper)).collect();
    steps.insert(N_FILES / 2, rewrite_step(root, &root.join("party.m3u8"), b"masters/keeper.flac\n"));
    steps.insert(N_FILES / 3, create_step(&root.join("new.xml"), b"<xml/>"));
    steps
}

fn files(root: &Path) -> Vec<PathBuf> {
    (0..N_FILES).map(|n| root.join(format!("{}/{n}.mp3", n % 3))).collect()
}

#[test]
#[ignore = "the child of a_run_that_is_killed_at_any_moment_can_be_finished_or_undone"]
fn child_runs_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let steps = steps(&folder.join("music"));
    // The parent waits for these lines, so that the time to start a program does not count.
    eprintln!("ready");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    // The batches are small beside the run, so that kills fall between them too.
    Runs::on_disk(folder.join("data"), Disk::new(), 8).begin(&steps);
    eprintln!("done");
}

struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStderr>,
}

/// Starts a child and waits until it is about to begin.
fn start(folder: &Path) -> Running {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::kill::child_runs_until_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    Running { child, lines }
}

impl Running {
    fn go(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    /// Waits until the child has moved `file`, or has ended.
    fn wait_for_move(&mut self, file: &Path) {
        while file.exists() && self.child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(50));
        }
    }
}

/// How long a run takes that nobody kills.
fn whole_run(place: &Place, before: &Snapshot) -> Duration {
    let mut running = start(place.folder.path());
    let begun = Instant::now();
    running.go();
    let mut line = String::new();
    running.lines.read_line(&mut line).unwrap();
    let taken = begun.elapsed();
    assert_eq!(line, "done\n");
    assert!(running.child.wait().unwrap().success());
    put_back(place, before);
    taken
}

/// Undoes the run and forgets it.
fn put_back(place: &Place, before: &Snapshot) {
    let runs = place.runs();
    if let Some(state) = runs.only_run() {
        runs.undo_whole(&state.run);
        runs.forget(&state.run).unwrap();
    }
    assert_eq!(&snapshot(&place.root()), before);
}

/// What became of a killed run: whether it had begun to move files, and whether it had more to do.
fn check(place: &Place, before: &Snapshot, is_finished: bool) -> bool {
    let (root, runs) = (place.root(), place.runs());
    let Some(state) = runs.only_run() else {
        // It was killed before it had a journal.
        assert_eq!(&snapshot(&root), before);
        return false;
    };
    assert!(!state.is_in_use, "the lock of a dead process is free");
    let n_moved = files(&root).iter().filter(|file| !file.exists()).count();
    let is_partial = (1..N_FILES).contains(&n_moved);
    let assert_whole = || {
        let now = united(&runs, &state.run, &root);
        before.iter().for_each(|(path, look)| assert_eq!(now.get(path), Some(look), "{}", path.display()));
        now.len()
    };
    assert_whole();
    if is_finished && state.stage == Stage::Unfinished {
        let report = runs.finish(&state.run, &agree, &mut go_on).unwrap();
        assert_eq!(report.left().next(), None);
        assert_eq!(assert_whole(), before.len() + 1, "the new file, and nothing else is new");
        assert_eq!(runs.contents(&state.run).unwrap().len(), N_FILES + 1);
        assert_eq!(fs::read(root.join("party.m3u8")).unwrap(), b"masters/keeper.flac\n");
    }
    is_partial
}

fn kill_at_random_moments(places: [Place; N_PLACES as usize]) {
    let n_partial: u32 = std::thread::scope(|scope| {
        let threads = places.each_ref().map(|place| scope.spawn(|| kill_in(place)));
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(n_partial >= N_KILLS / 10, "only {n_partial} of {N_KILLS} kills were within the moves");
}

/// How many of the kills in one place fell between the first move and the last.
fn kill_in(place: &Place) -> u32 {
    place.write("masters/keeper.flac");
    place.write("party.m3u8");
    let files = files(&place.root());
    for file in &files {
        place.write(file.strip_prefix(place.root()).unwrap());
    }
    let before = snapshot(&place.root());
    let durations = [whole_run(place, &before), whole_run(place, &before)];
    let whole = durations[0].max(durations[1]).min(2 * durations[0].min(durations[1]));
    let mut n_partial = 0;
    // Fractions of the golden ratio are spread evenly and in no order, and the same in each run of the test.
    let mut moment = 0.5;
    for n in 0..N_KILLS / N_PLACES {
        moment = (moment + 0.618_033_988_749_895) % 1.0;
        let mut running = start(place.folder.path());
        running.go();
        if n % 4 < 2 {
            std::thread::sleep(whole.mul_f64(moment));
        } else {
            // Where other programs use the drive, a run may take many times what the first ones took. So half of the
            // kills follow the run itself: they come within a step's time after a file has left.
            let place_in_run = moment * N_FILES as f64;
            running.wait_for_move(&files[place_in_run as usize]);
            std::thread::sleep((whole / N_FILES as u32).mul_f64(place_in_run.fract()));
        }
        // SIGKILL on Unix.
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        n_partial += u32::from(check(place, &before, n % 2 == 0));
        put_back(place, &before);
    }
    n_partial
}

#[test]
fn a_run_in_memory_that_is_killed_at_any_moment_can_be_finished_or_undone() {
    kill_at_random_moments(std::array::from_fn(|_| Place::new()));
}

#[test]
fn a_run_on_disk_that_is_killed_at_any_moment_can_be_finished_or_undone() {
    kill_at_random_moments(std::array::from_fn(|_| Place::on_disk()));
}
