//! Cleaning up: rules, a plan and its edits, the run, and back.

use std::path::{Path, PathBuf};

use reprise_library::{Error, Library, Plan, Progress, WrittenPath, document, named_file, named_folder};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::{Answer, TheShell, ask, blocking};
use crate::cleaner::{Desk, Job};
use crate::ipc::dto::{
    CleanUp, CleanUpReport, CleanUpSettings, ExactPath, LeftAlone, PathKind, PlanEdit, PlanFormat, PlanGroup,
    PlanGroups, PlanOutline, PlaylistAfter, Quarantined, id, number, text,
};
use crate::ipc::error::IpcError;
use crate::shell::Shell;

/// What the library remembers for every plan.
#[tauri::command]
#[specta::specta]
pub async fn clean_up_settings(shell: TheShell<'_>) -> Answer<CleanUpSettings> {
    ask(&shell, |library| {
        let playlists =
            library.named_playlists()?.into_iter().map(|file| ExactPath::from(&WrittenPath(file)));
        Ok(CleanUpSettings { rules: library.keep_rules()?.into(), playlists: playlists.collect() })
    })
    .await
}

/// Remembers settings, and decides by them about the plan on the desk; null if there is none, or none any more because
/// it does not know the playlists.
#[tauri::command]
#[specta::specta]
pub async fn set_clean_up_settings(
    shell: TheShell<'_>,
    settings: CleanUpSettings,
) -> Answer<Option<PlanOutline>> {
    let shell = shell.inner().clone();
    blocking(move || {
        let rules = settings.rules.into();
        let playlists: Vec<PathBuf> =
            settings.playlists.into_iter().map(|file| WrittenPath::from(file).0).collect();
        let library = shell.library.to_write()?;
        library.set_keep_rules(&rules)?;
        if library.named_playlists()? != playlists {
            library.set_named_playlists(&playlists)?;
            // It does not know their entries and cue points.
            shell.cleaner.set_aside();
        }
        shell.cleaner.decide_again(rules);
        Ok(shell.cleaner.look(outline).ok())
    })
    .await
}

/// A folder for a rule, or a playlist file, by its path.
#[tauri::command]
#[specta::specta]
pub async fn exact_path(path: String, kind: PathKind) -> Answer<ExactPath> {
    blocking(move || {
        let named = match kind {
            PathKind::Folder => named_folder(&path),
            PathKind::Playlist => named_file(&path),
        };
        Ok(real(named.map_err(IpcError::bad_input)?))
    })
    .await
}

/// A path without links, as rules name folders.
fn real(path: PathBuf) -> ExactPath {
    ExactPath::from(&WrittenPath(path.canonicalize().unwrap_or(path)))
}

/// Asks for a folder or a playlist file in the system's dialog; null when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_path(app: AppHandle, kind: PathKind) -> Answer<Option<ExactPath>> {
    blocking(move || {
        let dialog = app.dialog().file();
        let chosen = match kind {
            PathKind::Folder => dialog.set_title("A folder of the library").blocking_pick_folder(),
            PathKind::Playlist => {
                dialog.set_title("A playlist, or the library of a DJ program").blocking_pick_file()
            }
        };
        let path = chosen.and_then(|path| path.into_path().ok());
        Ok(path.map(real))
    })
    .await
}

/// Looks for copies and puts a plan on the desk, with the choices of the plan before; null when that was stopped.
#[tauri::command]
#[specta::specta]
pub async fn make_plan(shell: TheShell<'_>) -> Answer<Option<PlanOutline>> {
    let shell = shell.inner().clone();
    blocking(move || {
        let made = shell.cleaner.job(Job::Reads, |library, progress| {
            let (rules, playlists) = (library.keep_rules()?, library.named_playlists()?);
            unless_stopped(library.plan_clean_up(&rules, &playlists, progress))
        })?;
        let Some(plan) = made else { return Ok(None) };
        shell.cleaner.put_new(plan);
        shell.cleaner.look(outline).map(Some)
    })
    .await
}

/// Groups of the plan on the desk; numbers of none are left out.
#[tauri::command]
#[specta::specta]
pub async fn plan_groups(shell: TheShell<'_>, numbers: Vec<u32>) -> Answer<PlanGroups> {
    let shell = shell.inner().clone();
    blocking(move || {
        let (revision, groups) = shell.cleaner.look(|desk| {
            let group = |number: &u32| Some((*number, desk.plan.groups.get(*number as usize)?.clone()));
            (desk.revision, numbers.iter().filter_map(group).collect::<Vec<_>>())
        })?;
        let library = shell.library.to_read()?;
        let track = |path: &Path| library.track_at(path).ok().map(id);
        let groups = groups.iter().map(|(number, group)| PlanGroup::new(*number, group, &track)).collect();
        Ok(PlanGroups { revision, groups })
    })
    .await
}

