//! Computes the scores of pairs of recordings and, for each recording, the cohort statistics that normalise its scores.
//!
//! In a small library all pairs are aligned. In a large one, each new recording is aligned with a shortlist and with a
//! fixed sample of the library, which is its impostor cohort. The raw score is stored and normalised when it is read,
//! so that better cohort statistics correct old scores without a new alignment.

pub(crate) mod cohort_statistics;
pub(crate) mod fingerprints;
pub(crate) mod links;
pub(crate) mod long_recordings;
pub(crate) mod medleys;
pub(crate) mod pairs;
pub(crate) mod provisional;
pub(crate) mod run;
pub(crate) mod words;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_features::Versions;
use reprise_inference::Embedder;
use reprise_matching::{Scratch, score, voice_score};
use reprise_store::{Alignment, RecordingId, VoiceScore};

use crate::candidates::embeddings::embed;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::linking::cohort_statistics::{note_pieces, owed_cohort_statistics, renew_cohort_statistics};
use crate::linking::links::{complete_links, renew_links};
use crate::linking::long_recordings::search_sections;
use crate::linking::medleys::{complete_medleys, renew_medleys};
use crate::linking::pairs::{
    drop_aligned, ends, every_owed_pair, ordered, owed_voice_pairs, shortlisted_pairs, tagged_pairs,
};
use crate::linking::provisional::match_provisionally;
use crate::linking::run::{Linking, LinkingRun};
use crate::linking::words::{compare_again_if_grown, compare_words};
use crate::progress::{Event, Progress};
use crate::recordings::prepared::PreparedTracks;
use crate::recordings::{ALIGNER, cohort_statistics, matchable, place_of, sample};
use crate::relations::remainder::{aligned_besides, sharing_a_passage};
use crate::threads::{Effort, on_each};

/// How many pairs are aligned between two commits.
const PAIRS_A_BATCH: usize = 4096;

/// The work of one step of linking.
struct Portion<'a> {
    /// Pairs to align, lesser index first.
    pairs: Vec<(u32, u32)>,
    /// Recordings such that each pair contains one of them.
    touched: HashSet<u32>,
    /// Recordings whose cohort statistics must be recomputed.
    owed: &'a [usize],
    /// The number of portions that remain, including this one.
    left: usize,
}

/// Aligns all due pairs and updates cohort statistics and links.
pub(crate) fn link(
    database: &Database,
    run: &mut LinkingRun,
    effort: Effort,
    progress: &Progress,
) -> Result<(), Error> {
    let recordings = matchable(database)?;
    if recordings.is_empty() {
        return Ok(());
    }
    let tracks = PreparedTracks::new(database, &recordings);
    let linking = Linking { database, recordings: &recordings, tracks: &tracks, effort, progress };
    complete_links(database)?;
    complete_medleys(database, progress)?;
    database.store().remove_idle_cohort_statistics()?;
    let owed = owed_cohort_statistics(database, &recordings, run)?;
    if recordings.len() <= database.limits.aligned_whole {
        let pairs = every_owed_pair(database, &recordings)?;
        let portion = Portion { touched: ends(&pairs), pairs, owed: &owed, left: 1 };
        link_portion(&linking, &portion, run)?;
    } else {
        link_in_portions(&linking, &owed, run)?;
    }
    if !progress.stopped() {
        link_by_words(&linking, run)?;
        note_pieces(database)?;
    }
    if run.is_last && !progress.stopped() {
        // A small library is aligned without vectors. They are computed now, so that they exist when the library
        // becomes large.
        for embedder in Embedder::ALL {
            embed(database, embedder, &tracks, effort, progress)?;
        }
        search_sections(&linking)?;
    }
    Ok(())
}

/// Compares words, aligns the pairs that were found by them alone, and updates the links of all pairs whose words say
/// something.
pub(crate) fn link_by_words(linking: &Linking, run: &mut LinkingRun) -> Result<(), Error> {
    let Linking { database, recordings, progress, .. } = *linking;
    if run.is_last {
        compare_again_if_grown(database)?;
    }
    let new = database.reader()?.recordings_with_words(Versions::CURRENT.words, true)?;
    if new.is_empty() {
        return Ok(());
    }
    database.store().doubt_links()?;
    let mut unaligned = compare_words(linking, &new)?;
    // Each pair contains one of them.
    let of: Vec<usize> = new.iter().filter_map(|id| place_of(recordings, *id)).collect();
    let touched = of.iter().map(|index| *index as u32).collect();
    drop_aligned(database, recordings, &of, &mut unaligned)?;
    let mut pairs: Vec<(u32, u32)> = unaligned.into_iter().collect();
    pairs.sort_unstable();
    link_portion(linking, &Portion { pairs, touched, owed: &[], left: 1 }, run)?;
    if !progress.stopped() {
        // Only now: after a stop or a kill all of it is done again.
        database.store().note_words_compared(&new)?;
    }
    Ok(())
}

