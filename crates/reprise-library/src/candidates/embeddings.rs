//! Computes the embeddings of recordings from their stored features. No file is decoded, not even for a new model.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_analysis::Tools;
use reprise_inference::Embedder;
use reprise_store::{Recording, RecordingId};

use crate::candidates::model::space_in_use;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::recordings::prepared::PreparedTracks;
use crate::threads::{Effort, on_each};

/// Recordings that are embedded together and committed in one transaction.
const RECORDINGS_A_COMMIT: usize = 16;

/// Embeds those of some recordings that should have vectors of a network and have none. Runs on several threads and
/// commits as it goes.
pub(crate) fn embed(
    database: &Database,
    embedder: Embedder,
    tracks: &PreparedTracks,
    effort: Effort,
    progress: &Progress,
) -> Result<(), Error> {
    let (space, recordings) = (space_in_use(database, embedder)?, tracks.recordings());
    let known: HashSet<RecordingId> = database.reader()?.with_embeddings(space.name())?;
    let is_owed = |one: &Recording| space.concerns(one) && !known.contains(&one.id);
    let owed: Vec<usize> = (0..recordings.len()).filter(|index| is_owed(&recordings[*index])).collect();
    if owed.is_empty() {
        return Ok(());
    }
    let tools = Tools::find()?;
    let batches: Vec<&[usize]> = owed.chunks(RECORDINGS_A_COMMIT).collect();
    let done = AtomicUsize::new(0);
    on_each(
        effort.threads,
        &batches,
        progress,
        || Ok(tools.asimt(space.folder(), embedder)?),
        |batch, asimt| {
            let views = batch.iter().map(|index| space.views(tracks, *index as u32));
            let views = views.collect::<Result<Vec<_>, Error>>()?;
            let read = views.iter().map(|views| views.iter().map(Vec::as_slice).collect());
            let keyed = space.embed(asimt, &read.collect::<Vec<_>>())?;
            let packed = batch.iter().zip(&keyed);
            let vectors: Vec<_> =
                packed.map(|(index, keyed)| (recordings[*index].id, space.packed(keyed))).collect();
            database.change(Changed::Embeddings, |store| store.put_embeddings(space.name(), &vectors))?;
            let done = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
            progress.report(Event::Embedding { done, total: owed.len() });
            Ok(())
        },
    )?;
    Ok(())
}
