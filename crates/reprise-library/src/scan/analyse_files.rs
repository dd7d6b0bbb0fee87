//! Analyses several files at a time and commits each file as soon as it is done.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use reprise_analysis::{Analyser, Error as AnalysisError, Sound, Tools, TrackAnalysis};
use reprise_features::Versions;
use reprise_store::{AnalysedFile, FileVersion, NewProblem, PayloadHash, SameSound, Store};

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::linking::fingerprints::as_stored;
use crate::progress::{Event, Progress};
use crate::recordings::FEATURES;
use crate::recordings::owed::owed_paths;
use crate::recordings::track_info::stored_tags;
use crate::scan::job::{FileJob, Summary, folder_of, nfc, stamp};
use crate::scan::moved::take_over_vanished;
use crate::scan::plan::Job;
use crate::scan::walk::{Found, describe};
use crate::threads::{Effort, on_each};

/// The result for one file.
enum Outcome {
    Matched,
    NotMatched,
    /// Its audio was already known.
    Recognised,
    /// Its audio was already known, and the old file has vanished.
    Moved,
    Problem,
    Stopped,
}

/// Analyses a portion of `jobs` on several threads. A stop ends it early with the library in a consistent state.
pub(crate) fn analyse_files(
    database: &Database,
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
    let (total, done) = (jobs.len(), AtomicUsize::new(portion.start));
    let analyse = |job: &FileJob, analyser: &mut Analyser<'_>| {
        let outcome = analyse_one(database, analyser, job, progress)?;
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.report(Event::Analysing { done, total, path: job.job.found.path.clone() });
        Ok(outcome)
    };
    let outcomes = on_each(effort.threads, &jobs[portion], progress, || Ok(tools.analyser()?), analyse)?;
    summary.analysed += count(&outcomes, |o| matches!(o, Outcome::Matched | Outcome::NotMatched));
    summary.not_matched += count(&outcomes, |o| matches!(o, Outcome::NotMatched));
    summary.unchanged += count(&outcomes, |o| matches!(o, Outcome::Recognised));
    summary.moved += count(&outcomes, |o| matches!(o, Outcome::Moved));
    summary.analysis_seconds += began.elapsed().as_secs_f64();
    Ok(())
}

fn analyse_one(
    database: &Database,
    analyser: &mut Analyser,
    file: &FileJob,
    progress: &Progress,
) -> Result<Outcome, Error> {
    let found = &file.job.found;
    if file.job.maybe_known
        && let Some(outcome) = recognise(database, analyser, file)?
    {
        return Ok(outcome);
    }
    // A panic in the transform or a network must affect only this file, not the scan.
    let analysed = catch_unwind(AssertUnwindSafe(|| analyser.analyse(&found.path, progress.stop_flag())));
    match analysed {
        Ok(Ok(analysed)) => commit(database, file, analysed),
        Ok(Err(error)) if error.is_stop() => Ok(Outcome::Stopped),
        Ok(Err(error)) => commit_failure(database, file, &error),
        Err(_) => commit_failure(database, file, &AnalysisError::Panicked),
    }
}

/// Reads the identity of the audio before decoding; `None` unless the audio is known and nothing is owed for it.
fn recognise(database: &Database, analyser: &Analyser, job: &FileJob) -> Result<Option<Outcome>, Error> {
    let path = &job.job.found.path;
    let Ok(payload) = analyser.worker.payload_hash(path) else { return Ok(None) };
    let payload = PayloadHash(payload);
    if !is_complete(database, &payload)? {
        return Ok(None);
    }
    let nfc = nfc(path);
    let stamp = stamp(&job.job.found, &nfc);
    let tags = stored_tags(analyser.tags(path));
    let file = SameSound { folder: job.folder, stamp, tags: &tags, payload, at_s: now_s() };
    let mut outcome = Outcome::Recognised;
    unless_removed(database, job, |store| {
        if take_over_vanished(store, job, &payload)? {
            outcome = Outcome::Moved;
        }
        store.commit_same_sound(&file).map(drop)
    })?;
    Ok(Some(outcome))
}