/// Links a large library in portions, so that memory contains the pairs of one portion only and versions appear before
/// the end.
fn link_in_portions(linking: &Linking, owed: &[usize], run: &mut LinkingRun) -> Result<(), Error> {
    let Linking { database, recordings, tracks, effort, progress } = *linking;
    let mut voices: Vec<_> = owed_voice_pairs(linking)?.into_iter().collect();
    voices.sort_unstable();
    let known: HashSet<RecordingId> = cohort_statistics(database)?.into_iter().map(|b| b.recording).collect();
    let (known, new): (Vec<usize>, Vec<usize>) =
        owed.iter().partition(|index| known.contains(&recordings[**index].id));
    if !new.is_empty() {
        embed(database, Embedder::Harmony, tracks, effort, progress)?;
    }
    let new = match_provisionally(linking, &new)?;
    let limits = &database.limits;
    let sample = sample(recordings, if run.is_last { limits.sampled } else { limits.sampled_early });
    let portions = new.chunks(limits.linked_at_once).map(|some| (some, true));
    let portions: Vec<_> =
        portions.chain(known.chunks(limits.linked_at_once).map(|some| (some, false))).collect();
    if !voices.is_empty() {
        let portion = Portion { touched: ends(&voices), pairs: voices, owed: &[], left: 1 };
        link_portion(linking, &portion, run)?;
    }
    for (number, (owed, are_new)) in portions.iter().enumerate() {
        if progress.stopped() {
            break;
        }
        let mut pairs = HashSet::new();
        if *are_new {
            pairs.extend(shortlisted_pairs(linking, owed)?);
            pairs.extend(tagged_pairs(database, recordings, owed)?);
        }
        if *are_new || run.is_last {
            for index in owed.iter() {
                let others = sample.iter().filter(|other| *other != index);
                pairs.extend(others.map(|other| ordered(*index, *other)));
            }
        }
        drop_aligned(database, recordings, owed, &mut pairs)?;
        let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let touched = owed.iter().map(|index| *index as u32).collect();
        let portion = Portion { pairs, touched, owed, left: portions.len() - number };
        link_portion(linking, &portion, run)?;
    }
    Ok(())
}

/// Aligns pairs, then updates the cohort statistics based on them and the links based on both.
fn link_portion(linking: &Linking, portion: &Portion, run: &mut LinkingRun) -> Result<(), Error> {
    let Linking { database, recordings, progress, .. } = *linking;
    database.store().doubt_links()?;
    run.pairs_aligned += align_pairs(linking, &portion.pairs, (run.pairs_aligned, portion.left))?;
    let mut changed: HashSet<RecordingId> =
        portion.touched.iter().map(|index| recordings[*index as usize].id).collect();
    if !progress.stopped() {
        let renewed = renew_cohort_statistics(linking, portion.owed)?;
        database.change(Changed::Relations, |store| store.remove_provisional_matches(&renewed))?;
        run.provisional.extend(&renewed);
        changed.extend(renewed);
    }
    renew_links(database, &changed)?;
    renew_medleys(database, &changed)
}

/// Aligns `pairs` on several threads and commits as it goes. Returns how many were aligned before a stop. The tuple is
/// for the progress: how many pairs were aligned before, and how many portions remain, including this one.
fn align_pairs(
    linking: &Linking,
    pairs: &[(u32, u32)],
    (before, portions_left): (usize, usize),
) -> Result<usize, Error> {
    let Linking { database, effort, progress, .. } = *linking;
    // The pairs of the following portions are not known yet; there will be about as many in each.
    let total = before + pairs.len() * portions_left;
    let batches: Vec<&[(u32, u32)]> = pairs.chunks(PAIRS_A_BATCH).collect();
    let done = AtomicUsize::new(0);
    let sharing = sharing_a_passage(&*database.reader()?)?;
    on_each(
        effort.threads,
        &batches,
        progress,
        || Ok(Scratch::default()),
        |batch, scratch| {
            let rows = batch.iter().map(|pair| aligned(linking, *pair, &sharing, scratch));
            database.store().put_alignments(ALIGNER, &rows.collect::<Result<Vec<_>, Error>>()?)?;
            let done = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
            progress.report(Event::Matching { done: before + done, total });
            Ok(())
        },
    )?;
    Ok(done.into_inner())
}

/// Aligns a pair of recordings, given by their indices. If the pair is in `sharing`, the shared passage is left out.
fn aligned(
    linking: &Linking,
    (a, b): (u32, u32),
    sharing: &HashSet<(RecordingId, RecordingId)>,
    scratch: &mut Scratch,
) -> Result<Alignment, Error> {
    let (one, other) = (&linking.recordings[a as usize], &linking.recordings[b as usize]);
    if sharing.contains(&(one.id, other.id)) {
        return aligned_besides(&*linking.database.reader()?, (one, other), scratch);
    }
    let (query, candidate) = (linking.tracks.track(a)?, linking.tracks.track(b)?);
    let scored = score(&query, &candidate, scratch);
    let voice = voice_score(&query, &candidate, scratch);
    Ok(Alignment {
        a: one.id,
        b: other.id,
        score: scored.score,
        key_shift: scored.key_shift,
        voice: voice.map(|voice| VoiceScore { score: voice.score, key_shift: voice.key_shift }),
        words: None,
    })
}
