//! Centred scores: what raw scores mean once each side's background is taken off, by harmony and by what is sung.

use std::collections::HashMap;

use reprise_matching::{View, fuse, normalise};
use reprise_store::{Alignment, CohortStatistics, Link, RecordingId, Store};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::{ALIGNER, cohort_statistics};
use crate::relations::thresholds::{LINKED, Thresholds};

/// The backgrounds of a library, to turn raw scores into edges.
pub(crate) struct ScoreNormalisation(HashMap<RecordingId, BothCohortStatistics>);

/// What the scores of one recording are centred on.
#[derive(Debug, Clone, Copy)]
struct BothCohortStatistics {
    harmony: normalise::CohortStatistics,
    /// Of a sung recording whose voice has been related.
    voice: Option<VoiceCohortStatistics>,
}

/// The same for scores by what is sung.
#[derive(Debug, Clone, Copy)]
struct VoiceCohortStatistics {
    scores: normalise::CohortStatistics,
    sung_share: f32,
}

/// What the voices of a pair say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sung {
    /// Their centred score.
    pub edge: f32,
    /// How much it counts, above 0 and up to 1.
    pub weight: f32,
}

impl ScoreNormalisation {
    pub fn of(database: &Database) -> Result<Self, Error> {
        let backgrounds = cohort_statistics(database)?.into_iter();
        Ok(Self::new(backgrounds))
    }

    /// Centres pairs of one recording and some others.
    pub fn between(reader: &Store, ids: impl Iterator<Item = RecordingId>) -> Result<Self, Error> {
        let mut backgrounds = Vec::new();
        for id in ids {
            backgrounds.extend(reader.cohort_statistics_of(id, ALIGNER)?);
        }
        Ok(Self::new(backgrounds.into_iter()))
    }

    fn new(backgrounds: impl Iterator<Item = CohortStatistics>) -> Self {
        Self(backgrounds.map(|one| (one.recording, read(&one))).collect())
    }

    /// By what two recordings of the library were found, see [`Self::view`]; by harmony where they were never aligned.
    pub fn view_between(
        reader: &Store,
        (one, other): (RecordingId, RecordingId),
        thresholds: &Thresholds,
    ) -> Result<View, Error> {
        let Some(pair) = reader.alignment(one, other, ALIGNER)? else { return Ok(View::Harmony) };
        Ok(Self::between(reader, [one, other].into_iter())?.view(&pair, thresholds))
    }

    /// The edge between two recordings, by harmony and, where both voices are known, by what is sung. None while one side
    /// has no background.
    pub fn edge(&self, pair: &Alignment) -> Option<f32> {
        let harmony = self.harmony_edge(pair)?;
        let sung = self.sung(pair);
        Some(sung.map_or(harmony, |sung| fuse::edge(harmony, sung.edge, sung.weight)))
    }

    /// By what the pair was found, which is what its passages and its key are told by: the harmony as long as it says
    /// "version" by itself, else whatever says most. `bands`: what edges mean in the library.
    pub fn view(&self, pair: &Alignment, thresholds: &Thresholds) -> View {
        let (Some(harmony), Some(sung)) = (self.harmony_edge(pair), self.sung(pair)) else {
            return View::Harmony;
        };
        let says_more = sung.edge > harmony && thresholds.is_possible_by_itself(sung.edge);
        if !thresholds.is_likely_by_itself(harmony) && says_more { View::Voice } else { View::Harmony }
    }

    /// The edge by harmony alone: the mean of both centred scores.
    pub fn harmony_edge(&self, pair: &Alignment) -> Option<f32> {
        self.edge_of(pair.a, pair.b, pair.score)
    }

    /// What the voices say, where both are known, have a background and count.
    pub fn sung(&self, pair: &Alignment) -> Option<Sung> {
        let (a, b) = (self.0.get(&pair.a)?.voice?, self.0.get(&pair.b)?.voice?);
        let edge = normalise::edge(pair.voice?.score, &a.scores, &b.scores);
        let weight = fuse::voice_weight(a.sung_share, b.sung_share);
        (weight > 0.0).then_some(Sung { edge, weight })
    }

    /// The edge of two recordings with this raw score, by harmony.
    pub fn edge_of(&self, one: RecordingId, other: RecordingId, score: f32) -> Option<f32> {
        Some(normalise::edge(score, self.get(one)?, self.get(other)?))
    }

    /// The pair as a link, if its edge is enough for one.
    pub fn link(&self, pair: &Alignment) -> Option<Link> {
        let edge = self.edge(pair).filter(|edge| *edge >= LINKED)?;
        Some(Link::new(pair.a, pair.b, edge))
    }

    /// What edges mean among all recordings that have a background.
    pub fn thresholds(reader: &Store) -> Result<Thresholds, Error> {
        Ok(Thresholds::among(reader.cohort_statistics_count(ALIGNER)? as usize))
    }

    /// How many recordings have a background.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The edge between a recording that is not in the library and one that is.
    pub fn edge_with(
        &self,
        score: f32,
        visitor: &normalise::CohortStatistics,
        known: RecordingId,
    ) -> Option<f32> {
        Some(normalise::edge(score, visitor, self.get(known)?))
    }

    /// The background of one recording, by harmony.
    pub fn get(&self, recording: RecordingId) -> Option<&normalise::CohortStatistics> {
        self.0.get(&recording).map(|backgrounds| &backgrounds.harmony)
    }
}

fn read(stored: &CohortStatistics) -> BothCohortStatistics {
    let n = stored.n_library + stored.n_bundled;
    let voice = stored.voice.map(|voice| VoiceCohortStatistics {
        scores: normalise::CohortStatistics { mean: voice.mean, deviation: voice.deviation, n: voice.n },
        sung_share: voice.sung_share,
    });
    BothCohortStatistics {
        harmony: normalise::CohortStatistics { mean: stored.mean, deviation: stored.deviation, n },
        voice,
    }
}
