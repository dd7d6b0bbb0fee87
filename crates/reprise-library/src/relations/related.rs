//! Combines the evidence about pairs of recordings: decisions, tags, shared audio, passages and scores.

use std::collections::{BTreeMap, HashMap};

use reprise_store::{Decision, PayloadHash, Question, Recording, RecordingId, Store};

use crate::error::Error;
use crate::relations::competition::stored_standing;
use crate::relations::evidence::{Evidence, ONE_SONG};
use crate::relations::heading::Heading;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::{SharedPassage, shared_passages_of};
use crate::relations::same_audio::{SameAudio, of_pair, same_audio_of};
use crate::relations::tagged::{all_tagged, tagged_with};
use crate::relations::thresholds::{Confidence, Relation, Thresholds};

/// A recording that is related to the query.
#[derive(Debug, Clone)]
pub(crate) struct RelatedRecording {
    pub recording: RecordingId,
    /// The standing of the pair; `None` if the pair was not aligned.
    pub score: Option<f32>,
    pub relation: Relation,
    /// The passage, if one recording was found inside the other.
    pub held: Option<SharedPassage>,
    /// The audio that both contain, from the point of view of the query.
    pub same: Option<SameAudio>,
}

/// What is known about the query and another recording.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairEvidence {
    /// The evidence that determines their relation.
    pub evidence: Evidence,
    /// The passage, if one recording was found inside the other.
    pub held: Option<SharedPassage>,
    /// The audio that both contain, from the point of view of the query.
    pub same: Option<SameAudio>,
}

/// The evidence, without scores, about a recording and every other one that is connected with it by a decision, tags,
/// shared audio or a passage.
pub(crate) fn evidence_of(
    reader: &Store,
    recording: &Recording,
    thresholds: &Thresholds,
) -> Result<BTreeMap<RecordingId, PairEvidence>, Error> {
    let mut known: BTreeMap<RecordingId, PairEvidence> = BTreeMap::new();
    let shared = same_audio_of(reader, recording.id)?;
    for (id, tagged) in tagged_with(reader, recording.id, &shared, thresholds)? {
        known.entry(id).or_default().evidence.tagged = Some(tagged);
    }
    for (id, same) in shared {
        let pair = known.entry(id).or_default();
        pair.evidence.shared = Some(same.sameness);
        pair.same = Some(same);
    }
    for (id, held) in shared_passages_of(reader, recording.id)? {
        let pair = known.entry(id).or_default();
        pair.evidence.shares_a_passage = true;
        pair.held = Some(held);
    }
    for (id, is_one_song) in decided_with(reader, &recording.sound.payload)? {
        known.entry(id).or_default().evidence.is_one_song = Some(is_one_song);
    }
    Ok(known)
}

/// The same evidence about all pairs of recordings, lesser row first.
pub(crate) fn all_evidence(
    reader: &Store,
    thresholds: &Thresholds,
) -> Result<HashMap<(RecordingId, RecordingId), Evidence>, Error> {
    let mut known: HashMap<_, Evidence> = HashMap::new();
    let shared = reader.shared_audio()?;
    for (pair, tagged) in all_tagged(reader, &shared, thresholds)? {
        known.entry(pair).or_default().tagged = Some(tagged);
    }
    for pair in shared {
        known.entry((pair.a, pair.b)).or_default().shared = of_pair(&pair).map(|same| same.sameness);
    }
    for passage in reader.passages()? {
        let ends = (passage.container.min(passage.song), passage.container.max(passage.song));
        known.entry(ends).or_default().shares_a_passage = true;
    }
    for Decision { question, is_yes, .. } in reader.decisions()? {
        let Some(b) = question.b().filter(|_| question.word() == ONE_SONG) else { continue };
        if let Some((a, b)) = reader.recording(&question.a())?.zip(reader.recording(&b)?) {
            known.entry((a.id.min(b.id), a.id.max(b.id))).or_default().is_one_song = Some(is_yes);
        }
    }
    Ok(known)
}

/// Pairs that are the same recording from end to end, lesser row first.
pub(crate) fn same_recordings<'a>(
    known: &'a HashMap<(RecordingId, RecordingId), Evidence>,
    thresholds: &'a Thresholds,
) -> impl Iterator<Item = (RecordingId, RecordingId)> + 'a {
    let same = known.iter().filter(|(_, one)| thresholds.relation_of(one) == Relation::Recording);
    same.map(|(pair, _)| *pair)
}

/// The recordings that `scores` or other evidence connect with one, in the order of their rows.
pub(crate) fn related(
    reader: &Store,
    recording: &Recording,
    scores: &HashMap<RecordingId, f32>,
    thresholds: Thresholds,
) -> Result<Vec<RelatedRecording>, Error> {
    let mut known = evidence_of(reader, recording, &thresholds)?;
    for id in scores.keys() {
        known.entry(*id).or_default();
    }
    let mut related = Vec::with_capacity(known.len());
    for (id, PairEvidence { evidence, held, same }) in known {
        let score = match scores.get(&id) {
            Some(score) => Some(*score),
            None => stored_standing(reader, recording.id, id)?,
        };
        let relation = thresholds.relation_of(&Evidence { score, ..evidence });
        related.push(RelatedRecording { recording: id, score, relation, held, same });
    }
    Ok(related)
}

/// Sorts by relation, then by score.
pub(crate) fn best_first(related: &mut [RelatedRecording]) {
    // Under one heading, what is known comes before what is likely.
    let place = |relation: Relation| match relation {
        Relation::Unlikely => (Heading::Possible, false),
        _ => (Heading::of(relation, Confidence::Certain), relation == Relation::Version),
    };
    let score = |one: &RelatedRecording| one.score.unwrap_or(f32::NEG_INFINITY);
    related.sort_by(|a, b| {
        let by_score = place(a.relation).cmp(&place(b.relation)).then(score(b).total_cmp(&score(a)));
        by_score.then(a.recording.cmp(&b.recording))
    });
}

/// Whether two recordings are one song, if the user decided it.
pub(crate) fn decided_between(
    reader: &Store,
    one: PayloadHash,
    other: PayloadHash,
) -> Result<Option<bool>, Error> {
    let Some(question) = Question::pair(ONE_SONG, one, other) else { return Ok(None) };
    Ok(reader.decision(&question)?.map(|decision| decision.is_yes))
}

/// The user's decisions whether a recording is one song with others. Only recordings of music in the library are
/// included.
fn decided_with(reader: &Store, payload: &PayloadHash) -> Result<HashMap<RecordingId, bool>, Error> {
    let mut decided = HashMap::new();
    for Decision { question, is_yes, .. } in reader.decisions_of(payload)? {
        let Some(b) = question.b().filter(|_| question.word() == ONE_SONG) else { continue };
        let other = if question.a() == *payload { b } else { question.a() };
        let music = reader.recording(&other)?.filter(|recording| recording.sound.refused.is_none());
        decided.extend(music.map(|recording| (recording.id, is_yes)));
    }
    Ok(decided)
}

/// Pairs of recordings that are one song by their audio, the user's decision, their tags or their score.
pub(crate) fn version_pairs(reader: &Store) -> Result<Vec<(RecordingId, RecordingId)>, Error> {
    let thresholds = ScoreNormalisation::thresholds(reader)?;
    let mut known = all_evidence(reader, &thresholds)?;
    for link in reader.links_from(thresholds.version())? {
        known.entry((link.a, link.b)).or_default().score = Some(link.standing);
    }
    let one_song = known.into_iter().filter(|(_, one)| thresholds.relation_of(one).is_one_song());
    Ok(one_song.map(|(pair, _)| pair).collect())
}
