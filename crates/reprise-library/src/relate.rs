//! Gives pairs of recordings their scores, and each recording the background its scores are centred on.
//!
//! A small library is aligned whole. A large one is not: each new recording is aligned with a shortlist and with a
//! fixed sample of the library, which is its background. What is stored is the raw score; centring happens when
//! asked, so a better background mends old scores without aligning again.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_inference::Embedder;
use reprise_matching::moments::SearchScratch;
use reprise_matching::{Scratch, Track, score, voice_score};
use reprise_store::{Alignment, Recording, RecordingId, VoiceScores};

use crate::error::Error;
use crate::library::Library;
use crate::listen::{Effort, on_threads};
use crate::nearest::Nearest;
use crate::progress::{Event, Progress};
use crate::scan::Summary;
use crate::shelf::Shelf;

/// Version of the aligner together with the features it works on; scores of another are never mixed in.
pub(crate) const ALIGNER: u32 = 1;

/// The unit tests of this crate call a library large that is made in a second.
const IS_SMALL: bool = cfg!(test);

/// Up to so many recordings every pair is aligned: at 0.8 ms a pair two million pairs take a quarter of an hour on
/// two cores, once.
pub(crate) const ALIGNED_WHOLE: usize = if IS_SMALL { 64 } else { 2000 };

/// In a larger library: how many candidates of the shortlist are aligned with a new recording.
pub(crate) const SHORTLISTED: usize = if IS_SMALL { 8 } else { 200 };

/// In a larger library: how many candidates by what is sung are aligned with a new voice, beside those. Fewer, since they are
/// sung ones only and take four times as long; the figures are in training/README.md, "What is sung".
pub(crate) const SHORTLISTED_BY_VOICE: usize = SHORTLISTED / 2;

/// In a larger library: how many recordings serve everyone as background.
pub(crate) const SAMPLED: usize = if IS_SMALL { 12 } else { 150 };

/// As many of them serve in the middle of a scan: the sample is another when all is heard.
const SAMPLED_EARLY: usize = if IS_SMALL { 5 } else { 50 };

/// Longer recordings are heard but not matched: sets and operas align with everything a little.
pub(crate) const LONGEST_MATCHED_S: f64 = 20.0 * 60.0;

/// Pairs between two commits.
const PAIRS_A_BATCH: usize = 4096;

/// What one scan remembers from one portion to the next.
#[derive(Default)]
pub(crate) struct Relating {
    /// Nothing more will be heard: what was provisional is made final.
    pub is_last: bool,
    /// Recordings whose background was computed by this scan, from part of what it hears.
    pub provisional: HashSet<RecordingId>,
    effort: Effort,
}

impl Library {
    /// Aligns what is owed and brings the backgrounds up to date.
    pub(crate) fn relate(
        &self,
        relating: &mut Relating,
        effort: Effort,
        progress: &Progress,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        relating.effort = effort;
        let recordings = self.matchable()?;
        if recordings.is_empty() {
            return Ok(());
        }
        let shelf = Shelf::new(self, &recordings);
        let pairs = self.owed_pairs(&recordings, &shelf, relating, progress)?;
        let were_complete = self.links_are_complete()?;
        self.store().doubt_links()?;
        summary.pairs_aligned += self.align_pairs(&recordings, &shelf, &pairs, effort, progress)?;
        let id = |index: u32| recordings[index as usize].id;
        let mut changed: HashSet<RecordingId> = pairs.iter().flat_map(|(a, b)| [id(*a), id(*b)]).collect();
        if !progress.stopped() {
            changed.extend(self.renew_backgrounds(&recordings, &shelf, relating, effort, progress)?);
        }
        if were_complete {
            self.renew_links(&changed)?
        } else {
            self.derive_links()?
        }
        if relating.is_last && !progress.stopped() {
            // A small library is aligned without vectors; it has them by the time it is large.
            self.embed(Embedder::Harmony, &recordings, &shelf, effort, progress)?;
            self.embed(Embedder::Voice, &recordings, &shelf, effort, progress)?;
        }
        Ok(())
    }

