//! Provisional matches of many recordings that were not aligned yet: which of them may be one song, judged by their
//! codewords alone. This takes minutes where alignment takes hours. The pairs are shown as possible until they are
//! aligned, and they are aligned first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_inference::Embedder;
use reprise_matching::local_embeddings::SearchScratch;
use reprise_store::{ProvisionalMatch, RecordingId};

use crate::candidates::nearest::Nearest;
use crate::database::Changed;
use crate::error::Error;
use crate::linking::run::Linking;
use crate::progress::Event;
use crate::threads::on_each;

/// The greatest number of recordings that get provisional matches. The time grows with the square of the library: a
/// million recordings would take a night. This many take less than an hour in a library of that size; the others are
/// aligned without provisional matches.
const MOST: usize = 200_000;

/// How many results of the index are examined for each recording.
const LOOKED_AT: usize = 16;

/// If `new` (indices of `recordings`) are many, records which of them may be one song. Returns them in the order in
/// which they should be aligned.
pub(crate) fn match_provisionally(linking: &Linking, new: &[usize]) -> Result<Vec<usize>, Error> {
    let Linking { database, recordings, progress, .. } = *linking;
    if new.len() < database.limits.provisional_from || progress.stopped() {
        return Ok(new.to_vec());
    }
    let matches = provisional_matches_between(linking, &new[..new.len().min(MOST)])?;
    let mut best: HashMap<RecordingId, f32> = HashMap::new();
    for pair in &matches {
        for end in [pair.a, pair.b] {
            let so_far = best.entry(end).or_default();
            *so_far = so_far.max(pair.score);
        }
    }
    let mut order = new.to_vec();
    let likeness = |index: &usize| best.get(&recordings[*index].id).copied().unwrap_or_default();
    order.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    if !progress.stopped() {
        database.change(Changed::Relations, |store| store.replace_provisional_matches(&matches))?;
    }
    Ok(order)
}

/// Pairs in which each recording is among the most similar ones of the other.
fn provisional_matches_between(linking: &Linking, new: &[usize]) -> Result<Vec<ProvisionalMatch>, Error> {
    let Linking { database, recordings, effort, progress, .. } = *linking;
    let (nearest, done) = (Nearest::of(database, Embedder::Harmony)?, AtomicUsize::new(0));
    if !nearest.space().finds_provisional_matches() {
        return Ok(Vec::new());
    }
    let found = on_each(
        effort.threads,
        new,
        progress,
        || Ok(SearchScratch::default()),
        |place, scratch| {
            let id = recordings[*place].id;
            let search = nearest.quickly(id, LOOKED_AT, scratch)?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(Event::Shortlisting { done, total: new.len() });
            let others = search.into_iter().flat_map(|search| {
                let above =
                    move |shared: f32| (shared - search.mean) / search.deviation.max(f32::MIN_POSITIVE);
                search.found.into_iter().map(move |one| (one.track, above(one.shared)))
            });
            let others = others.map(|(number, above)| (nearest.ids()[number as usize], above));
            Ok((id, others.filter(|(other, _)| *other != id).collect::<Vec<_>>()))
        },
    )?;
    let mut one_way: HashMap<(RecordingId, RecordingId), f32> = HashMap::new();
    let mut matches = Vec::new();
    for (id, others) in found {
        for (other, above) in others {
            let (a, b) = (id.min(other), id.max(other));
            match one_way.remove(&(a, b)) {
                Some(back) => matches.push(ProvisionalMatch { a, b, score: (above + back) / 2.0 }),
                None => drop(one_way.insert((a, b), above)),
            }
        }
    }
    matches.retain(|pair| pair.score >= database.limits.min_provisional_score);
    matches.sort_by_key(|pair| (pair.a, pair.b));
    Ok(matches)
}
