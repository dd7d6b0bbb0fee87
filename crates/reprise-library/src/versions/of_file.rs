//! The versions of one file, in the library or not, ranked by normalised score and explained by alignment. For a track
//! of the library see `of_track.rs`.

use std::collections::HashMap;
use std::path::Path;

use reprise_analysis::Frames;
use reprise_fingerprint::Sameness;
use reprise_matching::{Scratch, align};
use reprise_store::{RecordingId, Store};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::prepared::{prepared, stored_frames, stored_track};
use crate::relations::competition::standings;
use crate::relations::evidence::Evidence;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::SharedPassage;
use crate::relations::related::{RelatedRecording, best_first};
use crate::relations::remainder::score_besides;
use crate::relations::same_audio::{SameAudio, same_audio_as};
use crate::renditions::claims::tagged_kinds;
use crate::versions::cover::{Covers, Query};
use crate::versions::explain::explained;
use crate::versions::external_file::{ColdAlignment, align_cold, analyse_external_file, normalised_scores};
use crate::versions::of_track::covers_of_track;

pub(crate) fn covers(database: &Database, path: &Path, limit: usize) -> Result<Covers, Error> {
    let known = database.reader()?.track_at(path)?.filter(|track| track.payload.is_some());
    match known {
        Some(track) => covers_of_track(database, &track, limit),
        None => covers_of_external_file(database, path, limit),
    }
}

/// Compares a file outside the library with all recordings, or with a shortlist.
fn covers_of_external_file(database: &Database, path: &Path, limit: usize) -> Result<Covers, Error> {
    let external = analyse_external_file(path)?;
    let shared = same_audio_as(database, &external.audio)?;
    let (track, cold, not_matched) = match &external.frames {
        Ok(frames) => {
            let track = prepared(frames, None);
            let cold = align_cold(database, frames, &track)?;
            (Some(track), Some(cold), None)
        }
        Err(reason) => (None, None, Some(reason.clone())),
    };
    let duration_s = external.audio.duration_s;
    let query = Query { info: external.info, track, duration_s, sung_share: None, language: None };
    let aligned = cold.as_ref().zip(external.frames.as_ref().ok());
    let ranked = ranked(database, &query, aligned, shared)?;
    let covers = explained(database, &query, None, ranked, limit)?;
    let kinds = tagged_kinds(&query.info);
    Ok(Covers { query: query.info, in_library: false, not_matched, kinds, covers })
}

/// The candidates of an external file and the recordings that share audio with it, best first.
fn ranked(
    database: &Database,
    query: &Query,
    aligned: Option<(&ColdAlignment, &Frames)>,
    mut shared: HashMap<RecordingId, SameAudio>,
) -> Result<Vec<RelatedRecording>, Error> {
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    let aligned = match aligned {
        Some((cold, frames)) => {
            let mut scores = normalised_scores(database, cold)?;
            for (id, same) in shared.iter().filter(|(_, same)| same.sameness == Sameness::Part) {
                if let Some(score) = scores.get_mut(id) {
                    *score = score_of_remainder(&reader, (cold, frames), *id, same)?;
                }
            }
            scores
        }
        None => HashMap::new(),
    };
    let standings = standings(&reader, None, aligned)?;
    let mut scores: HashMap<RecordingId, Option<f32>> =
        standings.into_iter().map(|(id, score)| (id, Some(score))).collect();
    for id in shared.keys() {
        scores.entry(*id).or_default();
    }
    let mut ranked = Vec::with_capacity(scores.len());
    for (recording, score) in scores {
        let same = shared.remove(&recording);
        let held = match score.filter(|score| *score >= thresholds.version()) {
            Some(score) => held_in_passing(&reader, query, recording, score)?,
            None => None,
        };
        let relation = thresholds.relation_of(&Evidence {
            shared: same.as_ref().map(|same| same.sameness),
            shares_a_passage: held.is_some(),
            score,
            ..Evidence::default()
        });
        ranked.push(RelatedRecording { recording, score, relation, held, same });
    }
    best_first(&mut ranked);
    Ok(ranked)
}

/// The normalised score of an external file and a recording of the library, without the audio that both contain.
fn score_of_remainder(
    reader: &Store,
    (cold, frames): (&ColdAlignment, &Frames),
    recording: RecordingId,
    same: &SameAudio,
) -> Result<f32, Error> {
    let Some(known) = reader.recording_in(recording)? else { return Ok(0.0) };
    let other = stored_frames(reader, &known.sound.payload)?;
    let score = score_besides(frames, &other, &same.stretches, &mut Scratch::default());
    let normalisation = ScoreNormalisation::between(reader, [recording].into_iter())?;
    Ok(normalisation.score_with(score, &cold.statistics, recording).unwrap_or_default())
}

/// The passage, if an external file and a likely version of it have only a passage in common.
fn held_in_passing(
    reader: &Store,
    query: &Query,
    recording: RecordingId,
    score: f32,
) -> Result<Option<SharedPassage>, Error> {
    let Some((track, known)) = query.track.as_ref().zip(reader.recording_in(recording)?) else {
        return Ok(None);
    };
    let alignment = align(track, &stored_track(reader, &known)?);
    Ok(SharedPassage::in_passing(score, &alignment, query.duration_s, known.sound.duration_s))
}
