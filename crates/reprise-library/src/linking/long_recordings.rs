//! Finds songs in recordings that are too long to be aligned as a whole, such as sets and concerts. Each section is
//! aligned as if it were a track.

use std::sync::atomic::{AtomicUsize, Ordering};

use reprise_analysis::{Frames, Tools};
use reprise_inference::{Asimt, Embedder};
use reprise_matching::local_embeddings::SearchScratch;
use reprise_matching::{Score, Scratch, Settings, Track, align_at, normalise, score_with};
use reprise_store::{Passage, Recording, RecordingId, Sections};

use crate::candidates::nearest::Nearest;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::linking::run::Linking;
use crate::progress::Event;
use crate::recordings::impostors::ImpostorCohort;
use crate::recordings::prepared::{PreparedTracks, prepared, stored_frames};
use crate::recordings::{ALIGNER, FEATURES, place_of, sample};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::passage;
use crate::relations::thresholds::Thresholds;
use crate::threads::on_each;

/// The length of a section, shorter than most songs, so that one song fills most of a section.
const SECTION_S: f64 = 120.0;

/// The distance between the starts of sections: every minute of music is the middle of one section.
const HOP_S: f64 = 60.0;

/// If two songs meet in a section, its mean frame does not represent either key well. So more keys are tried than for
/// whole tracks.
const SETTINGS: Settings = Settings { keys_tried: 4, ..Settings::RECIPE };

/// How many recordings of the library are in the cohort of a section, beside the bundled ones.
const IMPOSTORS: usize = 50;

/// Up to this many new recordings are compared with every section. If there are more and the library is large, only a
/// shortlist is compared.
const COMPARED_DIRECTLY: usize = 64;

/// The length of the shortlist for a section.
const SHORTLISTED: usize = 40;

/// A section of a long recording.
struct Section {
    start_s: f64,
    frames: Frames,
    track: Track,
}

/// Searches long recordings for songs that they were not searched for yet.
pub(crate) fn search_sections(linking: &Linking) -> Result<(), Error> {
    let Linking { database, recordings, tracks, effort, progress } = *linking;
    let Some(last) = recordings.last().map(|recording| recording.id) else { return Ok(()) };
    let made_by = made_by();
    let mut owed = Vec::new();
    for container in long_recordings(database)? {
        let known = database.reader()?.sections(container.id, &made_by)?;
        if known.as_ref().is_none_or(|known| known.searched_up_to < last) {
            owed.push((container, known));
        }
    }
    if owed.is_empty() {
        return Ok(());
    }
    let (impostors, done) = (ImpostorCohort::of(database)?, AtomicUsize::new(0));
    let nearest = (recordings.len() > database.limits.aligned_whole)
        .then(|| Nearest::of(database, Embedder::Harmony))
        .transpose()?;
    on_each(
        effort.threads,
        &owed,
        progress,
        || Ok(Scratch::default()),
        |(container, known), scratch| {
            let sections = sections_of(&stored_frames(&*database.reader()?, &container.sound.payload)?);
            let known = known.as_ref().filter(|known| known.cohort_statistics.len() == sections.len());
            let statistics = match known {
                Some(known) => known.cohort_statistics.clone(),
                None => section_statistics(&sections, recordings, tracks, &impostors, scratch)?,
            };
            let after =
                known.map_or(0, |known| recordings.partition_point(|one| one.id <= known.searched_up_to));
            let search = Search { database, recordings, tracks, nearest: nearest.as_ref(), after };
            let found = search.songs(container.id, &sections, &statistics, scratch)?;
            let searched = Sections {
                container: container.id,
                made_by: made_by.clone(),
                searched_up_to: last,
                cohort_statistics: statistics,
            };
            database.change(Changed::Relations, |store| store.put_sections(&searched, &found))?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(Event::SearchingSets { done, total: owed.len() });
            Ok(())
        },
    )?;
    Ok(())
}

/// Analysed recordings that are too long to be aligned as a whole.
fn long_recordings(database: &Database) -> Result<Vec<Recording>, Error> {
    let mut recordings = database.reader()?.recordings_with(&FEATURES)?;
    recordings.retain(|recording| recording.sound.duration_s > LONGEST_MATCHED_S);
    Ok(recordings)
}

/// The mean and standard deviation of each section's scores against its cohort.
fn section_statistics(
    sections: &[Section],
    recordings: &[Recording],
    tracks: &PreparedTracks,
    impostors: &ImpostorCohort,
    scratch: &mut Scratch,
) -> Result<Vec<[f32; 2]>, Error> {
    let sample = sample(recordings, IMPOSTORS);
    let mut statistics = Vec::with_capacity(sections.len());
    for section in sections {
        let mut scores = impostors.scores_with(&SETTINGS, &section.track, scratch);
        for index in &sample {
            let impostor = tracks.track(*index as u32)?;
            scores.push(score_with(&section.track, &impostor, &SETTINGS, scratch).score);
        }
        let of_section = normalise::CohortStatistics::of(scores.into_iter());
        statistics.push([of_section.mean, of_section.deviation]);
    }
    Ok(statistics)
}

/// The search for songs in long recordings.
struct Search<'a> {
    database: &'a Database,
    recordings: &'a [Recording],
    tracks: &'a PreparedTracks<'a>,
    /// Present if the library is large.
    nearest: Option<&'a Nearest<'a>>,
    /// The index of the first recording that was not searched for yet.
    after: usize,
}

