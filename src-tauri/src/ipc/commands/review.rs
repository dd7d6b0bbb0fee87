//! The review of pairs in doubt, what is learnt from the answers, and everything that was decided.

use reprise_library::{Error, QueuedPair, TrackId};

use super::library::rows_by_id;
use super::{Answer, TheShell, ask, blocking};
use crate::ipc::dto::{Decision, FoundDecisions, Id, PersonalCalibration, Review, ReviewPair, id, number};
use crate::ipc::error::IpcError;

/// The most decisions that are shown at a time. Older ones are found by searching.
const MOST_DECISIONS: usize = 1000;

/// The next pair in doubt: `again` if it waits, else the first that is not among `later`.
#[tauri::command]
#[specta::specta]
pub async fn review(shell: TheShell<'_>, later: Vec<(Id, Id)>, again: Option<(Id, Id)>) -> Answer<Review> {
    ask(&shell, move |library| {
        let queue = library.review_queue()?;
        let ids = |pair: &QueuedPair| (id(pair.a), id(pair.b));
        let is_due = |pair: &&QueuedPair| !later.contains(&ids(pair));
        let waiting = queue.pairs.iter().filter(is_due).count();
        let repeated = queue.pairs.iter().find(|pair| Some(ids(pair)) == again);
        let next = repeated.or_else(|| queue.pairs.iter().find(is_due));
        let pair = next.map(|queued| {
            let pair = library.review_pair(queued.a, queued.b)?;
            let mut rows = rows_by_id(library, [queued.a, queued.b].into_iter())?;
            let mut row = |track: TrackId| rows.remove(&track).ok_or(Error::NoSuchTrack(track));
            Ok::<_, Error>(ReviewPair::new(queued, pair, row(queued.a)?, row(queued.b)?))
        });
        Ok(Review {
            answered: number(queue.answered),
            total: number(queue.total),
            waiting: number(waiting),
            pair: pair.transpose()?,
        })
    })
    .await
}

/// What was learnt from the answers.
#[tauri::command]
#[specta::specta]
pub async fn personal_calibration(shell: TheShell<'_>) -> Answer<PersonalCalibration> {
    ask(&shell, |library| Ok(library.personal_calibration()?.into())).await
}

/// Uses what was learnt, or the calibration that ships.
#[tauri::command]
#[specta::specta]
pub async fn use_personal_calibration(shell: TheShell<'_>, wanted: bool) -> Answer<PersonalCalibration> {
    let library = shell.library.to_write()?;
    blocking(move || {
        library.use_personal_calibration(wanted)?;
        Ok(library.personal_calibration()?.into())
    })
    .await
}

/// The decisions about files with each word of `search`, newest first.
#[tauri::command]
#[specta::specta]
pub async fn find_decisions(shell: TheShell<'_>, search: String) -> Answer<FoundDecisions> {
    ask(&shell, move |library| {
        let found = library.find_decisions(&search)?;
        let total = number(found.len());
        let newest = found.into_iter().take(MOST_DECISIONS).map(Decision::from).collect();
        Ok(FoundDecisions { total, newest })
    })
    .await
}

/// Takes a decision back.
#[tauri::command]
#[specta::specta]
pub async fn withdraw_decision(shell: TheShell<'_>, decision: Decision) -> Answer<()> {
    let (library, decided) = (shell.library.to_write()?, decided(&decision)?);
    blocking(move || Ok(library.withdraw(&decided.question).map(drop)?)).await
}

/// Decides again what was taken back.
#[tauri::command]
#[specta::specta]
pub async fn restore_decision(shell: TheShell<'_>, decision: Decision) -> Answer<()> {
    let (library, decided) = (shell.library.to_write()?, decided(&decision)?);
    blocking(move || Ok(library.import_decisions(&[decided]).map(drop)?)).await
}

fn decided(decision: &Decision) -> Answer<reprise_library::Decision> {
    decision.decided().ok_or_else(|| IpcError::bad_input("This is no decision.".into()))
}
