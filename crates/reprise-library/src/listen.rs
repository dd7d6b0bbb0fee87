//! Hears many files at a time and commits each as soon as it is done.

use std::collections::HashSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use reprise_features::Versions;
use reprise_store::{FileVersion, HeardFile, NewProblem, PayloadHash, SameSound, Store};

use crate::clock::now_s;
use crate::error::{Error, HearError};
use crate::fingerprints::as_stored;
use crate::hear::{Ear, Heard, Sound};
use crate::library::{Changed, Library};
use crate::moved::take_over_vanished;
use crate::plan::Job;
use crate::progress::{Event, Progress};
use crate::scan::{FileJob, Summary, nfc, stamp};
use crate::tools::Tools;
use crate::walk::{Found, describe};

/// How hard to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Files heard, or pairs of tracks aligned, at a time.
    pub threads: usize,
}

impl Default for Effort {
    /// One thread for each core the process may use.
    fn default() -> Self {
        Self { threads: std::thread::available_parallelism().map_or(1, usize::from) }
    }
}

impl Effort {
    /// One core stays with whoever sits at the computer, where there are several: for work that takes hours.
    pub fn leaving_room() -> Self {
        Self { threads: Self::default().threads.saturating_sub(1).max(1) }
    }
}

/// What became of one file.
enum Outcome {
    Matched,
    NotMatched,
    /// Its audio was known already.
    Recognised,
    /// So it was, from a file that has vanished.
    Moved,
    Problem,
    Stopped,
}

