//! Gives pairs of recordings their scores, and each recording the background its scores are centred on.
//!
//! A small library is aligned whole. A large one is not: each new recording is aligned with a shortlist and with a
//! fixed sample of the library, which is its background. What is stored is the raw score; centring happens when
//! asked, so a better background mends old scores without aligning again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_inference::Embedder;
use reprise_matching::{Scratch, Track, score, voice_score};
use reprise_store::{Alignment, Recording, RecordingId, VoiceScore};

use crate::error::Error;
use crate::library::{Changed, Library};
use crate::listen::{Effort, on_threads};
use crate::pairs::{ends, ordered};
use crate::progress::{Event, Progress};
use crate::remainder::{aligned_besides, sharing_a_passage};
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

/// In a larger library: recordings related between two looks at what is linked.
const AT_ONCE: usize = if IS_SMALL { 20 } else { 100 };

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

impl Relating {
    /// For what is related at once, when all is heard.
    pub fn at_last() -> Self {
        Self { is_last: true, ..Self::default() }
    }
}

/// What is related at a time.
struct Portion<'a> {
    /// Pairs to align, lesser index first.
    pairs: Vec<(u32, u32)>,
    /// Recordings of which each pair has one at an end.
    touched: HashSet<u32>,
    /// Recordings whose background is to be renewed.
    owed: &'a [usize],
    /// How many portions there are from this one on.
    left: usize,
}

