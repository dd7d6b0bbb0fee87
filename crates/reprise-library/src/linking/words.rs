//! Compares the words of recordings that were listened to since the last time. Words are an index by themselves: they find
//! pairs that neither harmony nor voice finds.

use std::collections::HashSet;

use reprise_features::Versions;
use reprise_matching::words::BY_CHANCE;
use reprise_store::{RecordingId, Store, WordsLikeness};

use crate::candidates::words::words_shortlist;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::linking::pairs::ordered;
use crate::linking::run::Linking;
use crate::recordings::words::WordVectors;
use crate::recordings::{ALIGNER, place_of};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::remainder::sharing_a_passage;
use crate::relations::thresholds::LINKED;
use crate::threads::on_each;

/// So many candidates are compared exactly.
const COMPARED: usize = 100;

/// So many recordings are compared with the vectors of candidates kept.
const AT_ONCE: usize = 200;

/// The key in `meta` for how many recordings had words when all were compared.
const COMPARED_AMONG: &str = "words_compared_among";

/// Has all words compared again when twice as many recordings have words as the last time: what is rare has changed.
pub(crate) fn compare_again_if_grown(database: &Database) -> Result<(), Error> {
    let (n, among) = {
        let reader = database.reader()?;
        let among = reader.meta(COMPARED_AMONG)?.and_then(|n| n.parse::<u64>().ok());
        (reader.words_counts(Versions::CURRENT.words)?.1, among)
    };
    if among.is_none_or(|among| n >= 2 * among.max(1)) {
        let mut store = database.store();
        if among.is_some() {
            store.forget_word_pairs()?;
        }
        store.set_meta(COMPARED_AMONG, &n.to_string())?;
    }
    Ok(())
}

/// Compares the words of `new`, which were not compared yet. Returns the pairs, as indices, about whose words there is
/// something to say.
pub(crate) fn compare_words(linking: &Linking, new: &[RecordingId]) -> Result<HashSet<(u32, u32)>, Error> {
    let Linking { database, recordings, effort, progress, .. } = *linking;
    let normalisation = ScoreNormalisation::of(database)?;
    let sharing = sharing_a_passage(&*database.reader()?)?;
    let portions: Vec<&[RecordingId]> =
        new.chunks(new.len().div_ceil(effort.threads).clamp(1, AT_ONCE)).collect();
    let compare = |some: &&[RecordingId], (): &mut ()| {
        let reader = database.reader()?;
        let mut vectors = WordVectors::of(database, &reader)?;
        let mut pairs = Vec::new();
        for recording in some.iter().take_while(|_| progress.may_go_on()) {
            let mut rows = compared(&reader, &mut vectors, *recording, &normalisation)?;
            // The words of a jingle or a sample say of the rest what its audio says: nothing.
            rows.retain(|(other, _)| !sharing.contains(&(*recording.min(other), *recording.max(other))));
            database.change(Changed::Relations, |store| store.put_word_pairs(*recording, &rows))?;
            let place = place_of(recordings, *recording);
            let others = rows.iter().filter_map(|(other, _)| place_of(recordings, *other));
            pairs.extend(
                place.into_iter().flat_map(|one| others.clone().map(move |other| ordered(one, other))),
            );
        }
        Ok(pairs)
    };
    let found = on_each(effort.threads, &portions, progress, || Ok(()), compare)?;
    Ok(found.into_iter().flatten().collect())
}

/// How alike the words of one recording are to those of the others about which that says something.
fn compared(
    reader: &Store,
    vectors: &mut WordVectors,
    recording: RecordingId,
    normalisation: &ScoreNormalisation,
) -> Result<Vec<(RecordingId, WordsLikeness)>, Error> {
    let Some(vector) = vectors.get(recording)? else { return Ok(Vec::new()) };
    let mut others: HashSet<RecordingId> =
        words_shortlist(reader, recording, &vector, COMPARED)?.into_iter().collect();
    // Other words say something where the tune is certain, or becomes so as the library grows.
    for pair in reader.alignments_of(recording, ALIGNER)? {
        if normalisation.score_without_words(&pair).is_some_and(|score| score >= LINKED) {
            others.insert(recording.other_of(pair.a, pair.b));
        }
    }
    let mut rows = Vec::new();
    for other in others {
        let Some(theirs) = vectors.get(other)? else { continue };
        let alike = vector.likeness(&theirs);
        if alike.cosine > BY_CHANCE || alike.otherness > 0.0 {
            let (cosine, n_shared, otherness) = (alike.cosine, alike.n_shared, alike.otherness);
            rows.push((other, WordsLikeness { cosine, n_shared, otherness }));
        }
    }
    Ok(rows)
}