    /// Recordings that can be aligned, in the order of their rows.
    pub(crate) fn matchable(&self) -> Result<Vec<Recording>, Error> {
        let mut recordings = self.asking()?.recordings_with(&Shelf::FEATURES)?;
        recordings.retain(|recording| recording.sound.duration_s <= LONGEST_MATCHED_S);
        Ok(recordings)
    }

    /// Pairs (lesser index first) of `recordings` that have no score yet and should.
    fn owed_pairs(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        relating: &Relating,
        progress: &Progress,
    ) -> Result<Vec<(u32, u32)>, Error> {
        if recordings.len() <= ALIGNED_WHOLE {
            return self.every_owed_pair(recordings);
        }
        let voices = self.owed_voice_pairs(recordings, shelf, relating.effort, progress)?;
        let related: HashSet<RecordingId> = self.backgrounds()?.into_iter().map(|b| b.recording).collect();
        let fresh = self.fresh(recordings, relating)?;
        let without = |known: &HashSet<RecordingId>| -> Vec<usize> {
            (0..recordings.len()).filter(|index| !known.contains(&recordings[*index].id)).collect()
        };
        let (new, stale) = (without(&related), without(&fresh));
        let mut pairs = HashSet::new();
        let ordered = |a: usize, b: usize| (a.min(b) as u32, a.max(b) as u32);
        let candidates = self.shortlists(shelf, recordings, &new, relating.effort, progress)?;
        for (query, shortlisted) in candidates {
            pairs.extend(shortlisted.into_iter().map(|candidate| ordered(query, candidate)));
        }
        let (whom, size) = if relating.is_last { (&stale, SAMPLED) } else { (&new, SAMPLED_EARLY) };
        for candidate in sample(recordings, size) {
            pairs.extend(whom.iter().filter(|query| **query != candidate).map(|q| ordered(*q, candidate)));
        }
        self.drop_aligned(recordings, &stale, &mut pairs)?;
        pairs.extend(voices);
        let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
        pairs.sort_unstable();
        Ok(pairs)
    }

    /// Drops pairs that have a score. `of` has an end of each.
    fn drop_aligned(
        &self,
        recordings: &[Recording],
        of: &[usize],
        pairs: &mut HashSet<(u32, u32)>,
    ) -> Result<(), Error> {
        let asking = self.asking()?;
        // Recordings are in the order of their rows.
        let index_of = |id: RecordingId| recordings.binary_search_by_key(&id, |r| r.id).ok();
        for index in of {
            for pair in asking.alignments_of(recordings[*index].id, ALIGNER)? {
                if let Some((a, b)) = index_of(pair.a).zip(index_of(pair.b)) {
                    pairs.remove(&(a as u32, b as u32));
                }
            }
        }
        Ok(())
    }

