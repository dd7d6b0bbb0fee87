//! Compares the words of recordings that were listened to since the last time. Words are an index by themselves: they find
//! pairs that neither harmony nor voice finds.

use std::collections::HashSet;

use reprise_matching::words::BY_CHANCE;
use reprise_store::{RecordingId, Store, WordsLikeness};

use crate::candidates::words::words_shortlist;
use crate::database::Changed;
use crate::error::Error;
use crate::linking::pairs::ordered;
use crate::linking::run::Linking;
use crate::recordings::words::WordVectors;
use crate::recordings::{ALIGNER, place_of};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::words::OTHER_WORDS_LIMIT;
use crate::threads::on_each;

/// So many candidates are compared exactly.
const COMPARED: usize = 100;

/// So many recordings are compared with the vectors of candidates kept.
const AT_ONCE: usize = 200;

/// Compares the words of `new`, which were not compared yet. Returns the pairs, as indices, about whose words there is
/// something to say.
pub(crate) fn compare_words(linking: &Linking, new: &[RecordingId]) -> Result<HashSet<(u32, u32)>, Error> {
    let Linking { database, recordings, effort, progress, .. } = *linking;
    let normalisation = ScoreNormalisation::of(database)?;
    let portions: Vec<&[RecordingId]> = new.chunks(AT_ONCE).collect();
    let compare = |some: &&[RecordingId], (): &mut ()| {
        let reader = database.reader()?;
        let mut vectors = WordVectors::of(database, &reader)?;
        let mut pairs = Vec::new();
        for recording in some.iter().take_while(|_| progress.may_go_on()) {
            let rows = compared(&reader, &mut vectors, *recording, &normalisation)?;
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
    // Other words say something where the tune would be certain.
    for pair in reader.alignments_of(recording, ALIGNER)? {
        if normalisation.score_without_words(&pair).is_some_and(|score| score >= OTHER_WORDS_LIMIT) {
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
