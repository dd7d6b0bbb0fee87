//! Explains a related recording: its evidence, its confidence, and where the two match.

use reprise_matching::{Scratch, View, align_by};
use reprise_store::{Recording, RecordingId, Store};

use crate::database::Database;
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::prepared::aligned;
use crate::recordings::track_info::{TrackInfo, info};
use crate::relations::explanation::{Explanation, telling_audio};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::related::RelatedRecording;
use crate::relations::shared_words::view_and_words;
use crate::relations::thresholds::{Confidence, Relation, Thresholds};
use crate::renditions::claims::{Claim, RenditionEvidence};
use crate::threads::{Effort, on_each};
use crate::versions::cover::{Cover, Query};

/// Adds the explanation to the first `limit` of `found`. `asked` is the row id of the query, if it has one.
pub(crate) fn explained(
    database: &Database,
    query: &Query,
    asked: Option<RecordingId>,
    mut found: Vec<RelatedRecording>,
    limit: usize,
) -> Result<Vec<Cover>, Error> {
    found.truncate(limit);
    let thresholds = ScoreNormalisation::thresholds(&*database.reader()?)?;
    let numbered: Vec<(usize, RelatedRecording)> = found.into_iter().enumerate().collect();
    let explain = |(place, one): &(usize, RelatedRecording), (): &mut ()| {
        Ok((*place, explain(&*database.reader()?, query, asked, one, thresholds)?))
    };
    let threads = Effort::default().threads;
    let mut explained = on_each(threads, &numbered, &Progress::unseen(), || Ok(()), explain)?;
    explained.sort_by_key(|(place, _)| *place);
    Ok(explained.into_iter().flat_map(|(_, covers)| covers).collect())
}

/// The other files with exactly the same audio.
pub(crate) fn copies(
    reader: &Store,
    track: &reprise_store::Track,
    query: &Query,
    nature: &RenditionEvidence,
) -> Result<Vec<Cover>, Error> {
    let Some(payload) = &track.payload else { return Ok(Vec::new()) };
    let mut files = reader.tracks_of(payload)?;
    files.retain(|file| file.id != track.id);
    let explanation = Explanation::copy(query.duration_s);
    let known = (Relation::Copy, Confidence::Certain);
    let copy = |file| {
        let file = info(file);
        let kinds = nature.claims_beside(&query.beside(), &file, Relation::Copy, None);
        cover(file, known, None, &explanation, kinds)
    };
    Ok(files.iter().map(copy).collect())
}

/// The explanation of a related recording, and its score if both recordings can be aligned.
fn tell(
    reader: &Store,
    query: &Query,
    asked: Option<RecordingId>,
    one: &RelatedRecording,
    recording: &Recording,
    thresholds: &Thresholds,
) -> Result<(Option<f32>, Explanation), Error> {
    let (query_s, candidate_s) = (query.duration_s, recording.sound.duration_s);
    if let Some(same) = telling_audio(one.relation, one.same.as_ref()) {
        return Ok((one.score, Explanation::by_audio(same, query_s, candidate_s)));
    }
    if let (Relation::Part, Some(held)) = (one.relation, &one.held) {
        return Ok((Some(held.score), Explanation::by_passage(held)));
    }
    let Some((track, candidate)) = query.track.as_ref().zip(aligned(reader, recording)?) else {
        let by_audio = |same| Explanation::by_audio(same, query_s, candidate_s);
        return Ok((None, one.same.as_ref().map_or_else(|| Explanation::by_word(one.relation), by_audio)));
    };
    let (mut score, mut view, mut words) = (one.score, View::Harmony, None);
    if let Some(asked) = asked {
        (view, words) = view_and_words(reader, (asked, one.recording), thresholds)?;
        if score.is_none() {
            let normalisation = ScoreNormalisation::between(reader, [asked, one.recording].into_iter())?;
            let raw = reprise_matching::score(track, &candidate, &mut Scratch::default()).score;
            score = normalisation.score_of(asked, one.recording, raw);
        }
    }
    let alignment = align_by(view, track, &candidate);
    let explanation = Explanation::by_alignment(alignment, words, query_s, candidate_s);
    Ok((score, explanation.relating(one.relation, thresholds.confidence_of(one.relation, score))))
}

/// The tracks that contain one related recording, explained.
fn explain(
    reader: &Store,
    query: &Query,
    asked: Option<RecordingId>,
    one: &RelatedRecording,
    thresholds: Thresholds,
) -> Result<Vec<Cover>, Error> {
    let recording = reader.recording_in(one.recording)?;
    let Some(recording) = recording.filter(|recording| recording.sound.refused.is_none()) else {
        return Ok(Vec::new());
    };
    let files = reader.tracks_of(&recording.sound.payload)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let (score, explanation) = tell(reader, query, asked, one, &recording, &thresholds)?;
    let confidence = match &one.held {
        Some(held) if one.relation == Relation::Part && one.same.is_none() => held.confidence(&thresholds),
        _ => thresholds.confidence_of(one.relation, score),
    };
    let known = (one.relation, confidence);
    let nature = RenditionEvidence::of(reader, &recording)?;
    let cover = |file| {
        let file = info(file);
        let kinds = nature.claims_beside(&query.beside(), &file, one.relation, one.same.as_ref());
        cover(file, known, score, &explanation, kinds)
    };
    Ok(files.iter().map(cover).collect())
}

fn cover(
    track: TrackInfo,
    (relation, confidence): (Relation, Confidence),
    score: Option<f32>,
    explanation: &Explanation,
    kinds: Vec<Claim>,
) -> Cover {
    Cover {
        track,
        relation,
        confidence,
        score,
        key_shift: explanation.key_shift,
        tempo_ratio: explanation.tempo_ratio,
        spans: explanation.spans.clone(),
        reason: explanation.reason.clone(),
        kinds,
    }
}