/// Whether this audio was analysed before and nothing is owed for it.
fn is_complete(database: &Database, payload: &PayloadHash) -> Result<bool, Error> {
    let store = database.reader()?;
    let Some(recording) = store.recording(payload)? else { return Ok(false) };
    Ok(recording.sound.refused.is_some() || store.has_features(recording.id, &FEATURES)?)
}

fn commit(database: &Database, file: &FileJob, analysed: TrackAnalysis) -> Result<Outcome, Error> {
    let nfc = nfc(&file.job.found.path);
    let refused = match &analysed.sound {
        Sound::Refused(refusal) => Some(refusal.code().to_owned()),
        Sound::Music { .. } => None,
    };
    let outcome = if refused.is_some() { Outcome::NotMatched } else { Outcome::Matched };
    let sound = reprise_store::Sound {
        payload: PayloadHash(analysed.decoded.payload_hash),
        duration_s: analysed.decoded.duration_s,
        codec: analysed.stream.codec.clone(),
        sample_rate_hz: analysed.stream.sample_rate_hz,
        channels: analysed.stream.channels,
        tuning_cents: analysed.tuning_cents,
        refused,
        analysed_s: now_s(),
    };
    let features = match &analysed.sound {
        Sound::Music { crema, chroma } => vec![
            reprise_store::Features { kind: "crema", version: Versions::CURRENT.crema, frames: crema },
            reprise_store::Features { kind: "chroma", version: Versions::CURRENT.chroma, frames: chroma },
        ],
        Sound::Refused(_) => Vec::new(),
    };
    let warnings: Vec<(&str, &str)> =
        analysed.decoded.warnings.iter().map(|warning| ("damaged", warning.as_str())).collect();
    as_stored(&analysed.fingerprint, |fingerprint| {
        let analysed = AnalysedFile {
            folder: file.folder,
            stamp: stamp(&file.job.found, &nfc),
            tags: &stored_tags(analysed.tags),
            sound: &sound,
            features: &features,
            waveform: &analysed.waveform,
            fingerprint: sound.refused.is_none().then_some(fingerprint),
            warnings: &warnings,
            at_s: now_s(),
        };
        unless_removed(database, file, |store| {
            take_over_vanished(store, file, &analysed.sound.payload)?;
            store.commit_analysis(&analysed).map(drop)
        })
    })?;
    Ok(outcome)
}

/// Records a failure, so that an unchanged file is not tried again in every scan. Failures that may not occur again,
/// such as missing permissions or a vanished file, are not recorded.
fn commit_failure(database: &Database, file: &FileJob, error: &AnalysisError) -> Result<Outcome, Error> {
    let found = &file.job.found;
    let may_mend = matches!(
        error,
        AnalysisError::Audio(reprise_audio::Error::Unreadable { .. })
            | AnalysisError::Inference(_)
            | AnalysisError::Spool(_)
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
    unless_removed(database, file, |store| store.commit_failure(&problem))?;
    Ok(Outcome::Problem)
}

/// Writes the result for a file, unless the user removed its folder from the library meanwhile.
fn unless_removed(
    database: &Database,
    file: &FileJob,
    write: impl FnOnce(&mut Store) -> Result<(), reprise_store::Error>,
) -> Result<(), Error> {
    database
        .change(Changed::Tracks, |store| if store.has_folder(file.folder)? { write(store) } else { Ok(()) })
}

/// The files whose analysis is owed, as jobs. Files that are absent now stay owed.
pub(crate) fn owed_files(database: &Database) -> Result<Vec<FileJob>, Error> {
    let present = owed_paths(database)?.into_iter().filter_map(|path| describe(&path).ok());
    let job = |found: Found| {
        let folder = folder_of(database, &found.path)?;
        Ok(FileJob { folder, job: Job { found, maybe_known: false } })
    };
    present.map(job).collect()
}

fn count(outcomes: &[Outcome], which: impl Fn(&Outcome) -> bool) -> usize {
    outcomes.iter().filter(|outcome| which(outcome)).count()
}
