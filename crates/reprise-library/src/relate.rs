//! Gives pairs of recordings their scores, and each recording the background its scores are centred on.
//!
//! A small library is aligned whole. A large one is not: each new recording is aligned with a shortlist and with a
//! fixed sample of the library, which is its background. What is stored is the raw score; centring happens when
//! asked, so a better background mends old scores without aligning again.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_matching::{Scratch, Track, centre, score, shortlist};
use reprise_store::{Alignment, Background, Recording, RecordingId};

use crate::background::Strangers;
use crate::error::Error;
use crate::library::Library;
use crate::listen::{Effort, on_threads};
use crate::progress::{Event, Progress};
use crate::scan::Summary;
use crate::shelf::Shelf;

/// Version of the aligner together with the features it works on; scores of another are never mixed in.
pub(crate) const ALIGNER: u32 = 1;

/// Up to so many recordings every pair is aligned: at 0.8 ms a pair two million pairs take a quarter of an hour on
/// two cores, once.
pub(crate) const ALIGNED_WHOLE: usize = 2000;

/// In a larger library: how many candidates of the shortlist are aligned with a new recording.
pub(crate) const SHORTLISTED: usize = 200;

/// In a larger library: how many recordings serve everyone as background.
const SAMPLED: usize = 150;

/// Longer recordings are heard but not matched: sets and operas align with everything a little.
pub(crate) const LONGEST_MATCHED_S: f64 = 20.0 * 60.0;

/// Pairs between two commits.
const PAIRS_A_BATCH: usize = 4096;

impl Library {
    /// Aligns what is owed and brings the backgrounds up to date.
    pub(crate) fn relate(
        &self,
        effort: Effort,
        progress: &Progress,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let recordings = self.matchable()?;
        if recordings.is_empty() {
            return Ok(());
        }
        let shelf = Shelf::new(self, &recordings);
        let pairs = self.owed_pairs(&recordings, &shelf)?;
        let were_complete = self.links_are_complete()?;
        self.store().doubt_links()?;
        summary.pairs_aligned += self.align_pairs(&recordings, &shelf, &pairs, effort, progress)?;
        let id = |index: u32| recordings[index as usize].id;
        let mut changed: HashSet<RecordingId> = pairs.iter().flat_map(|(a, b)| [id(*a), id(*b)]).collect();
        if !progress.stopped() {
            changed.extend(self.renew_backgrounds(&recordings, &shelf, effort)?);
        }
        if were_complete { self.renew_links(&changed) } else { self.derive_links() }
    }

    /// Recordings that can be aligned, in the order of their rows.
    pub(crate) fn matchable(&self) -> Result<Vec<Recording>, Error> {
        let mut recordings = self.asking()?.recordings_with(&Shelf::FEATURES)?;
        recordings.retain(|recording| recording.sound.duration_s <= LONGEST_MATCHED_S);
        Ok(recordings)
    }

    /// Pairs (lesser index first) of `recordings` that have no score yet and should.
    fn owed_pairs(&self, recordings: &[Recording], shelf: &Shelf) -> Result<Vec<(u32, u32)>, Error> {
        if recordings.len() <= ALIGNED_WHOLE {
            return self.every_owed_pair(recordings);
        }
        let related: HashSet<RecordingId> = self.backgrounds()?.into_iter().map(|b| b.recording).collect();
        let sample = sample(recordings);
        let is_new = |index: &usize| !related.contains(&recordings[*index].id);
        let new: Vec<usize> = (0..recordings.len()).filter(is_new).collect();
        let candidates = shortlists(shelf, recordings.len(), &new)?;
        let mut pairs = HashSet::new();
        for (query, shortlisted) in new.iter().zip(candidates) {
            for candidate in shortlisted.into_iter().chain(sample.iter().copied()).filter(|c| c != query) {
                pairs.insert((candidate.min(*query) as u32, candidate.max(*query) as u32));
            }
        }
        let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        Ok(pairs)
    }

    fn every_owed_pair(&self, recordings: &[Recording]) -> Result<Vec<(u32, u32)>, Error> {
        let known = self.asking()?.alignments(ALIGNER)?;
        let known: HashSet<(RecordingId, RecordingId)> =
            known.into_iter().map(|pair| (pair.a, pair.b)).collect();
        let all = (0..recordings.len()).flat_map(|a| (a + 1..recordings.len()).map(move |b| (a, b)));
        let owed = all.filter(|(a, b)| !known.contains(&(recordings[*a].id, recordings[*b].id)));
        Ok(owed.map(|(a, b)| (a as u32, b as u32)).collect())
    }