/// Keeps another file of a group.
#[tauri::command]
#[specta::specta]
pub async fn keep_file(shell: TheShell<'_>, group: u32, place: u32) -> Answer<PlanEdit> {
    edited(shell, group, move |plan| plan.keep(group as usize, place as usize)).await
}

/// Lets a file of a group stay.
#[tauri::command]
#[specta::specta]
pub async fn let_file_stay(shell: TheShell<'_>, group: u32, place: u32) -> Answer<PlanEdit> {
    edited(shell, group, move |plan| plan.stay(group as usize, place as usize)).await
}

/// Leaves a group as it is.
#[tauri::command]
#[specta::specta]
pub async fn leave_group(shell: TheShell<'_>, group: u32) -> Answer<PlanEdit> {
    edited(shell, group, move |plan| plan.leave(group as usize)).await
}

/// Takes the last edit back; null if there is none.
#[tauri::command]
#[specta::specta]
pub async fn undo_plan_edit(shell: TheShell<'_>) -> Answer<Option<PlanEdit>> {
    let shell = shell.inner().clone();
    blocking(move || {
        let group = shell.cleaner.undo_edit()?;
        group.map(|group| edit(&shell, number(group))).transpose()
    })
    .await
}

/// What would become of playlists.
#[tauri::command]
#[specta::specta]
pub async fn playlists_after(shell: TheShell<'_>) -> Answer<Vec<PlaylistAfter>> {
    let plan = shell.cleaner.look(|desk| desk.plan.clone())?;
    ask(&shell, move |library| {
        Ok(library.playlists_after(&plan)?.into_iter().map(PlaylistAfter::from).collect())
    })
    .await
}

/// Asks where a plan is to be saved, in the system's dialog; null when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_plan_to_save(app: AppHandle, format: PlanFormat) -> Answer<Option<String>> {
    blocking(move || {
        let name = match format {
            PlanFormat::Json => "clean-up.json",
            PlanFormat::Csv => "clean-up.csv",
            PlanFormat::Shell => "clean-up.sh",
        };
        let chosen = app.dialog().file().set_title("Save the plan").set_file_name(name).blocking_save_file();
        Ok(chosen.and_then(|path| path.into_path().ok()).map(|path| text(&path)))
    })
    .await
}

/// Saves the plan on the desk.
#[tauri::command]
#[specta::specta]
pub async fn save_plan(shell: TheShell<'_>, path: String, format: PlanFormat, revision: u32) -> Answer<()> {
    let shell = shell.inner().clone();
    blocking(move || {
        let plan = shell.cleaner.seen_plan(revision)?;
        let content = match format {
            PlanFormat::Json => (plan.to_json() + "\n").into_bytes(),
            PlanFormat::Csv => document::csv(&plan)?,
            PlanFormat::Shell => document::shell_script(&plan),
        };
        std::fs::write(&path, content)
            .map_err(|error| IpcError::bad_input(format!("{path} cannot be written: {error}.")))
    })
    .await
}

/// Asks for a saved plan in the system's dialog; null when cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_plan_to_open(app: AppHandle) -> Answer<Option<String>> {
    blocking(move || {
        let chosen = app.dialog().file().set_title("A plan of Reprise").blocking_pick_file();
        Ok(chosen.and_then(|path| path.into_path().ok()).map(|path| text(&path)))
    })
    .await
}

/// Puts a saved plan on the desk. What the library protects and which playlists it remembers count for it too.
#[tauri::command]
#[specta::specta]
pub async fn open_plan(shell: TheShell<'_>, path: String) -> Answer<PlanOutline> {
    let shell = shell.inner().clone();
    blocking(move || {
        let wrong = |why: String| IpcError::bad_input(format!("{path}: {why}."));
        let saved = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let mut plan = Plan::from_json(&saved).map_err(|error| wrong(error.to_string()))?;
        let library = shell.library.to_read()?;
        plan.respect(&library.keep_rules()?, &library.named_playlists()?);
        shell.cleaner.put(plan);
        shell.cleaner.look(outline)
    })
    .await
}

/// Checks every file of the plan again and changes nothing: what a run would leave alone; null when stopped.
#[tauri::command]
#[specta::specta]
pub async fn check_plan(shell: TheShell<'_>, revision: u32) -> Answer<Option<Vec<LeftAlone>>> {
    let shell = shell.inner().clone();
    blocking(move || {
        let plan = shell.cleaner.seen_plan(revision)?;
        let left = shell
            .cleaner
            .job(Job::Reads, |library, progress| unless_stopped(library.check_clean_up(&plan, progress)))?;
        Ok(left.map(|left| left.into_iter().map(LeftAlone::from).collect()))
    })
    .await
}