impl Library {
    /// Aligns what is owed and brings backgrounds and links up to date.
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
        self.complete_links()?;
        self.complete_medleys(progress)?;
        self.store().remove_idle_backgrounds()?;
        let owed = self.owed_backgrounds(&recordings, relating)?;
        if recordings.len() <= ALIGNED_WHOLE {
            let pairs = self.every_owed_pair(&recordings)?;
            let portion = Portion { touched: ends(&pairs), pairs, owed: &owed, left: 1 };
            self.relate_portion(&recordings, &shelf, &portion, relating, progress, summary)?;
        } else {
            self.relate_in_portions(&recordings, &shelf, &owed, relating, progress, summary)?;
        }
        if !progress.stopped() {
            self.note_pieces()?;
        }
        if relating.is_last && !progress.stopped() {
            // A small library is aligned without vectors; it has them by the time it is large.
            self.embed(Embedder::Harmony, &recordings, &shelf, effort, progress)?;
            self.embed(Embedder::Voice, &recordings, &shelf, effort, progress)?;
            self.search_sections(&recordings, &shelf, effort, progress)?;
        }
        Ok(())
    }

    /// Relates a large library, so that memory holds the pairs of a portion only and versions show before all is done.
    fn relate_in_portions(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        owed: &[usize],
        relating: &mut Relating,
        progress: &Progress,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let effort = relating.effort;
        let mut voices: Vec<_> =
            self.owed_voice_pairs(recordings, shelf, effort, progress)?.into_iter().collect();
        voices.sort_unstable();
        let related: HashSet<RecordingId> = self.backgrounds()?.into_iter().map(|b| b.recording).collect();
        let (known, new): (Vec<usize>, Vec<usize>) =
            owed.iter().partition(|index| related.contains(&recordings[**index].id));
        if !new.is_empty() {
            self.embed(Embedder::Harmony, recordings, shelf, effort, progress)?;
        }
        let new = self.look_first(recordings, &new, effort, progress)?;
        let sample = sample(recordings, if relating.is_last { SAMPLED } else { SAMPLED_EARLY });
        let portions = new.chunks(AT_ONCE).map(|some| (some, true));
        let portions: Vec<_> = portions.chain(known.chunks(AT_ONCE).map(|some| (some, false))).collect();
        if !voices.is_empty() {
            let portion = Portion { touched: ends(&voices), pairs: voices, owed: &[], left: 1 };
            self.relate_portion(recordings, shelf, &portion, relating, progress, summary)?;
        }
        for (number, (owed, are_new)) in portions.iter().enumerate() {
            if progress.stopped() {
                break;
            }
            let mut pairs = HashSet::new();
            if *are_new {
                pairs.extend(self.shortlisted_pairs(recordings, owed, effort, progress)?);
                pairs.extend(self.tagged_pairs(recordings, owed)?);
            }
            if *are_new || relating.is_last {
                for index in owed.iter() {
                    let others = sample.iter().filter(|other| *other != index);
                    pairs.extend(others.map(|other| ordered(*index, *other)));
                }
            }
            self.drop_aligned(recordings, owed, &mut pairs)?;
            let mut pairs: Vec<(u32, u32)> = pairs.into_iter().collect();
            pairs.sort_unstable();
            let touched = owed.iter().map(|index| *index as u32).collect();
            let portion = Portion { pairs, touched, owed, left: portions.len() - number };
            self.relate_portion(recordings, shelf, &portion, relating, progress, summary)?;
        }
        Ok(())
    }

    /// Aligns pairs, renews the backgrounds that rest on them and the links that rest on both.
    fn relate_portion(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        portion: &Portion,
        relating: &mut Relating,
        progress: &Progress,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let effort = relating.effort;
        self.store().doubt_links()?;
        let share = (summary.pairs_aligned, portion.left);
        summary.pairs_aligned +=
            self.align_pairs(recordings, shelf, &portion.pairs, share, effort, progress)?;
        let mut changed: HashSet<RecordingId> =
            portion.touched.iter().map(|index| recordings[*index as usize].id).collect();
        if !progress.stopped() {
            let renewed = self.renew_backgrounds(recordings, shelf, portion.owed, effort, progress)?;
            self.change(Changed::Relations, |store| store.remove_looks(&renewed))?;
            relating.provisional.extend(&renewed);
            changed.extend(renewed);
        }
        self.renew_links(&changed)?;
        self.renew_medleys(&changed)
    }

    /// Recordings that can be aligned, in the order of their rows.
    pub(crate) fn matchable(&self) -> Result<Vec<Recording>, Error> {
        let mut recordings = self.asking()?.recordings_with(&Shelf::FEATURES)?;
        recordings.retain(|recording| recording.sound.duration_s <= LONGEST_MATCHED_S);
        Ok(recordings)
    }

    /// Aligns `pairs` on several threads, committing as it goes; gives how many were aligned before a stop. For the progress:
    /// how many were aligned before, and how many portions like this one there are, this one included.
    fn align_pairs(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        pairs: &[(u32, u32)],
        (before, portions_left): (usize, usize),
        effort: Effort,
        progress: &Progress,
    ) -> Result<usize, Error> {
        // The portions that follow are not known yet; they will be about as large.
        let total = before + pairs.len() * portions_left;
        let batches: Vec<&[(u32, u32)]> = pairs.chunks(PAIRS_A_BATCH).collect();
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let sharing = sharing_a_passage(&*self.asking()?)?;
        let align_some = || -> Result<Vec<()>, Error> {
            let mut scratch = Scratch::default();
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !progress.may_go_on() {
                    break;
                }
                let mut rows = Vec::with_capacity(batch.len());
                for (a, b) in *batch {
                    let (one, other) = (&recordings[*a as usize], &recordings[*b as usize]);
                    if sharing.contains(&(one.id, other.id)) {
                        rows.push(aligned_besides(&*self.asking()?, (one, other), &mut scratch)?);
                        continue;
                    }
                    let (query, candidate) = (shelf.track(*a)?, shelf.track(*b)?);
                    let scored = score(&query, &candidate, &mut scratch);
                    let voice = voice_score(&query, &candidate, &mut scratch);
                    rows.push(Alignment {
                        a: one.id,
                        b: other.id,
                        score: scored.score,
                        key_shift: scored.key_shift,
                        voice: voice
                            .map(|voice| VoiceScore { score: voice.score, key_shift: voice.key_shift }),
                    });
                }
                self.store().put_alignments(ALIGNER, &rows)?;
                let done = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
                progress.report(Event::Matching { done: before + done, total });
            }
            Ok(Vec::new())
        };
        on_threads(effort.threads.min(batches.len()), align_some)?;
        Ok(done.into_inner())
    }
}

/// Where a recording stands among some that are in the order of their rows.
pub(crate) fn place_of(recordings: &[Recording], id: RecordingId) -> Option<usize> {
    recordings.binary_search_by_key(&id, |recording| recording.id).ok()
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