    /// Aligns `pairs` on several threads, committing as it goes; gives how many were aligned before a stop.
    fn align_pairs(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        pairs: &[(u32, u32)],
        effort: Effort,
        progress: &Progress,
    ) -> Result<usize, Error> {
        let batches: Vec<&[(u32, u32)]> = pairs.chunks(PAIRS_A_BATCH).collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let align_some = || -> Result<Vec<()>, Error> {
            let mut scratch = Scratch::default();
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !progress.may_go_on() {
                    break;
                }
                let mut rows = Vec::with_capacity(batch.len());
                for (a, b) in *batch {
                    let scored = score(&*shelf.track(*a)?, &*shelf.track(*b)?, &mut scratch);
                    let (a, b) = (recordings[*a as usize].id, recordings[*b as usize].id);
                    rows.push(Alignment { a, b, score: scored.score, key_shift: scored.key_shift });
                }
                self.store().put_alignments(ALIGNER, &rows)?;
                let done = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
                progress.report(Event::Matching { done, total: pairs.len() });
            }
            Ok(Vec::new())
        };
        on_threads(effort.threads.min(batches.len()), align_some)?;
        Ok(done.into_inner())
    }

    /// Computes the background of recordings that have none, or whose library has grown by half since; gives which.
    fn renew_backgrounds(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        effort: Effort,
    ) -> Result<Vec<RecordingId>, Error> {
        let strangers = Strangers::load()?;
        let known = self.backgrounds()?;
        let of_library = background_size(recordings.len());
        let fresh = |one: &Background| one.n_library * 3 >= of_library * 2 && one.n_bundled > 0;
        let fresh: HashSet<RecordingId> =
            known.iter().filter(|one| fresh(one)).map(|one| one.recording).collect();
        let owed: Vec<usize> =
            (0..recordings.len()).filter(|i| !fresh.contains(&recordings[*i].id)).collect();
        let sample: HashSet<RecordingId> = sample(recordings).iter().map(|i| recordings[*i].id).collect();
        let next = Mutex::new(owed.iter());
        let renew_some = || -> Result<Vec<Background>, Error> {
            let mut scratch = Scratch::default();
            let mut renewed = Vec::new();
            let take = || next.lock().ok().and_then(|mut next| next.next().copied());
            while let Some(index) = take() {
                let id = recordings[index].id;
                let scores = self.asking()?.alignments_of(id, ALIGNER)?;
                let whole = recordings.len() <= ALIGNED_WHOLE;
                let in_library = scores.iter().filter(|pair| whole || sample.contains(&other(pair, id)));
                let in_library: Vec<f32> = in_library.map(|pair| pair.score).collect();
                let bundled = strangers.scores(&*shelf.track(index as u32)?, &mut scratch);
                let centring = centre::Background::of(in_library.iter().chain(&bundled).copied());
                renewed.push(Background {
                    recording: id,
                    mean: centring.mean,
                    deviation: centring.deviation,
                    n_library: in_library.len() as u32,
                    n_bundled: bundled.len() as u32,
                });
            }
            Ok(renewed)
        };
        let renewed = on_threads(effort.threads.min(owed.len()), renew_some)?;
        self.store().put_backgrounds(ALIGNER, &renewed)?;
        Ok(renewed.iter().map(|background| background.recording).collect())
    }

    /// The backgrounds in force.
    pub(crate) fn backgrounds(&self) -> Result<Vec<Background>, Error> {
        Ok(self.asking()?.backgrounds(ALIGNER)?)
    }
}

/// The other recording of a pair.
pub(crate) fn other(pair: &Alignment, one: RecordingId) -> RecordingId {
    if pair.a == one { pair.b } else { pair.a }
}

/// How many scores against the library a background can rest on.
fn background_size(recordings: usize) -> u32 {
    let size = if recordings <= ALIGNED_WHOLE { recordings.saturating_sub(1) } else { SAMPLED };
    size as u32
}

/// The recordings with the least content hashes: as good as random, the same every time, and nearly the same when
/// the library grows.
fn sample(recordings: &[Recording]) -> Vec<usize> {
    let mut by_hash: Vec<usize> = (0..recordings.len()).collect();
    by_hash.sort_unstable_by_key(|index| recordings[*index].sound.payload);
    by_hash.truncate(SAMPLED);
    by_hash
}

/// For each of `queries` the candidates most like it, by key-invariant vectors.
fn shortlists(shelf: &Shelf, recordings: usize, queries: &[usize]) -> Result<Vec<Vec<usize>>, Error> {
    let mut vectors = Vec::with_capacity(recordings);
    for index in 0..recordings {
        vectors.push(shortlist::two_dftm(&shelf.crema(index as u32)?));
    }
    Ok(queries.iter().map(|query| shortlist::nearest(&vectors, *query, SHORTLISTED)).collect())
}

/// A track prepared for alignment from stored frames.
pub(crate) fn prepared(crema: &[[f32; 12]], chroma: &[[f32; 12]]) -> Track {
    Track::from_frames(crema, chroma, reprise_features::Spec::v1().frame_rate_hz())
}