/// Runs the plan on the desk, and takes it off if a file was moved; null when it was stopped before anything was done.
#[tauri::command]
#[specta::specta]
pub async fn run_plan(shell: TheShell<'_>, revision: u32, to_trash: bool) -> Answer<Option<CleanUpReport>> {
    let shell = shell.inner().clone();
    blocking(move || {
        let plan = shell.cleaner.seen_plan(revision)?;
        let run = if to_trash { Library::run_clean_up_to_trash } else { Library::run_clean_up };
        let report = shell
            .cleaner
            .job(Job::Writes, |library, progress| unless_stopped(run(library, &plan, progress)))?;
        if report.as_ref().is_some_and(|report| !report.files.is_empty()) {
            shell.cleaner.take_off();
        }
        Ok(report.map(CleanUpReport::from))
    })
    .await
}

/// The clean-ups that were run, the newest first.
#[tauri::command]
#[specta::specta]
pub async fn clean_ups(shell: TheShell<'_>) -> Answer<Vec<CleanUp>> {
    ask(&shell, |library| Ok(library.clean_ups()?.into_iter().rev().map(CleanUp::from).collect())).await
}

/// Does what is left of an interrupted clean-up.
#[tauri::command]
#[specta::specta]
pub async fn finish_clean_up(shell: TheShell<'_>, run: String) -> Answer<CleanUpReport> {
    again(shell, run, Library::finish_clean_up).await
}

/// Puts every file of a clean-up back.
#[tauri::command]
#[specta::specta]
pub async fn undo_clean_up(shell: TheShell<'_>, run: String) -> Answer<CleanUpReport> {
    again(shell, run, Library::undo_clean_up).await
}

/// What emptying the quarantine of a clean-up would delete.
#[tauri::command]
#[specta::specta]
pub async fn quarantined(shell: TheShell<'_>, run: String) -> Answer<Quarantined> {
    ask(&shell, move |library| Ok(library.quarantined(&run)?.into())).await
}

/// Deletes the files of a clean-up for good.
#[tauri::command]
#[specta::specta]
pub async fn empty_quarantine(shell: TheShell<'_>, run: String) -> Answer<CleanUpReport> {
    again(shell, run, Library::empty_quarantine).await
}

/// Stops what is being done for a clean-up.
#[tauri::command]
#[specta::specta]
pub async fn stop_clean_up(shell: TheShell<'_>) -> Answer<()> {
    shell.cleaner.stop();
    Ok(())
}

/// What was done; `None` if the user stopped it, which is no failure.
fn unless_stopped<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Err(Error::Stopped) => Ok(None),
        outcome => outcome.map(Some),
    }
}

type Again = fn(&Library, &str, &Progress) -> Result<reprise_library::CleanUpReport, Error>;

async fn again(shell: TheShell<'_>, run: String, act: Again) -> Answer<CleanUpReport> {
    let shell = shell.inner().clone();
    blocking(move || {
        let report = shell.cleaner.job(Job::Writes, |library, progress| act(library, &run, progress))?;
        Ok(report.into())
    })
    .await
}

async fn edited(
    shell: TheShell<'_>,
    group: u32,
    change: impl FnOnce(&mut Plan) + Send + 'static,
) -> Answer<PlanEdit> {
    let shell = shell.inner().clone();
    blocking(move || {
        shell.cleaner.edit(group as usize, change)?;
        edit(&shell, group)
    })
    .await
}

fn outline(desk: &Desk) -> PlanOutline {
    PlanOutline::new(&desk.plan, desk.revision, desk.is_edited())
}

/// A group as it is now, and what the plan comes to.
fn edit(shell: &Shell, number: u32) -> Answer<PlanEdit> {
    let seen = shell.cleaner.look(|desk| {
        let group = desk.plan.groups.get(number as usize)?.clone();
        Some((desk.revision, desk.is_edited(), (&desk.plan).into(), group))
    })?;
    let gone = || IpcError::failed("The plan has no such group.".into());
    let (revision, is_edited, totals, group) = seen.ok_or_else(gone)?;
    let library = shell.library.to_read()?;
    let track = |path: &Path| library.track_at(path).ok().map(id);
    let outline = (&group).into();
    Ok(PlanEdit { revision, is_edited, totals, outline, group: PlanGroup::new(number, &group, &track) })
}
