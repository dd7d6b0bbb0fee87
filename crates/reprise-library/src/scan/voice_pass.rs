//! The second pass: analyses the voices of the library and the words in them, most useful tracks first, and links
//! recordings by them.
//!
//! An interrupted pass continues where it stopped, because recordings without a melody or words are owed. The melody and
//! the words of each track are committed when they are done.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use reprise_analysis::Tools;
use reprise_features::Versions;
use reprise_store::{Owed, RecordingId, TrackId};

use crate::candidates::model::check_models;
use crate::database::Database;
use crate::decisions::calibration::renew as renew_calibration;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::linking::link;
use crate::linking::pairs::newly_sung;
use crate::linking::run::LinkingRun;
use crate::progress::{Event, Progress};
use crate::recordings::owed::voice_counts;
use crate::recordings::words::words_are_installed;
use crate::recordings::{known_track, matchable};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::{Confidence, Thresholds};
use crate::scan::voice_of_track::{Outcome, OwedVoice, VoiceAnalysers};
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
    /// Tracks that were listened to for words.
    pub listened: usize,
    /// Tracks in which words were heard.
    pub with_words: usize,
    /// Files that could not be read again. Their voice is still owed.
    pub unreadable: usize,
    /// The total time.
    pub seconds: f64,
    /// Whether the caller stopped the pass. The rest is still owed.
    pub stopped: bool,
}

pub(crate) fn analyse_voices(
    database: &Database,
    with_words: bool,
    effort: &Effort,
    progress: &Progress,
) -> Result<VoiceSummary, Error> {
    check_models(database)?;
    let (began, _at_work) = (Instant::now(), database.at_work());
    let mut summary = VoiceSummary::default();
    let with_words = with_words && words_are_installed();
    database.store().remove_words_except(Versions::CURRENT.words)?;
    let waiting = owed_voices(database, with_words)?;
    // A recording of which only words are owed is among those whose voice is analysed.
    let n_melodies = waiting.iter().filter(|one| one.owes_melody).count();
    let total = voice_counts(database)?.analysed + n_melodies;
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
            let portion = Portion { database, queue: &queue, tools, with_words, total, progress };
            summary.add(&portion.analyse(*effort)?);
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

/// Recordings of whose voice something is owed, most useful last, because they are taken from the end. Melodies come
/// before words: they are needed more often.
fn owed_voices(database: &Database, with_words: bool) -> Result<Vec<OwedVoice>, Error> {
    let reader = database.reader()?;
    let melody = Versions::CURRENT.melody;
    let owes = |owed: Vec<Owed>, owes_melody: bool| {
        owed.into_iter().map(move |Owed { recording, payload, path, .. }| OwedVoice {
            recording,
            payload,
            path,
            owes_melody,
        })
    };
    let mut owed: Vec<OwedVoice> = owes(reader.owed("melody", melody)?, true).collect();
    if with_words {
        owed.extend(owes(reader.owed_words(Versions::CURRENT.words, melody)?, false));
    }
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
    owed.sort_by_key(|one| (one.owes_melody, usefulness(best.get(&one.recording).copied(), &thresholds)));
    Ok(owed)
}

/// A portion of the owed voices.
struct Portion<'a> {
    database: &'a Database,
    queue: &'a Mutex<Vec<OwedVoice>>,
    tools: &'a Tools,
    with_words: bool,
    total: usize,
    progress: &'a Progress<'a>,
}

impl Portion<'_> {
    /// Analyses it on several threads.
    fn analyse(&self, effort: Effort) -> Result<Vec<Outcome>, Error> {
        // Each turn takes the track that has the highest priority at that moment.
        let n_waiting = self.queue.lock().unwrap_or_else(PoisonError::into_inner).len();
        let turns: Vec<usize> = (0..n_waiting.min(PORTION)).collect();
        let analysers = || VoiceAnalysers::find(self.tools, self.with_words);
        let analyse = |_: &usize, analysers: &mut VoiceAnalysers<'_>| {
            let Some(owed) = take(self.database, self.queue) else { return Ok(None) };
            let outcome = analysers.analyse(self.database, &owed, self.progress)?;
            let left = self.queue.lock().unwrap_or_else(PoisonError::into_inner).len();
            let done = self.total - left;
            self.progress.report(Event::AnalysingVoices { done, total: self.total, path: owed.path });
            Ok(Some(outcome))
        };
        let outcomes = on_each(effort.threads, &turns, self.progress, analysers, analyse)?;
        Ok(outcomes.into_iter().flatten().collect())
    }
}

impl VoiceSummary {
    fn add(&mut self, outcomes: &[Outcome]) {
        let count = |holds: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|one| holds(one)).count();
        self.analysed += count(&|one| one.is_sung.is_some());
        self.sung += count(&|one| one.is_sung == Some(true));
        self.listened += count(&|one| one.has_words.is_some());
        self.with_words += count(&|one| one.has_words == Some(true));
        self.unreadable += count(&|one| one.is_unreadable);
    }
}

/// The next track: the preferred one, if it is owed.
fn take(database: &Database, queue: &Mutex<Vec<OwedVoice>>) -> Option<OwedVoice> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let preferred = database.kept::<Preferred>().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = preferred.and_then(|id| queue.iter().position(|owed| owed.recording == id));
    match place {
        Some(place) => Some(queue.remove(place)),
        None => queue.pop(),
    }
}

/// Whether there is a recording whose voice or words were analysed but not linked.
fn owes_voice_relations(database: &Database) -> Result<bool, Error> {
    let uncompared = database.reader()?.recordings_with_words(Versions::CURRENT.words, true)?;
    Ok(!uncompared.is_empty() || !newly_sung(database, &matchable(database)?)?.is_empty())
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
