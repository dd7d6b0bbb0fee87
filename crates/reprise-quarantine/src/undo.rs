//! Puts every file of a run back.

use crate::engine::{Session, Watch, work_through};
use crate::error::Error;
use crate::hindrance::Hindrance;
use crate::outcome::{Outcome, Report};
use crate::plan::Planned;
use crate::record::{Act, History};
use crate::task::Task;
use crate::{create_step, move_step, prepare, rewrite_step};

/// Undoes all steps, the last first. What is in the way of one is left alone, and the run can be undone again.
pub(crate) fn undo(session: &mut Session, watch: Watch) -> Result<Report, Error> {
    let steps: Vec<usize> =
        (0..session.plan.steps.len()).rev().filter(|n| !session.history.is_undone(*n)).collect();
    let there = steps.iter().copied().filter(|n| !session.history.is_removed(*n));
    session.check_folders(&there.collect::<Vec<_>>())?;
    let (plan, history) = (session.plan.clone(), session.history.clone());
    let work = |task: &mut Task, n: usize| undo_step(task, &plan.steps[n], &history, n);
    let mut report = work_through(session, Act::Undo, &steps, &work, watch)?;
    if report.is_stopped {
        return Ok(report);
    }
    report.strangers = prepare::close(session.disk, &plan, &session.history, &report)?;
    session.end(Act::Undo, report.left().count())?;
    Ok(report)
}

fn undo_step(task: &mut Task, planned: &Planned, history: &History, n: usize) -> Result<Outcome, Hindrance> {
    task.clear_leftovers()?;
    if history.is_removed(n) {
        return Err(Hindrance::GoneForGood(planned.file().into()));
    }
    // A step that was left alone has nothing to undo, unless its file could not be put back.
    let is_kept = match planned.kept() {
        Some(kept) => task.disk.look(kept).map_err(Hindrance::io("looked at", kept))?.is_some(),
        None => false,
    };
    if !is_kept && !history.may_be_done(n) {
        return Ok(Outcome::InPlace);
    }
    match planned {
        Planned::Move(step) => move_step::undo(task, step),
        Planned::Rewrite(step) => rewrite_step::undo(task, step),
        Planned::Create(step) => create_step::undo(task, step),
    }
}
