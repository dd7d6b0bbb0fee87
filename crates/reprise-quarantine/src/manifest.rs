//! The manifest in the folder of a run: what is there and where it came from, for people and for other programs.
//!
//! The journal is in the library's data folder, and a drive can be carried to another computer. The manifest goes with
//! it. It is written before the first file is moved, and again at the end with the hashes.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::disk::Disk;
use crate::layout;
use crate::outcome::Outcome;
use crate::plan::{Plan, Planned};
use crate::record::History;
use crate::{stored_path, utc};

#[derive(Serialize)]
struct Manifest {
    run: String,
    /// UTC.
    begun: String,
    files: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    #[serde(with = "stored_path")]
    original: PathBuf,
    #[serde(with = "stored_path")]
    kept: PathBuf,
    /// Whether the file is at `kept`. Before the run has ended: whether it was there when the run began.
    is_here: bool,
    /// The file that stays in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    keeper: Option<Shown>,
    reason: String,
    size_bytes: u64,
    mtime_ns: i64,
    /// Octal, as `chmod` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<String>,
    /// Known once the file was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    blake3: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown(#[serde(with = "stored_path")] PathBuf);

/// Writes the manifest of the folder that a run has in the quarantine of a root.
pub(crate) fn write(disk: &Disk, plan: &Plan, history: &History, root: &Path) -> io::Result<()> {
    let folder = plan.run_folder(root);
    let here = plan.steps.iter().enumerate().filter(|(_, step)| step.root() == Some(root));
    let files = here.filter_map(|(n, step)| entry(disk, step, history.done[n].as_ref()).transpose());
    let manifest = Manifest {
        run: plan.run.to_string(),
        begun: utc::stamp(plan.begun_s),
        files: files.collect::<io::Result<_>>()?,
    };
    let path = folder.join(layout::MANIFEST);
    let unfinished = layout::unfinished(&path);
    disk.remove_leftover(&unfinished)?;
    disk.write_new(&unfinished, &serde_json::to_vec_pretty(&manifest)?, None)?;
    disk.replace(&unfinished, &path)?;
    disk.sync_folder(&folder)
}

fn entry(disk: &Disk, step: &Planned, done: Option<&Outcome>) -> io::Result<Option<Entry>> {
    let (Some(kept), Some(expected)) = (step.kept(), step.expected()) else { return Ok(None) };
    let (keeper, reason) = match step {
        Planned::Move(step) => (Some(Shown(step.keeper.clone())), step.reason.clone()),
        _ => (None, String::from("This is what the file was before it was rewritten.")),
    };
    let here = disk.look(kept)?;
    let mode = match &here {
        Some(here) => here.mode,
        None => disk.look(step.file())?.and_then(|file| file.mode),
    };
    let hash = match (step, done) {
        (Planned::Rewrite(step), _) => Some(step.old),
        (_, Some(Outcome::Moved { blake3 })) => Some(*blake3),
        _ => None,
    };
    Ok(Some(Entry {
        original: step.file().to_path_buf(),
        kept: kept.to_path_buf(),
        is_here: here.is_some(),
        keeper,
        reason,
        size_bytes: expected.size_bytes,
        mtime_ns: expected.mtime_ns,
        mode: mode.map(|mode| format!("{mode:04o}")),
        blake3: hash.map(|hash| hash.to_hex().to_string()),
    }))
}
