//! Makes a plan: reads playlists, finds the copies, listens to them in pairs, and lets the rules decide.

use std::path::PathBuf;

use crate::database::Database;
use crate::database::clock::now_s;
use crate::error::Error;
use crate::progress::Progress;
use crate::tidy::copies::copies;
use crate::tidy::keep::KeepRules;
use crate::tidy::listen::listened;
use crate::tidy::plan::Plan;
use crate::tidy::playlists::Playlists;
use crate::tidy::written_path::WrittenPath;

pub(crate) fn plan(
    database: &Database,
    rules: KeepRules,
    named: &[PathBuf],
    progress: &Progress,
) -> Result<Plan, Error> {
    let playlists = Playlists::of(database, named)?;
    if let Some((file, reason)) = playlists.problems.iter().find(|(file, _)| named.contains(file)) {
        return Err(Error::CleanUp(format!("{}: {reason}", file.display())));
    }
    let mut groups = copies(database, &playlists, progress)?;
    let heard = listened(database, &mut groups, progress)?;
    let mut plan = Plan::new(groups.into_iter().zip(heard).collect(), rules, now_s());
    plan.playlists = named.iter().cloned().map(WrittenPath).collect();
    Ok(plan)
}