    /// For each of `queries` the candidates most like it by their vectors, which are made where they are missing.
    fn shortlists(
        &self,
        shelf: &Shelf,
        recordings: &[Recording],
        queries: &[usize],
        effort: Effort,
        progress: &Progress,
    ) -> Result<Vec<(usize, Vec<usize>)>, Error> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        self.embed(Embedder::Harmony, recordings, shelf, effort, progress)?;
        let nearest = Nearest::of(self, recordings, Embedder::Harmony)?;
        let done = AtomicUsize::new(0);
        on_each(effort.threads, queries, progress, SearchScratch::default, |query, scratch| {
            let found = nearest.to_recording(*query, SHORTLISTED, scratch)?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(Event::Shortlisting { done, total: queries.len() });
            Ok((*query, found))
        })
    }

    /// All pairs without a score, and those of two sung recordings without a score by what is sung.
    fn every_owed_pair(&self, recordings: &[Recording]) -> Result<Vec<(u32, u32)>, Error> {
        let known = self.asking()?.alignments(ALIGNER)?;
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

    /// In a large library: for each newly sung recording the sung ones among those it was aligned with, which the
    /// harmony shortlisted or the sample holds, and those whose voices are most like its own by their vectors, which are made
    /// where they are missing.
    fn owed_voice_pairs(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        effort: Effort,
        progress: &Progress,
    ) -> Result<HashSet<(u32, u32)>, Error> {
        let related = self.backgrounds()?.into_iter().filter(|one| one.voice.is_some());
        let related: HashSet<RecordingId> = related.map(|one| one.recording).collect();
        let is_new = |one: &Recording| is_sung(one) && !related.contains(&one.id);
        let new: Vec<usize> = (0..recordings.len()).filter(|index| is_new(&recordings[*index])).collect();
        if new.is_empty() {
            return Ok(HashSet::new());
        }
        self.embed(Embedder::Voice, recordings, shelf, effort, progress)?;
        let nearest = Nearest::of(self, recordings, Embedder::Voice)?;
        let candidates =
            on_each(effort.threads, &new, progress, SearchScratch::default, |index, scratch| {
                let mut others = nearest.to_recording(*index, SHORTLISTED_BY_VOICE, scratch)?;
                let id = recordings[*index].id;
                for pair in self.asking()?.alignments_of(id, ALIGNER)? {
                    let found = recordings.binary_search_by_key(&other(&pair, id), |recording| recording.id);
                    others.extend(found.ok().filter(|index| is_sung(&recordings[*index])));
                }
                Ok((*index, others))
            })?;
        let pairs = candidates.into_iter().flat_map(|(a, others)| others.into_iter().map(move |b| (a, b)));
        Ok(pairs.map(|(a, b)| (a.min(b) as u32, a.max(b) as u32)).collect())
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
                    let (query, candidate) = (shelf.track(*a)?, shelf.track(*b)?);
                    let scored = score(&query, &candidate, &mut scratch);
                    let voice = voice_score(&query, &candidate, &mut scratch);
                    rows.push(Alignment {
                        a: recordings[*a as usize].id,
                        b: recordings[*b as usize].id,
                        score: scored.score,
                        key_shift: scored.key_shift,
                        voice: voice.map(|voice| VoiceScores {
                            joint: voice.joint,
                            voice: voice.voice,
                            voice_shift: voice.voice_shift,
                        }),
                    });
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
}

/// The other recording of a pair.
pub(crate) fn other(pair: &Alignment, one: RecordingId) -> RecordingId {
    if pair.a == one { pair.b } else { pair.a }
}

/// The recordings with the least content hashes: as good as random, the same every time, and nearly the same when
/// the library grows.
pub(crate) fn sample(recordings: &[Recording], size: usize) -> Vec<usize> {
    let mut by_hash: Vec<usize> = (0..recordings.len()).collect();
    by_hash.sort_unstable_by_key(|index| recordings[*index].sound.payload);
    by_hash.truncate(size);
    by_hash
}

/// Runs `work` on each of `items` on several threads, each with a `scratch` of its own, until it is stopped; gives what it
/// gave, in no order.
pub(crate) fn on_each<I: Sync, T: Send, S>(
    threads: usize,
    items: &[I],
    progress: &Progress,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&I, &mut S) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let next = AtomicUsize::new(0);
    on_threads(threads.min(items.len()), || {
        let (mut done, mut scratch) = (Vec::new(), scratch());
        while let Some(item) =
            items.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| progress.may_go_on())
        {
            done.push(work(item, &mut scratch)?);
        }
        Ok(done)
    })
}

/// A track prepared for alignment from stored frames.
pub(crate) fn prepared(crema: &[[f32; 12]], chroma: &[[f32; 12]]) -> Track {
    Track::from_frames(crema, chroma, reprise_features::Spec::v1().frame_rate_hz())
}

/// Whether somebody sings in a recording, as far as its voice was listened for.
pub(crate) fn is_sung(recording: &Recording) -> bool {
    recording.sung_share.is_some_and(|share| share > 0.0)
}
