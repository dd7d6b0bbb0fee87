//! Which pairs of recordings are aligned: all pairs of a small library, the pairs of the shortlists in a large one.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_store::{Recording, RecordingId};

use crate::candidates::embeddings::embed;
use crate::candidates::nearest::Nearest;
use crate::database::Database;
use crate::error::Error;
use crate::linking::run::Linking;
use crate::progress::Event;
use crate::recordings::{ALIGNER, cohort_statistics, is_sung, place_of};
use crate::threads::on_each;

/// Removes pairs that already have a score. `of` contains at least one recording of each pair.
pub(crate) fn drop_aligned(
    database: &Database,
    recordings: &[Recording],
    of: &[usize],
    pairs: &mut HashSet<(u32, u32)>,
) -> Result<(), Error> {
    let reader = database.reader()?;
    for index in of {
        for pair in reader.alignments_of(recordings[*index].id, ALIGNER)? {
            if let Some((a, b)) = place_of(recordings, pair.a).zip(place_of(recordings, pair.b)) {
                pairs.remove(&(a as u32, b as u32));
            }
        }
    }
    Ok(())
}

/// Each of `queries`, paired with the candidates that have the most similar vectors.
pub(crate) fn shortlisted_pairs(linking: &Linking, queries: &[usize]) -> Result<Vec<(u32, u32)>, Error> {
    let Linking { database, recordings, effort, progress, .. } = *linking;
    let nearest = Nearest::of(database, Embedder::Harmony)?;
    let done = AtomicUsize::new(0);
    let pairs = on_each(effort.threads, queries, progress, new_scratch, |query, scratch| {
        let alike = nearest.to_recording(recordings[*query].id, database.limits.shortlisted, scratch)?;
        let found = alike.into_iter().filter_map(|(id, _)| place_of(recordings, id));
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.report(Event::Shortlisting { done, total: queries.len() });
        Ok(found.map(|candidate| ordered(*query, candidate)).collect::<Vec<_>>())
    })?;
    Ok(pairs.into_iter().flatten().collect())
}

/// Each of `owed`, paired with the recordings that its tags call the same, so that the audio is compared as well.
pub(crate) fn tagged_pairs(
    database: &Database,
    recordings: &[Recording],
    owed: &[usize],
) -> Result<Vec<(u32, u32)>, Error> {
    let (reader, mut pairs) = (database.reader()?, Vec::new());
    for index in owed {
        let others = reader.tagged_with(recordings[*index].id)?;
        let places = others.into_iter().filter_map(|(other, _)| place_of(recordings, other));
        pairs.extend(places.map(|other| ordered(*index, other)));
    }
    Ok(pairs)
}

/// All pairs without a score, and all pairs of two sung recordings without a score by voice.
pub(crate) fn every_owed_pair(
    database: &Database,
    recordings: &[Recording],
) -> Result<Vec<(u32, u32)>, Error> {
    let known = database.reader()?.alignments(ALIGNER)?;
    let known: HashMap<(RecordingId, RecordingId), bool> =
        known.into_iter().map(|pair| ((pair.a, pair.b), pair.voice.is_some())).collect();
    let sung: Vec<bool> = recordings.iter().map(is_sung).collect();
    let is_owed = |a: usize, b: usize| match known.get(&(recordings[a].id, recordings[b].id)) {
        Some(has_voice) => !has_voice && sung[a] && sung[b],
        None => true,
    };
    let all = (0..recordings.len()).flat_map(|a| (a + 1..recordings.len()).map(move |b| (a, b)));
    Ok(all.filter(|(a, b)| is_owed(*a, *b)).map(|(a, b)| (a as u32, b as u32)).collect())
}

/// The pairs of a large library that are due by voice. Each newly sung recording is paired with the sung recordings
/// that it was aligned with, which came from the shortlist by harmony or from the sample, and with those that have the
/// most similar voice vectors. Missing voice vectors are computed.
pub(crate) fn owed_voice_pairs(linking: &Linking) -> Result<HashSet<(u32, u32)>, Error> {
    let Linking { database, recordings, tracks, effort, progress } = *linking;
    let new = newly_sung(database, recordings)?;
    if new.is_empty() {
        return Ok(HashSet::new());
    }
    embed(database, Embedder::Voice, tracks, effort, progress)?;
    let nearest = Nearest::of(database, Embedder::Voice)?;
    let pairs = on_each(effort.threads, &new, progress, new_scratch, |index, scratch| {
        let id = recordings[*index].id;
        let alike = nearest.to_recording(id, database.limits.shortlisted_by_voice, scratch)?;
        let mut others: Vec<usize> =
            alike.into_iter().filter_map(|(id, _)| place_of(recordings, id)).collect();
        for pair in database.reader()?.alignments_of(id, ALIGNER)? {
            let found = place_of(recordings, id.other_of(pair.a, pair.b));
            others.extend(found.filter(|index| is_sung(&recordings[*index])));
        }
        Ok(others.into_iter().map(|other| ordered(*index, other)).collect::<Vec<_>>())
    })?;
    Ok(pairs.into_iter().flatten().collect())
}

/// Sung recordings that were not linked by voice yet.
pub(crate) fn newly_sung(database: &Database, recordings: &[Recording]) -> Result<Vec<usize>, Error> {
    let related = cohort_statistics(database)?.into_iter().filter(|one| one.voice.is_some());
    let related: HashSet<RecordingId> = related.map(|one| one.recording).collect();
    let is_new = |one: &Recording| is_sung(one) && !related.contains(&one.id);
    Ok((0..recordings.len()).filter(|index| is_new(&recordings[*index])).collect())
}

/// A pair of indices, lesser one first.
pub(crate) fn ordered(a: usize, b: usize) -> (u32, u32) {
    (a.min(b) as u32, a.max(b) as u32)
}

/// The recordings in the pairs.
pub(crate) fn ends(pairs: &[(u32, u32)]) -> HashSet<u32> {
    pairs.iter().flat_map(|(a, b)| [*a, *b]).collect()
}

fn new_scratch() -> Result<SearchScratch, Error> {
    Ok(SearchScratch::default())
}
