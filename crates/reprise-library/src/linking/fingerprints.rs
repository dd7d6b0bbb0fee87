//! Computes the fingerprints of recordings and compares each with all others, once.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_analysis::{decode_worker, fingerprint};
use reprise_fingerprint::{Fingerprint, Sameness, Sketches, Stretch, VERSION};
use reprise_matching::Scratch;
use reprise_store::{Alignment, NewFingerprint, NewSharedAudio, Owed, RecordingId, RecordingSketch};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::linking::links::renew_links;
use crate::linking::medleys::renew_medleys;
use crate::progress::{Event, Progress};
use crate::recordings::ALIGNER;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::remainder::aligned_besides;
use crate::relations::same_audio::{Audio, SameAudio};
use crate::threads::{Effort, on_each};

/// How many new fingerprints are compared between two commits.
const COMPARED_AT_ONCE: usize = 1000;

/// Compares new fingerprints with those compared before and with each other.
pub(crate) fn compare_fingerprints(
    database: &Database,
    effort: Effort,
    progress: &Progress,
) -> Result<(), Error> {
    if !database.reader()?.owes_comparisons(VERSION)? {
        return Ok(());
    }
    let mut all = database.reader()?.sketches(VERSION)?;
    let owed: Vec<usize> = (0..all.len()).filter(|index| !all[*index].is_compared).collect();
    for chunk in owed.chunks(COMPARED_AT_ONCE) {
        chunk.iter().for_each(|index| all[*index].is_compared = true);
        let pairs = worth_comparing(database, &all, chunk)?;
        let compare = |(a, b): &_, scratch: &mut Scratch| compared(database, *a, *b, scratch);
        let found = on_each(effort.threads, &pairs, progress, || Ok(Scratch::default()), compare)?;
        if progress.stopped() {
            return Ok(());
        }
        let compared: Vec<RecordingId> = chunk.iter().map(|index| all[*index].recording).collect();
        let (found, alignments): (Vec<NewSharedAudio>, Vec<Option<Alignment>>) =
            found.into_iter().flatten().unzip();
        let alignments: Vec<Alignment> = alignments.into_iter().flatten().collect();
        if !alignments.is_empty() {
            // This comes before the pairs are recorded as compared, so that an interrupted scan repeats it.
            database.store().doubt_links()?;
            database.store().put_alignments(ALIGNER, &alignments)?;
        }
        database.change(Changed::Relations, |store| store.put_shared_audio(&compared, &found))?;
        if !alignments.is_empty() {
            let changed = alignments.iter().flat_map(|pair| [pair.a, pair.b]).collect();
            renew_links(database, &changed)?;
            renew_medleys(database, &changed)?;
        }
    }
    Ok(())
}

/// The audio that two recordings share. If it is only a passage and the two were aligned with it, also their alignment
/// without it.
fn compared(
    database: &Database,
    a: RecordingId,
    b: RecordingId,
    scratch: &mut Scratch,
) -> Result<Option<(NewSharedAudio, Option<Alignment>)>, Error> {
    let reader = database.reader()?;
    let recordings = reader.recording_in(a)?.zip(reader.recording_in(b)?);
    let Some((one, other)) = recordings else { return Ok(None) };
    let audio = Audio::stored(&reader, &one)?.zip(Audio::stored(&reader, &other)?);
    let same = audio.and_then(|(one, other)| SameAudio::between(&one, &other));
    let Some(same) = same else { return Ok(None) };
    let was_aligned = same.sameness == Sameness::Part && reader.alignment(a, b, ALIGNER)?.is_some();
    let besides = was_aligned.then(|| aligned_besides(&reader, (&one, &other), scratch)).transpose()?;
    Ok(Some((to_be_stored(a, b, &same), besides)))
}

/// Pairs, lesser recording first, of one of `new` (indices) and any of `all` that was compared: those whose
/// fingerprints have enough numbers in common, and those with similar music. A remaster may have no number in common
/// with the original.
fn worth_comparing(
    database: &Database,
    all: &[RecordingSketch],
    new: &[usize],
) -> Result<Vec<(RecordingId, RecordingId)>, Error> {
    let mut pairs = BTreeSet::new();
    let mut add = |one: RecordingId, other: RecordingId| {
        if one != other {
            pairs.insert((one.min(other), one.max(other)));
        }
    };
    let mut sketches = Sketches::new(new.iter().map(|index| all[*index].sketch.as_slice()));
    let compared = || all.iter().filter(|one| one.is_compared);
    for one in compared() {
        sketches
            .near(&one.sketch)
            .into_iter()
            .for_each(|place| add(one.recording, all[new[place]].recording));
    }
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::shipped_thresholds(&reader)?;
    let has_fingerprint: HashSet<RecordingId> = compared().map(|one| one.recording).collect();
    for index in new {
        let links = reader.links_of(all[*index].recording)?.into_iter();
        let likely = links.filter(|link| link.score >= thresholds.version());
        likely
            .filter(|link| has_fingerprint.contains(&link.a) && has_fingerprint.contains(&link.b))
            .for_each(|link| add(link.a, link.b));
    }
    Ok(pairs.into_iter().collect())
}

/// Computes the fingerprints of a library that was analysed before fingerprints existed. This decodes the files.
pub(crate) fn fingerprint_owed(
    database: &Database,
    effort: Effort,
    progress: &Progress,
) -> Result<(), Error> {
    let owed = database.reader()?.owed_fingerprints(VERSION)?;
    if owed.is_empty() {
        return Ok(());
    }
    let (worker, done) = (decode_worker()?, AtomicUsize::new(0));
    on_each(
        effort.threads,
        &owed,
        progress,
        || Ok(()),
        |one: &Owed, ()| {
            // Files that can no longer be decoded, or contain other audio now, stay owed.
            if let Ok((decoded, fingerprint)) = fingerprint(&worker, &one.path, progress.stop_flag())
                && decoded.payload_hash == one.payload.0
            {
                as_stored(&fingerprint, |new| database.store().put_fingerprint(&one.payload, &new))?;
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(Event::Analysing { done, total: owed.len(), path: one.path.clone() });
            Ok(())
        },
    )?;
    Ok(())
}

/// Converts a fingerprint to the form of the store and passes it to `write`.
pub(crate) fn as_stored<T>(fingerprint: &Fingerprint, write: impl FnOnce(NewFingerprint<'_>) -> T) -> T {
    write(NewFingerprint { version: VERSION, sketch: &fingerprint.sketch(), items: &fingerprint.to_bytes() })
}

fn to_be_stored(a: RecordingId, b: RecordingId, same: &SameAudio) -> NewSharedAudio {
    let numbers =
        |one: &Stretch| [one.a_start_s, one.b_start_s, one.length_s, one.bit_errors].map(|x| x as f32);
    let stretches = same.stretches.iter().map(numbers).collect();
    NewSharedAudio { a, b, sameness: same.sameness.word(), stretches }
}
