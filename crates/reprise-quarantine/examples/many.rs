//! How long it takes to move many small files into the quarantine and back:
//! `cargo run --release -p reprise-quarantine --example many -- N [IN_A_FOLDER [FOLDER]]`: N files, of which 10 or
//! IN_A_FOLDER go into each folder of the library, in FOLDER or where temporary files are.

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};

use reprise_quarantine::{Expected, Runs, Step};

/// A file as long as a cover picture or two, so that the time is that of the steps and not that of the bytes.
const FILE_BYTES: usize = 16 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_files: usize = arguments.next().as_deref().unwrap_or("5000").parse()?;
    let in_a_folder: usize = arguments.next().as_deref().unwrap_or("10").parse()?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let root = folder.path().join("music");
    let keeper = root.join("keeper.flac");
    fs::create_dir_all(&root)?;
    fs::write(&keeper, b"the one that stays")?;
    let steps = (0..n_files)
        .map(|n| step(&root, &keeper, n, n / in_a_folder.max(1)))
        .collect::<Result<Vec<_>, _>>()?;
    let runs = Runs::in_folder(folder.path().join("data"));
    let mut go_on = |_| ControlFlow::Continue(());

    let begun = Instant::now();
    let report = runs.start(&steps, 1_785_587_400, &|_| Ok(()), &mut go_on)?;
    say("moved", report.told.len() - report.left().count(), begun);
    let begun = Instant::now();
    let listed = runs.all()?;
    say("listed", listed.runs[0].steps.len(), begun);
    let begun = Instant::now();
    let report = runs.undo(&report.run, &mut go_on)?;
    say("put back", report.told.len() - report.left().count(), begun);
    Ok(())
}

fn step(root: &Path, keeper: &Path, n: usize, album: usize) -> Result<Step, Box<dyn Error>> {
    let file = root.join(format!("album {album}/{n}.mp3"));
    fs::create_dir_all(file.parent().unwrap_or(root))?;
    fs::write(&file, vec![n as u8; FILE_BYTES])?;
    let mtime_ns = fs::metadata(&file)?.modified()?.duration_since(UNIX_EPOCH)?.as_nanos().try_into()?;
    let (root, keeper) = (root.to_path_buf(), keeper.to_path_buf());
    let expected = Expected { size_bytes: FILE_BYTES as u64, mtime_ns };
    Ok(Step::Move {
        file,
        root,
        expected,
        keeper,
        keeper_content: String::new(),
        reason: String::from("a copy"),
    })
}

#[allow(clippy::print_stdout)] // An example is a program for a terminal.
fn say(what: &str, n: usize, begun: Instant) {
    println!("{what} {n} in {:.2} s", begun.elapsed().as_secs_f64());
}