impl Library {
    /// Hears some of `jobs` on several threads. Stops early, consistently, when asked to.
    pub(crate) fn hear_all(
        &self,
        jobs: &[FileJob],
        portion: Range<usize>,
        tools: &Tools,
        effort: Effort,
        progress: &Progress,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        if portion.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let threads = effort.threads.clamp(1, portion.len());
        let (next, done) = (AtomicUsize::new(portion.start), AtomicUsize::new(portion.start));
        let hear_some = || -> Result<Vec<Outcome>, Error> {
            let mut ear = tools.ear()?;
            let mut outcomes = Vec::new();
            while let Some(job) =
                jobs[..portion.end].get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| progress.may_go_on())
            {
                outcomes.push(self.hear_one(&mut ear, job, progress)?);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress.report(Event::Hearing { done, total: jobs.len(), path: job.job.found.path.clone() });
            }
            Ok(outcomes)
        };
        let outcomes = on_threads(threads, hear_some)?;
        summary.heard += count(&outcomes, |o| matches!(o, Outcome::Matched | Outcome::NotMatched));
        summary.not_matched += count(&outcomes, |o| matches!(o, Outcome::NotMatched));
        summary.unchanged += count(&outcomes, |o| matches!(o, Outcome::Recognised));
        summary.moved += count(&outcomes, |o| matches!(o, Outcome::Moved));
        summary.hearing_seconds += began.elapsed().as_secs_f64();
        Ok(())
    }

    fn hear_one(&self, ear: &mut Ear, file: &FileJob, progress: &Progress) -> Result<Outcome, Error> {
        let found = &file.job.found;
        if file.job.maybe_known
            && let Some(outcome) = self.recognise(ear, file)?
        {
            return Ok(outcome);
        }
        // A panic in the transform or a network costs this file, not the scan.
        let heard = catch_unwind(AssertUnwindSafe(|| ear.hear(&found.path, progress.stop_flag())));
        match heard {
            Ok(Ok(heard)) => self.commit(file, heard),
            Ok(Err(HearError::Stopped | HearError::Audio(reprise_audio::Error::Stopped))) => {
                Ok(Outcome::Stopped)
            }
            Ok(Err(error)) => self.commit_failure(file, &error),
            Err(_) => self.commit_failure(file, &HearError::Panicked),
        }
    }

    /// Looks at the identity of the audio first; none unless it is known and nothing is owed for it.
    fn recognise(&self, ear: &Ear, job: &FileJob) -> Result<Option<Outcome>, Error> {
        let path = &job.job.found.path;
        let Ok(payload) = ear.worker.payload_hash(path) else { return Ok(None) };
        let payload = PayloadHash(payload);
        if !self.is_complete(&payload)? {
            return Ok(None);
        }
        let nfc = nfc(path);
        let stamp = stamp(&job.job.found, &nfc);
        let tags = stored(ear.tags(path));
        let file = SameSound { folder: job.folder, stamp, tags: &tags, payload, at_s: now_s() };
        let mut outcome = Outcome::Recognised;
        self.unless_removed(job, |store| {
            if take_over_vanished(store, job, &payload)? {
                outcome = Outcome::Moved;
            }
            store.commit_same_sound(&file).map(drop)
        })?;
        Ok(Some(outcome))
    }

    /// Whether this audio was heard before and owes nothing.
    fn is_complete(&self, payload: &PayloadHash) -> Result<bool, Error> {
        let store = self.asking()?;
        let Some(recording) = store.recording(payload)? else { return Ok(false) };
        let Versions { crema, chroma, .. } = Versions::CURRENT;
        let has = |kind, version| store.features(payload, kind, version).map(|features| features.is_some());
        Ok(recording.sound.refused.is_some() || (has("crema", crema)? && has("chroma", chroma)?))
    }

    fn commit(&self, file: &FileJob, heard: Heard) -> Result<Outcome, Error> {
        let nfc = nfc(&file.job.found.path);
        let refused = match &heard.sound {
            Sound::Refused(refusal) => Some(refusal.code().to_owned()),
            Sound::Music { .. } => None,
        };
        let outcome = if refused.is_some() { Outcome::NotMatched } else { Outcome::Matched };
        let sound = reprise_store::Sound {
            payload: PayloadHash(heard.decoded.payload_hash),
            duration_s: heard.decoded.duration_s,
            codec: heard.stream.codec.clone(),
            sample_rate_hz: heard.stream.sample_rate_hz,
            channels: heard.stream.channels,
            tuning_cents: heard.tuning_cents,
            refused,
            heard_s: now_s(),
        };
        let features = match &heard.sound {
            Sound::Music { crema, chroma } => vec![
                reprise_store::Features { kind: "crema", version: Versions::CURRENT.crema, frames: crema },
                reprise_store::Features { kind: "chroma", version: Versions::CURRENT.chroma, frames: chroma },
            ],
            Sound::Refused(_) => Vec::new(),
        };
        let warnings: Vec<(&str, &str)> =
            heard.decoded.warnings.iter().map(|warning| ("damaged", warning.as_str())).collect();
        as_stored(&heard.fingerprint, |fingerprint| {
            let heard = HeardFile {
                folder: file.folder,
                stamp: stamp(&file.job.found, &nfc),
                tags: &stored(heard.tags),
                sound: &sound,
                features: &features,
                waveform: &heard.waveform,
                fingerprint: sound.refused.is_none().then_some(fingerprint),
                warnings: &warnings,
                at_s: now_s(),
            };
            self.unless_removed(file, |store| {
                take_over_vanished(store, file, &heard.sound.payload)?;
                store.commit_heard(&heard).map(drop)
            })
        })?;
        Ok(outcome)
    }

    /// Remembers a failure, so that an unchanged file is not tried again at every scan; what another try might
    /// mend (permissions, a file that vanished) is not remembered.
    fn commit_failure(&self, file: &FileJob, error: &HearError) -> Result<Outcome, Error> {
        let found = &file.job.found;
        let may_mend = matches!(
            error,
            HearError::Audio(reprise_audio::Error::Unreadable { .. })
                | HearError::Inference(_)
                | HearError::Spool(_)
        );
        let version = FileVersion { size_bytes: found.size_bytes, mtime_ns: found.mtime_ns };
        let problem = NewProblem {
            path: &found.path,
            kind: "unusable",
            message: &error.to_string(),
            is_warning: false,
            at_s: now_s(),
            file: (!may_mend).then_some(version),
        };
        self.unless_removed(file, |store| store.commit_failure(&problem))?;
        Ok(Outcome::Problem)
    }

    /// Writes what became of a file, unless the user has taken its folder out of the library in the meantime.
    fn unless_removed(
        &self,
        file: &FileJob,
        write: impl FnOnce(&mut Store) -> Result<(), reprise_store::Error>,
    ) -> Result<(), Error> {
        self.change(
            Changed::Tracks,
            |store| if store.has_folder(file.folder)? { write(store) } else { Ok(()) },
        )
    }

    /// One present file for each recording that owes a feature.
    pub(crate) fn owed_paths(&self) -> Result<Vec<PathBuf>, Error> {
        let store = self.asking()?;
        let mut owed = store.owed("crema", Versions::CURRENT.crema)?;
        owed.extend(store.owed("chroma", Versions::CURRENT.chroma)?);
        let mut seen = HashSet::new();
        owed.retain(|one| seen.insert(one.recording));
        Ok(owed.into_iter().map(|one| one.path).collect())
    }

    /// The same as jobs; files that are not there now stay owed.
    pub(crate) fn owed_files(&self) -> Result<Vec<FileJob>, Error> {
        let present = self.owed_paths()?.into_iter().filter_map(|path| describe(&path).ok());
        let job = |found: Found| {
            let folder = self.folder_of(&found.path)?;
            Ok(FileJob { folder, job: Job { found, maybe_known: false } })
        };
        present.map(job).collect()
    }

    /// Hears a file without taking anything down.
    pub(crate) fn hear_unseen(&self, path: &Path) -> Result<Heard, Error> {
        let not_heard = |reason: String| Error::NotInLibrary { path: path.to_path_buf(), reason };
        let tools = Tools::find()?;
        let stop = std::sync::atomic::AtomicBool::new(false);
        tools.ear()?.hear(path, &stop).map_err(|error| not_heard(error.to_string()))
    }
}

/// Runs `work` on so many threads and joins what they give; the first error wins.
pub(crate) fn on_threads<T: Send>(
    threads: usize,
    work: impl Fn() -> Result<Vec<T>, Error> + Sync,
) -> Result<Vec<T>, Error> {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(&work)).collect();
        let mut all = Vec::new();
        for thread in running {
            match thread.join() {
                Ok(part) => all.extend(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}

fn count(outcomes: &[Outcome], which: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|outcome| which(outcome)).count()
}

fn stored(tags: reprise_audio::Tags) -> reprise_store::Tags {
    reprise_store::Tags {
        title: tags.title,
        artist: tags.artist,
        album: tags.album,
        album_artist: tags.album_artist,
        genre: tags.genre,
        year: tags.year,
        track_number: tags.track_number,
        compilation: tags.compilation,
        recording_mbid: tags.recording_id,
        work_mbids: tags.work_ids,
    }
}