impl Search<'_> {
    /// The songs in a long recording, each with the section where its score is highest.
    fn songs(
        &self,
        container: RecordingId,
        sections: &[Section],
        statistics: &[[f32; 2]],
        scratch: &mut Scratch,
    ) -> Result<Vec<Passage>, Error> {
        let reader = self.database.reader()?;
        let thresholds = Thresholds::among(self.recordings.len());
        // Every section gives an impostor one more chance of a high score.
        let chances = Thresholds::worth_of_more(sections.len());
        let new = self.after..self.recordings.len();
        let is_searched = |_: &&Nearest| new.len() > COMPARED_DIRECTLY;
        let mut shortlist = self.nearest.filter(is_searched).map(Shortlist::of).transpose()?;
        let mut best: Vec<Option<(f32, Score, usize)>> = vec![None; self.recordings.len()];
        for (place, (section, [mean, deviation])) in sections.iter().zip(statistics).enumerate() {
            let statistics = normalise::CohortStatistics { mean: *mean, deviation: *deviation, n: 0 };
            let candidates = match &mut shortlist {
                Some(shortlist) => shortlist.candidates(section, self.recordings)?,
                None => new.clone().collect(),
            };
            for index in candidates.into_iter().filter(|index| new.contains(index)) {
                let id = self.recordings[index].id;
                let song = self.tracks.track(index as u32)?;
                let scored = score_with(&section.track, &song, &SETTINGS, scratch);
                let normalisation = ScoreNormalisation::between(&reader, [id].into_iter())?;
                let Some(score) = normalisation.score_with(scored.score, &statistics, id) else { continue };
                let (worth, known) = (score - chances, best[index].map_or(f32::MIN, |(known, ..)| known));
                if thresholds.is_possible_by_itself(worth) && worth > known {
                    best[index] = Some((worth, scored, place));
                }
            }
        }
        let mut songs = Vec::new();
        for (index, (score, scored, place)) in
            best.iter().enumerate().filter_map(|(i, one)| Some((i, (*one)?)))
        {
            let section = &sections[place];
            let alignment = align_at(scored, &section.track, &*self.tracks.track(index as u32)?);
            songs.push(passage((container, self.recordings[index].id), score, &alignment, section.start_s));
        }
        Ok(songs)
    }
}

/// Finds the recordings of a large library that a section is compared with.
struct Shortlist<'a> {
    nearest: &'a Nearest<'a>,
    asimt: Asimt,
    scratch: SearchScratch,
}

impl<'a> Shortlist<'a> {
    fn of(nearest: &'a Nearest<'a>) -> Result<Self, Error> {
        Ok(Self {
            nearest,
            asimt: Tools::find()?.asimt(nearest.space().folder(), Embedder::Harmony)?,
            scratch: SearchScratch::default(),
        })
    }

    /// The candidates, as indices of `recordings`.
    fn candidates(&mut self, section: &Section, recordings: &[Recording]) -> Result<Vec<usize>, Error> {
        let (crema, chroma) = &section.frames;
        let query = self.nearest.space().embed(&mut self.asimt, &[vec![crema, chroma]])?.pop();
        let found = self.nearest.to_track(&query.unwrap_or_default(), SHORTLISTED, &mut self.scratch)?;
        Ok(found.into_iter().filter_map(|(id, _)| place_of(recordings, id)).collect())
    }
}

/// The parameters of passages in sets; passages found with other parameters are stale.
fn made_by() -> String {
    let [crema, chroma] = FEATURES;
    let keys = SETTINGS.keys_tried;
    format!("aligner {ALIGNER}, {} {}, {SECTION_S} s each {HOP_S} s in {keys} keys", crema.1, chroma.1)
}

fn sections_of((crema, chroma): &Frames) -> Vec<Section> {
    let rate_hz = reprise_features::Spec::v1().frame_rate_hz();
    let (length, hop) = ((SECTION_S * rate_hz) as usize, (HOP_S * rate_hz) as usize);
    let n_frames = crema.len().min(chroma.len());
    let starts = (0..n_frames).step_by(hop).take_while(|start| *start == 0 || start + hop < n_frames);
    let section = |start: usize| {
        let frames = start..n_frames.min(start + length);
        let frames: Frames = (crema[frames.clone()].to_vec(), chroma[frames].to_vec());
        let track = prepared(&frames, None);
        Section { start_s: start as f64 / rate_hz, frames, track }
    };
    starts.map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_overlap_by_half_and_reach_the_end() {
        let rate_hz = reprise_features::Spec::v1().frame_rate_hz();
        let of_s = |seconds: f64| {
            let frames = vec![[0.5; 12]; (seconds * rate_hz) as usize];
            let sections = sections_of(&(frames.clone(), frames));
            sections
                .iter()
                .map(|one| (one.start_s.round(), (one.frames.0.len() as f64 / rate_hz).round()))
                .collect::<Vec<_>>()
        };
        assert_eq!(of_s(60.0), [(0.0, 60.0)]);
        assert_eq!(of_s(210.0), [(0.0, 120.0), (60.0, 120.0), (120.0, 90.0)]);
        assert_eq!(of_s(3590.0).len(), 59);
        assert_eq!(of_s(0.0), []);
    }
}
