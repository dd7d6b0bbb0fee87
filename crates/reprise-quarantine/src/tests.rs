//! What the tests share: trees of small files, and what can be seen of them.

mod any_plan;
mod crash;

mod faults;
mod journal;
mod kill;
mod left_alone;
mod names;
mod quarantine;
mod refused;
mod round_trip;
mod trash;
mod two_programs;
mod volumes;

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes};
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::platform::{Attributes, attributes};
use crate::*;

const NOW_S: i64 = 1_785_587_400;

/// What must come back of a file.
type Look = (blake3::Hash, i64, u32, Attributes);
type Snapshot = BTreeMap<PathBuf, Look>;

/// A library folder and a data folder beside it, both removed at the end.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// On a file system in memory where there is one: the tests write thousands of files.
    fn new() -> Self {
        match tempfile::tempdir_in("/dev/shm") {
            Ok(folder) => Self { folder },
            Err(_) => Self::on_disk(),
        }
    }

    fn on_disk() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> PathBuf {
        let root = self.folder.path().join("music");
        fs::create_dir_all(&root).unwrap();
        root
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn runs(&self) -> Runs {
        Runs::in_folder(self.data())
    }

    /// Writes a file of the library whose bytes, time and mode follow from its name.
    fn write(&self, below: impl AsRef<Path>) -> PathBuf {
        let path = self.root().join(below.as_ref());
        let name = below.as_ref().as_os_str().as_encoded_bytes();
        write_dated(&path, &name.repeat(3), u64::from(name[0]) * 1_000_003);
        path
    }
}

fn write_dated(path: &Path, bytes: &[u8], age: u64) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    let mode = [0o644, 0o600, 0o444, 0o755][age as usize % 4];
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let time = UNIX_EPOCH + Duration::new(1_000_000_000 + age % 1000, age as u32 % 1_000_000_000);
    File::open(path).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
}

/// All files below a folder, quarantines included.
fn snapshot(folder: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            found.extend(snapshot(&path));
        } else {
            found.insert(path.clone(), look(&path));
        }
    }
    found
}

fn look(path: &Path) -> Look {
    let metadata = fs::symlink_metadata(path).unwrap();
    let mtime_ns = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
    let bytes = match metadata.is_symlink() {
        true => fs::read_link(path).unwrap().into_os_string().into_encoded_bytes(),
        false => fs::read(path).unwrap(),
    };
    (blake3::hash(&bytes), mtime_ns, metadata.mode(), attributes(path).unwrap())
}

/// The files of a snapshot that are in a quarantine, with markers and manifests left out, are put back to where they
/// came from, on paper.
fn united(runs: &Runs, run: &RunId, root: &Path) -> Snapshot {
    let mut all = snapshot(root);
    all.retain(|path, _| !path.components().any(|part| part.as_os_str() == ".reprise-quarantine"));
    for kept in runs.contents(run).unwrap() {
        // Of a rewritten file both are there, and the old one counts.
        all.insert(kept.file, look(&kept.kept));
    }
    all
}

fn expected(path: &Path) -> Expected {
    let metadata = fs::symlink_metadata(path).unwrap();
    let mtime_ns = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
    Expected { size_bytes: metadata.len(), mtime_ns }
}

fn move_step(root: &Path, file: &Path, keeper: &Path) -> Step {
    Step::Move {
        file: file.into(),
        root: root.into(),
        expected: expected(file),
        keeper: keeper.into(),
        keeper_content: String::from("the hash of its audio"),
        reason: String::from("The same recording with a lower bit rate."),
    }
}

fn rewrite_step(root: &Path, file: &Path, new_bytes: &[u8]) -> Step {
    Step::Rewrite {
        file: file.into(),
        root: root.into(),
        expected: expected(file),
        old: blake3::hash(&fs::read(file).unwrap()),
        new_bytes: new_bytes.into(),
    }
}

fn create_step(file: &Path, bytes: &[u8]) -> Step {
    Step::Create { file: file.into(), bytes: bytes.into() }
}

fn agree(_: &Step) -> Result<(), String> {
    Ok(())
}

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

impl Runs {
    /// Does the steps and expects that the run begins.
    fn begin(&self, steps: &[Step]) -> Report {
        self.start(steps, NOW_S, &agree, &mut go_on).unwrap()
    }

    /// Undoes a run and expects that everything comes back.
    fn undo_whole(&self, run: &RunId) -> Report {
        let report = self.undo(run, &mut go_on).unwrap();
        assert_eq!(report.left().collect::<Vec<_>>(), Vec::<&Told>::new(), "all is undone");
        assert_eq!(report.strangers, Vec::<PathBuf>::new());
        report
    }

    fn only_run(&self) -> Option<RunState> {
        let mut listed = self.all().unwrap();
        assert!(listed.unreadable.is_empty() && listed.runs.len() <= 1, "{listed:?}");
        listed.runs.pop()
    }
}

/// The sentence of the only step that was left alone.
fn only_reason(report: &Report) -> String {
    let left: Vec<&Told> = report.left().collect();
    match left.as_slice() {
        [Told { outcome: Outcome::Left { why }, .. }] => why.clone(),
        other => panic!("one step is left, not {other:?}"),
    }
}
