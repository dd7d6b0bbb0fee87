//! Checks of a whole list of steps, before anything is done.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Component, Path};

use crate::disk::Disk;
use crate::error::Refusal;
use crate::marker::is_quarantine;
use crate::platform::{self, Identity, Volume};
use crate::step::Step;

/// The room that is left free on a volume: a drive filled to the last byte troubles other programs.
const RESERVE_BYTES: u64 = 16 * 1024 * 1024;

/// Everything that prevents the list from being done. A file that has changed or has gone prevents only its own step,
/// which is noticed later.
pub(crate) fn refusals(disk: &Disk, steps: &[Step]) -> Vec<Refusal> {
    let whys = steps.iter().enumerate().filter_map(|(n, step)| Some((n, wrong_alone(step)?)));
    let mut whys: Vec<(usize, String)> = whys.collect();
    if whys.is_empty() {
        whys.extend(wrong_together(disk, steps));
        whys.extend(no_room(steps));
    }
    whys.sort();
    let refusals = whys.into_iter();
    refusals.map(|(step, why)| Refusal { step, file: steps[step].file().into(), why }).collect()
}

/// What is wrong with a step by itself.
fn wrong_alone(step: &Step) -> Option<String> {
    let (root, keeper) = match step {
        Step::Move { root, keeper, .. } => (Some(root), Some(keeper)),
        Step::Rewrite { root, .. } => (Some(root), None),
        Step::Create { .. } => (None, None),
    };
    for path in [Some(step.file()), root.map(|root| root.as_path()), keeper.map(|keeper| keeper.as_path())] {
        let Some(path) = path else { continue };
        let is_plain = path.components().all(|part| !matches!(part, Component::ParentDir));
        if !path.is_absolute() || !is_plain {
            return Some(format!("{} is not an absolute path", path.display()));
        }
    }
    if step.file().file_name().is_none() {
        return Some(String::from("this is not the path of a file"));
    }
    if let Some(root) = root.filter(|root| !root.is_dir()) {
        return Some(format!("the folder {} cannot be reached", root.display()));
    }
    if step.file().ancestors().any(is_quarantine) {
        return Some(String::from("the file is in a quarantine"));
    }
    match step {
        Step::Rewrite { old, new_bytes, .. } if *old == blake3::hash(new_bytes) => {
            Some(String::from("the new bytes are those that the file has"))
        }
        _ => None,
    }
}

/// What is wrong with a step beside the others.
fn wrong_together(disk: &Disk, steps: &[Step]) -> Vec<(usize, String)> {
    let mut whys = Vec::new();
    let mut first_with: HashMap<&Path, usize> = HashMap::new();
    for (n, step) in steps.iter().enumerate() {
        if *first_with.entry(step.file()).or_insert(n) != n {
            whys.push((n, String::from("another step names the same file")));
        }
    }
    let identity = |path: &Path| disk.look(path).ok().flatten().map(|seen| seen.identity);
    // Two names of one file, and two ways to one folder, are found by the identity and not by the path.
    let moved: HashSet<Identity> = steps
        .iter()
        .filter(|step| matches!(step, Step::Move { .. }))
        .filter_map(|step| identity(step.file()))
        .collect();
    for (n, step) in steps.iter().enumerate() {
        let Step::Move { file, keeper, .. } = step else { continue };
        let kept = identity(keeper);
        // That a file is its own keeper concerns its step alone.
        let is_own = kept.is_some() && kept == identity(file);
        let is_moved = kept.is_some_and(|kept| moved.contains(&kept)) && !is_own;
        if is_moved || (first_with.contains_key(keeper.as_path()) && keeper != file) {
            whys.push((n, format!("{}, which is to stay, is changed by another step", keeper.display())));
        }
    }
    whys
}

/// The steps for whose copies a volume has no room. A file that is renamed needs none.
fn no_room(steps: &[Step]) -> Vec<(usize, String)> {
    let mut needs: BTreeMap<Volume, (u64, &Path, BTreeSet<usize>)> = BTreeMap::new();
    for (n, step) in steps.iter().enumerate() {
        for (folder, bytes) in needed(step) {
            let Some(volume) = volume(folder) else { continue };
            let need = needs.entry(volume).or_insert((0, folder, BTreeSet::new()));
            need.0 = need.0.saturating_add(bytes);
            need.2.insert(n);
        }
    }
    let mut whys = Vec::new();
    for (bytes, folder, of) in needs.into_values() {
        let Ok(free) = fs4::available_space(folder) else { continue };
        if free < bytes.saturating_add(RESERVE_BYTES) {
            let why = format!(
                "the volume of {} has no room: {bytes} bytes are needed beside a reserve of {RESERVE_BYTES}, and {free} are free",
                folder.display()
            );
            whys.extend(of.into_iter().map(|n| (n, why.clone())));
        }
    }
    whys
}

/// The folders in which a step needs room, and how many bytes.
fn needed(step: &Step) -> Vec<(&Path, u64)> {
    let folder = step.file().parent().unwrap_or(step.file());
    match step {
        Step::Move { root, expected, .. } if volume(folder) != volume(root) => {
            vec![(root, expected.size_bytes)]
        }
        Step::Move { .. } => Vec::new(),
        Step::Rewrite { root, expected, new_bytes, .. } => {
            vec![(root, expected.size_bytes), (folder, new_bytes.len() as u64)]
        }
        Step::Create { bytes, .. } => vec![(folder, bytes.len() as u64)],
    }
}

fn volume(folder: &Path) -> Option<Volume> {
    fs::metadata(folder).ok().map(|metadata| platform::volume(folder, &metadata))
}
