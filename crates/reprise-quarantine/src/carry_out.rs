//! Does the steps of a run, or those that are left of it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::engine::{Session, Watch, work_through};
use crate::error::Error;
use crate::hindrance::Hindrance;
use crate::outcome::{Outcome, Report};
use crate::plan::{NewBytes, Planned};
use crate::record::Act;
use crate::step::Step;
use crate::task::Task;
use crate::{create_step, layout, manifest, move_step, prepare, rewrite_step};

/// The caller's own check of a step, right before it is done: an error is a sentence, and the step is not done.
pub type Verify<'v> = &'v dyn Fn(&Step) -> Result<(), String>;

/// Does all steps of which the journal does not say what became of them.
pub(crate) fn carry_out(
    session: &mut Session,
    journals: &Path,
    verify: Verify,
    watch: Watch,
) -> Result<Report, Error> {
    let steps: Vec<usize> =
        (0..session.plan.steps.len()).filter(|n| session.history.done[*n].is_none()).collect();
    session.check_folders(&steps)?;
    prepare::make(session.disk, &session.plan, &session.history)?;
    let bytes_path = layout::new_bytes(journals, &session.plan.run);
    let plan = session.plan.clone();
    let work = |task: &mut Task, n: usize| do_step(task, &plan.steps[n], &bytes_path, verify);
    let report = work_through(session, Act::Do, &steps, &work, watch)?;
    if !report.is_stopped {
        for root in plan.roots() {
            let written = manifest::write(session.disk, &plan, &session.history, root);
            written.map_err(Error::io("written", &plan.run_folder(root).join(layout::MANIFEST)))?;
        }
        session.end(Act::Do, report.left().count())?;
    }
    Ok(report)
}

fn do_step(
    task: &mut Task,
    planned: &Planned,
    bytes_path: &Path,
    verify: Verify,
) -> Result<Outcome, Hindrance> {
    let new_bytes = match planned.new_bytes() {
        Some(new) => read_new_bytes(bytes_path, new)?,
        None => Vec::new(),
    };
    let verify = || verify(&planned.step(new_bytes.clone()));
    match planned {
        Planned::Move(step) => move_step::carry_out(task, step, &verify),
        Planned::Rewrite(step) => rewrite_step::carry_out(task, step, &new_bytes, &verify),
        Planned::Create(step) => create_step::carry_out(task, step, &new_bytes, &verify),
    }
}

fn read_new_bytes(path: &Path, new: NewBytes) -> Result<Vec<u8>, Hindrance> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(new.offset_bytes))?;
        let mut bytes = Vec::new();
        file.take(new.size_bytes).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(Hindrance::io("read", path))?;
    if blake3::hash(&bytes) == new.blake3 { Ok(bytes) } else { Err(Hindrance::Changed(path.into())) }
}
