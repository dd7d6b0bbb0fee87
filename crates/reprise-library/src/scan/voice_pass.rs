//! The second pass: analyses the voices of the library, most useful tracks first, and links recordings by voice.
//!
//! An interrupted pass continues where it stopped, because recordings without a melody are owed. Each track is
//! committed when it is done.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use reprise_analysis::{Singing, Tools, VoiceAnalyser};
use reprise_features::Versions;
use reprise_matching::sung_share;
use reprise_store::{Features, Owed, RecordingId, TrackId};

use crate::candidates::model::check_models;
use crate::database::{Changed, Database};
use crate::decisions::calibration::renew as renew_calibration;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::linking::link;
use crate::linking::pairs::newly_sung;
use crate::linking::run::LinkingRun;
use crate::progress::{Event, Progress};
use crate::recordings::owed::voice_counts;
use crate::recordings::{known_track, matchable};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::{Confidence, Thresholds};
use crate::threads::{Effort, on_each};

/// How many tracks are analysed between two runs of linking.
const PORTION: usize = 48;

/// The key in `meta` for whether voices are analysed.
const WANTED: &str = "voices_wanted";

/// The track whose voice has priority over all others.
#[derive(Default)]
struct Preferred(Mutex<Option<RecordingId>>);

/// The results of the voice pass.
#[derive(Debug, Clone, Default)]
pub struct VoiceSummary {
    /// Tracks whose voice was analysed.
    pub analysed: usize,
    /// Analysed tracks in which somebody sings.
    pub sung: usize,
    /// Files that could not be read again. Their voice is still owed.
    pub unreadable: usize,
    /// The total time.
    pub seconds: f64,
    /// Whether the caller stopped the pass. The rest is still owed.
    pub stopped: bool,
}

pub(crate) fn analyse_voices(
    database: &Database,
    effort: &Effort,
    progress: &Progress,
) -> Result<VoiceSummary, Error> {
    check_models(database)?;
    let (began, _at_work) = (Instant::now(), database.at_work());
    let mut summary = VoiceSummary::default();
    let waiting = owed_voices(database)?;
    let total = voice_counts(database)?.analysed + waiting.len();
    let is_analysed = waiting.is_empty();
    if let Some(first) = waiting.last() {
        // The analysis of the first voice takes a while.
        let (done, path) = (total - waiting.len(), first.path.clone());
        progress.report(Event::AnalysingVoices { done, total, path });
    }
    let queue = Mutex::new(waiting);
    let mut run = LinkingRun::default();
    // The first portion also links what an interrupted pass analysed but did not link.
    let mut is_related = is_analysed && !owes_voice_relations(database)?;
    let tools = if is_analysed { None } else { Some(Tools::find()?) };
    while !is_related && !progress.stopped() {
        if let Some(tools) = &tools {
            analyse_portion(database, &queue, tools, *effort, total, progress, &mut summary)?;
        }
        let is_last = queue.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if !progress.stopped() {
            run.is_last = is_last;
            link(database, &mut run, *effort, progress)?;
        }
        is_related = is_last;
    }
    renew_calibration(database)?;
    summary.stopped = progress.stopped();
    summary.seconds = began.elapsed().as_secs_f64();
    Ok(summary)
}

pub(crate) fn want_voices(database: &Database, wanted: bool) -> Result<(), Error> {
    Ok(database.store().set_meta(WANTED, if wanted { "yes" } else { "no" })?)
}

pub(crate) fn wants_voices(database: &Database) -> Result<bool, Error> {
    Ok(database.reader()?.meta(WANTED)?.as_deref() != Some("no"))
}

pub(crate) fn prefer_voice(database: &Database, track: TrackId) -> Result<(), Error> {
    let track = known_track(database, track)?;
    if let Some(recording) = track.recording {
        *database.kept::<Preferred>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(recording);
    }
    Ok(())
}

pub(crate) fn voice_is_analysed(database: &Database, track: TrackId) -> Result<bool, Error> {
    let Some(payload) = known_track(database, track)?.payload else { return Ok(true) };
    let reader = database.reader()?;
    let Some(recording) = reader.recording(&payload)? else { return Ok(true) };
    let is_matched = recording.sound.refused.is_none() && recording.sound.duration_s <= LONGEST_MATCHED_S;
    Ok(!is_matched || reader.has_features(recording.id, &[("melody", Versions::CURRENT.melody)])?)
}

/// Recordings whose voice is not analysed, most useful last, because they are taken from the end.
fn owed_voices(database: &Database) -> Result<Vec<Owed>, Error> {
    let reader = database.reader()?;
    let mut owed = reader.owed("melody", Versions::CURRENT.melody)?;
    let analysed: HashMap<RecordingId, f64> =
        matchable(database)?.into_iter().map(|one| (one.id, one.sound.duration_s)).collect();
    owed.retain(|one| {
        analysed.get(&one.recording).is_some_and(|duration_s| *duration_s <= LONGEST_MATCHED_S)
    });
    let mut best: HashMap<RecordingId, f32> = HashMap::new();
    for link in reader.links()? {
        for end in [link.a, link.b] {
            let standing = best.entry(end).or_insert(link.standing);
            *standing = standing.max(link.standing);
        }
    }
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    owed.sort_by_key(|one| usefulness(best.get(&one.recording).copied(), &thresholds));
    Ok(owed)
}

