//! Removes the files that a run has put into the quarantine, for good.

use std::path::PathBuf;

use crate::carry_out::Verify;
use crate::disk::Disk;
use crate::engine::{Session, Watch, work_through};
use crate::error::Error;
use crate::hindrance::Hindrance;
use crate::outcome::{Outcome, Report};
use crate::plan::{Plan, Planned};
use crate::prepare;
use crate::record::Act;
use crate::task::Task;

/// A file in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The index of the step that put it there.
    pub step: usize,
    /// Where it came from.
    pub file: PathBuf,
    /// Where it is.
    pub kept: PathBuf,
    /// Its length in bytes.
    pub size_bytes: u64,
}

/// The files of a run that are in the quarantine.
pub(crate) fn contents(disk: &Disk, plan: &Plan) -> Result<Vec<Kept>, Error> {
    let mut found = Vec::new();
    for (step, planned) in plan.steps.iter().enumerate() {
        let Some(kept) = planned.kept() else { continue };
        if let Some(seen) = disk.look(kept).map_err(Error::io("looked at", kept))? {
            let (file, kept) = (planned.file().into(), kept.into());
            found.push(Kept { step, file, kept, size_bytes: seen.size_bytes });
        }
    }
    Ok(found)
}

/// Removes them. A file that is not what was moved there is left, and so is one that `verify` objects to.
pub(crate) fn empty(session: &mut Session, verify: Verify, watch: Watch) -> Result<Report, Error> {
    let plan = session.plan.clone();
    let history = session.history.clone();
    let is_here =
        |n: &usize| plan.steps[*n].kept().is_some() && !history.is_removed(*n) && !history.is_undone(*n);
    let steps: Vec<usize> = (0..plan.steps.len()).filter(is_here).collect();
    session.check_folders(&steps)?;
    let work = |task: &mut Task, n: usize| remove(task, &plan.steps[n], history.may_be_done(n), verify);
    let mut report = work_through(session, Act::Empty, &steps, &work, watch)?;
    if report.is_stopped {
        return Ok(report);
    }
    report.strangers = prepare::close(session.disk, &plan, &session.history, &report)?;
    session.end(Act::Empty, report.left().count())?;
    Ok(report)
}

fn remove(
    task: &mut Task,
    planned: &Planned,
    may_be_done: bool,
    verify: Verify,
) -> Result<Outcome, Hindrance> {
    let (Some(kept), Some(expected)) = (planned.kept(), planned.expected()) else {
        return Ok(Outcome::InPlace);
    };
    match task.disk.look(kept).map_err(Hindrance::io("looked at", kept))? {
        None if may_be_done => return Ok(Outcome::Removed),
        None => return Ok(Outcome::InPlace),
        Some(seen) if !seen.is_as(expected) => {
            return Err(Hindrance::Tampered { kept: kept.into(), file: planned.file().into() });
        }
        Some(_) => {}
    }
    verify(&planned.step(Vec::new())).map_err(Hindrance::NotVerified)?;
    task.disk.remove_file(kept).map_err(Hindrance::io("removed", kept))?;
    task.touched.lost(kept);
    Ok(Outcome::Removed)
}
