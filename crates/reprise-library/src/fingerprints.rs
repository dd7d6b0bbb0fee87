//! Makes the fingerprints of recordings and compares each with all others, once.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_audio::worker::Worker;
use reprise_audio::{Sink, Stream, Tags};
use reprise_features::Spec;
use reprise_fingerprint::{Fingerprint, Fingerprinter, Sameness, Sketches, Stretch, VERSION};
use reprise_matching::Scratch;
use reprise_store::{
    Alignment, NewFingerprint, NewSharedAudio, Owed, PayloadHash, RecordingId, RecordingSketch,
};

use crate::edges::Centring;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::listen::Effort;
use crate::progress::{Event, Progress};
use crate::relate::{ALIGNER, on_each};
use crate::remainder::aligned_besides;
use crate::same_audio::{Audio, SameAudio};
use crate::tools::decode_worker;

/// New fingerprints between two commits of what comparing them gave.
const COMPARED_AT_ONCE: usize = 1000;

impl Library {
    /// Compares fingerprints that were not compared with those that were and with each other.
    pub(crate) fn compare_fingerprints(&self, effort: Effort, progress: &Progress) -> Result<(), Error> {
        if !self.asking()?.owes_comparisons(VERSION)? {
            return Ok(());
        }
        let mut all = self.asking()?.sketches(VERSION)?;
        let owed: Vec<usize> = (0..all.len()).filter(|index| !all[*index].is_compared).collect();
        for chunk in owed.chunks(COMPARED_AT_ONCE) {
            chunk.iter().for_each(|index| all[*index].is_compared = true);
            let pairs = self.worth_comparing(&all, chunk)?;
            let compare = |(a, b): &_, scratch: &mut Scratch| self.compared(*a, *b, scratch);
            let found = on_each(effort.threads, &pairs, progress, Scratch::default, compare)?;
            if progress.stopped() {
                return Ok(());
            }
            let compared: Vec<RecordingId> = chunk.iter().map(|index| all[*index].recording).collect();
            let (found, alignments): (Vec<NewSharedAudio>, Vec<Option<Alignment>>) =
                found.into_iter().flatten().unzip();
            let alignments: Vec<Alignment> = alignments.into_iter().flatten().collect();
            if !alignments.is_empty() {
                // Before the pairs are taken down as compared, so that a scan cut short in between does it again.
                self.store().doubt_links()?;
                self.store().put_alignments(ALIGNER, &alignments)?;
            }
            self.change(Changed::Relations, |store| store.put_shared_audio(&compared, &found))?;
            if !alignments.is_empty() {
                let changed = alignments.iter().flat_map(|pair| [pair.a, pair.b]).collect();
                self.renew_links(&changed)?;
                self.renew_medleys(&changed)?;
            }
        }
        Ok(())
    }

    /// What two recordings share, and how they are aligned without it where that is a passage and they were aligned with it.
    fn compared(
        &self,
        a: RecordingId,
        b: RecordingId,
        scratch: &mut Scratch,
    ) -> Result<Option<(NewSharedAudio, Option<Alignment>)>, Error> {
        let asking = self.asking()?;
        let recordings = asking.recording_in(a)?.zip(asking.recording_in(b)?);
        let Some((one, other)) = recordings else { return Ok(None) };
        let audio = Audio::stored(&asking, &one)?.zip(Audio::stored(&asking, &other)?);
        let same = audio.and_then(|(one, other)| SameAudio::between(&one, &other));
        let Some(same) = same else { return Ok(None) };
        let was_aligned = same.sameness == Sameness::Part && asking.alignment(a, b, ALIGNER)?.is_some();
        let besides = was_aligned.then(|| aligned_besides(&asking, (&one, &other), scratch)).transpose()?;
        Ok(Some((to_be_stored(a, b, &same), besides)))
    }

    /// Pairs, lesser recording first, of one of `new` (indices) and any of `all` that is compared: those with enough numbers in
    /// common, and those that sound alike. A recording that was mastered anew may have no number in common with the old one.
    fn worth_comparing(
        &self,
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
        let asking = self.asking()?;
        let bands = Centring::bands(&asking)?;
        let has_fingerprint: HashSet<RecordingId> = compared().map(|one| one.recording).collect();
        for index in new {
            let links = asking.links_of(all[*index].recording)?.into_iter();
            let likely = links.filter(|link| link.edge >= bands.version());
            likely
                .filter(|link| has_fingerprint.contains(&link.a) && has_fingerprint.contains(&link.b))
                .for_each(|link| add(link.a, link.b));
        }
        Ok(pairs.into_iter().collect())
    }

    /// Decodes the files of a library that was heard before there were fingerprints, and makes theirs.
    pub(crate) fn fingerprint_owed(&self, effort: Effort, progress: &Progress) -> Result<(), Error> {
        let owed = self.asking()?.owed_fingerprints(VERSION)?;
        if owed.is_empty() {
            return Ok(());
        }
        let (worker, done) = (decode_worker()?, AtomicUsize::new(0));
        on_each(
            effort.threads,
            &owed,
            progress,
            || (),
            |one: &Owed, ()| {
                // What does not decode now, or is other audio now, stays owed.
                if let Some(fingerprint) = decoded(&worker, &one.path, &one.payload, progress) {
                    as_stored(&fingerprint, |new| self.store().put_fingerprint(&one.payload, &new))?;
                }
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress.report(Event::Hearing { done, total: owed.len(), path: one.path.clone() });
                Ok(())
            },
        )?;
        Ok(())
    }
}

/// Hands a fingerprint to `write` as the store takes it.
pub(crate) fn as_stored<T>(fingerprint: &Fingerprint, write: impl FnOnce(NewFingerprint<'_>) -> T) -> T {
    write(NewFingerprint { version: VERSION, sketch: &fingerprint.sketch(), items: &fingerprint.to_bytes() })
}

fn to_be_stored(a: RecordingId, b: RecordingId, same: &SameAudio) -> NewSharedAudio {
    let numbers =
        |one: &Stretch| [one.a_start_s, one.b_start_s, one.length_s, one.bit_errors].map(|x| x as f32);
    let stretches = same.stretches.iter().map(numbers).collect();
    NewSharedAudio { a, b, sameness: same.sameness.word(), stretches }
}

/// The fingerprint of a file that holds this audio.
fn decoded(worker: &Worker, path: &Path, payload: &PayloadHash, progress: &Progress) -> Option<Fingerprint> {
    let rate_hz = Spec::v1().audio.sample_rate_hz;
    let mut listening = OnlyFingerprint { fingerprinter: Fingerprinter::new(rate_hz), progress };
    let decoded = worker.decode(path, rate_hz, &mut listening).ok()?;
    (decoded.payload_hash == payload.0).then(|| listening.fingerprinter.finish())
}

/// Listens for the fingerprint only.
struct OnlyFingerprint<'a> {
    fingerprinter: Fingerprinter,
    progress: &'a Progress<'a>,
}

impl Sink for OnlyFingerprint<'_> {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        if self.progress.stopped() {
            return ControlFlow::Break(());
        }
        self.fingerprinter.push(samples);
        ControlFlow::Continue(())
    }
}