/// Analyses a portion of the owed voices on several threads.
fn analyse_portion(
    database: &Database,
    queue: &Mutex<Vec<Owed>>,
    tools: &Tools,
    effort: Effort,
    total: usize,
    progress: &Progress,
    summary: &mut VoiceSummary,
) -> Result<(), Error> {
    // Each turn takes the track that has the highest priority at that moment.
    let n_waiting = queue.lock().unwrap_or_else(PoisonError::into_inner).len();
    let turns: Vec<usize> = (0..n_waiting.min(PORTION)).collect();
    let analyse = |_: &usize, analyser: &mut VoiceAnalyser<'_>| {
        let Some(owed) = take(database, queue) else { return Ok(None) };
        let outcome = analyse_voice(database, analyser, &owed, progress)?;
        let left = queue.lock().unwrap_or_else(PoisonError::into_inner).len();
        progress.report(Event::AnalysingVoices { done: total - left, total, path: owed.path });
        Ok(Some(outcome))
    };
    let outcomes = on_each(effort.threads, &turns, progress, || Ok(tools.voice_analyser()?), analyse)?;
    let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
    summary.analysed += outcomes.iter().filter(|one| matches!(one, Outcome::Analysed { .. })).count();
    summary.sung += outcomes.iter().filter(|one| matches!(one, Outcome::Analysed { is_sung: true })).count();
    summary.unreadable += outcomes.iter().filter(|one| matches!(one, Outcome::Unreadable)).count();
    Ok(())
}

/// The next track: the preferred one, if it is owed.
fn take(database: &Database, queue: &Mutex<Vec<Owed>>) -> Option<Owed> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let preferred = database.kept::<Preferred>().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = preferred.and_then(|id| queue.iter().position(|owed| owed.recording == id));
    match place {
        Some(place) => Some(queue.remove(place)),
        None => queue.pop(),
    }
}

fn analyse_voice(
    database: &Database,
    analyser: &mut VoiceAnalyser,
    owed: &Owed,
    progress: &Progress,
) -> Result<Outcome, Error> {
    let Some(recording) = database.reader()?.recording(&owed.payload)? else {
        return Ok(Outcome::Unreadable);
    };
    let stop = progress.stop_flag();
    let tuning_cents = recording.sound.tuning_cents;
    let duration_s = recording.sound.duration_s;
    // A panic in a transform or a network must affect only this track, not the pass.
    let analysed = catch_unwind(AssertUnwindSafe(|| {
        match analyser.is_sung(&owed.path, tuning_cents, duration_s, stop)? {
            true => analyser.melody(&owed.path, tuning_cents, Singing::Detected, stop, &mut |_| {}),
            false => Ok(Vec::new()),
        }
    }));
    let melody = match analysed {
        Ok(Ok(melody)) => melody,
        Ok(Err(error)) if error.is_stop() => return Ok(Outcome::Stopped),
        // It was decoded before, so the next scan reports what is wrong with the file now.
        Ok(Err(_)) | Err(_) => return Ok(Outcome::Unreadable),
    };
    let share = sung_share(&melody);
    let melody = Features { kind: "melody", version: Versions::CURRENT.melody, frames: &melody };
    database.change(Changed::Relations, |store| store.put_voice(&owed.payload, &melody, share))?;
    Ok(Outcome::Analysed { is_sung: share > 0.0 })
}

/// Whether there is a sung recording that was analysed but not linked by voice.
fn owes_voice_relations(database: &Database) -> Result<bool, Error> {
    Ok(!newly_sung(database, &matchable(database)?)?.is_empty())
}

/// The result for one track.
enum Outcome {
    Analysed { is_sung: bool },
    Unreadable,
    Stopped,
}

/// How useful the voice of a recording is, given the standing of its best match by harmony. A contested match comes
/// first, then a recording without a match, and a certain match comes last.
fn usefulness(best: Option<f32>, thresholds: &Thresholds) -> (u8, i32) {
    match best {
        Some(score) if thresholds.confidence(score) == Confidence::Certain => (0, -(score * 100.0) as i32),
        Some(score) => (2, (score * 100.0) as i32),
        None => (1, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contested_matches_are_analysed_first_and_certain_ones_last() {
        let mut scores = [Some(40.0), None, Some(6.0), Some(10.0), Some(12.0)];
        scores.sort_by_key(|score| usefulness(*score, &Thresholds::among(784)));
        assert_eq!(scores, [Some(40.0), Some(12.0), None, Some(6.0), Some(10.0)], "the last is taken first");
        scores.sort_by_key(|score| usefulness(*score, &Thresholds::among(100_000)));
        assert_eq!(scores[4], Some(12.0), "what is certain among few is contested among many");
    }
}
