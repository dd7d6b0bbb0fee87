//! Makes a plan: reads playlists, finds the copies, listens to them in pairs, and lets the rules decide.

use std::path::PathBuf;

use crate::database::Database;
use crate::database::clock::now_s;
use crate::error::Error;
use crate::progress::Progress;
use crate::tidy::copies::{Copy, copies};
use crate::tidy::keep::{HeardPair, KeepRules};
use crate::tidy::plan::Plan;
use crate::tidy::playlists::Playlists;
use crate::tidy::written_path::WrittenPath;

pub(crate) fn plan(
    database: &Database,
    rules: KeepRules,
    named: &[PathBuf],
    progress: &Progress,
) -> Result<Plan, Error> {
    let folders: Vec<PathBuf> = database.reader()?.folders()?.into_iter().map(|one| one.path).collect();
    let playlists = Playlists::read(&folders, named);
    if let Some((file, reason)) = playlists.problems.iter().find(|(file, _)| named.contains(file)) {
        return Err(Error::CleanUp(format!("{}: {reason}", file.display())));
    }
    let groups = copies(database, &playlists, progress)?;
    let heard: Vec<Vec<HeardPair>> = groups.iter().map(|files| listened(files)).collect();
    let mut plan = Plan::new(groups.into_iter().zip(heard).collect(), rules, now_s());
    plan.playlists = named.iter().cloned().map(WrittenPath).collect();
    Ok(plan)
}

/// What is heard of each pair of files whose audio is not equal packet for packet.
fn listened(files: &[Copy]) -> Vec<HeardPair> {
    let pairs = (0..files.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    let differ = pairs.filter(|(a, b)| files[*a].payload != files[*b].payload);
    differ.map(|(a, b)| HeardPair { a, b, differ: None, offset_s: None }).collect()
}
