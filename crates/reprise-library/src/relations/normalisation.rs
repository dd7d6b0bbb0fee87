//! Score normalisation: turns raw scores into normalised ones by the cohort statistics of both recordings, for harmony
//! and melody.

use std::collections::HashMap;

use reprise_matching::{View, fuse, normalise};
use reprise_store::{Alignment, CohortStatistics, Link, RecordingId, Store};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::{ALIGNER, cohort_statistics};
use crate::relations::personal::fit_in_use;
use crate::relations::thresholds::{LINKED, Thresholds};
use crate::relations::words::score_with_words;

/// The cohort statistics of a library, which turn raw scores into normalised ones.
pub(crate) struct ScoreNormalisation(HashMap<RecordingId, BothCohortStatistics>);

/// The cohort statistics of one recording, for harmony and voice.
#[derive(Debug, Clone, Copy)]
struct BothCohortStatistics {
    harmony: normalise::CohortStatistics,
    /// Present for a sung recording that has been linked by voice.
    voice: Option<VoiceCohortStatistics>,
}

/// The cohort statistics of one recording for scores by melody.
#[derive(Debug, Clone, Copy)]
struct VoiceCohortStatistics {
    scores: normalise::CohortStatistics,
    sung_share: f32,
}

/// The score of a pair by voice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sung {
    /// The normalised score.
    pub score: f32,
    /// The weight of this score, above 0 and at most 1.
    pub weight: f32,
}

impl ScoreNormalisation {
    pub fn of(database: &Database) -> Result<Self, Error> {
        let statistics = cohort_statistics(database)?.into_iter();
        Ok(Self::new(statistics))
    }

    /// The normalisation for pairs of these recordings only.
    pub fn between(reader: &Store, ids: impl Iterator<Item = RecordingId>) -> Result<Self, Error> {
        let mut statistics = Vec::new();
        for id in ids {
            statistics.extend(reader.cohort_statistics_of(id, ALIGNER)?);
        }
        Ok(Self::new(statistics.into_iter()))
    }

    fn new(statistics: impl Iterator<Item = CohortStatistics>) -> Self {
        Self(statistics.map(|one| (one.recording, read(&one))).collect())
    }

    /// The view by which two recordings of the library were found, see [`Self::view`]; harmony if they were not
    /// aligned.
    pub fn view_between(
        reader: &Store,
        (one, other): (RecordingId, RecordingId),
        thresholds: &Thresholds,
    ) -> Result<View, Error> {
        let Some(pair) = reader.alignment(one, other, ALIGNER)? else { return Ok(View::Harmony) };
        Ok(Self::between(reader, [one, other].into_iter())?.view(&pair, thresholds))
    }

    /// The normalised score of two recordings, by harmony and, as far as they are known, by melody and words. `None` if
    /// one of them has no cohort statistics.
    pub fn pair_score(&self, pair: &Alignment) -> Option<f32> {
        Some(score_with_words(self.score_without_words(pair)?, pair.words))
    }

    /// The same without the words.
    pub fn score_without_words(&self, pair: &Alignment) -> Option<f32> {
        let harmony = self.harmony_score(pair)?;
        let sung = self.sung(pair);
        Some(sung.map_or(harmony, |sung| fuse::fused_score(harmony, sung.score, sung.weight)))
    }

    /// The view by which the pair was found, which determines the passages and the key. It is harmony if harmony alone
    /// makes the pair a likely version; otherwise it is the view with the higher score. `thresholds` are those of the
    /// library.
    pub fn view(&self, pair: &Alignment, thresholds: &Thresholds) -> View {
        let (Some(harmony), Some(sung)) = (self.harmony_score(pair), self.sung(pair)) else {
            return View::Harmony;
        };
        let says_more = sung.score > harmony && thresholds.is_possible_by_itself(sung.score);
        if !thresholds.is_likely_by_itself(harmony) && says_more { View::Voice } else { View::Harmony }
    }

    /// The normalised score by harmony alone: the mean over both recordings.
    pub fn harmony_score(&self, pair: &Alignment) -> Option<f32> {
        self.score_of(pair.a, pair.b, pair.score)
    }

    /// The score by voice, if both voices are known and have cohort statistics and its weight is above 0.
    pub fn sung(&self, pair: &Alignment) -> Option<Sung> {
        let (a, b) = (self.0.get(&pair.a)?.voice?, self.0.get(&pair.b)?.voice?);
        let score = normalise::normalised_score(pair.voice?.score, &a.scores, &b.scores);
        let weight = fuse::voice_weight(a.sung_share, b.sung_share);
        (weight > 0.0).then_some(Sung { score, weight })
    }

    /// The normalised score by harmony of two recordings with this raw score.
    pub fn score_of(&self, one: RecordingId, other: RecordingId, score: f32) -> Option<f32> {
        Some(normalise::normalised_score(score, self.get(one)?, self.get(other)?))
    }

    /// The link of a pair, if its normalised score is high enough.
    pub fn link(&self, pair: &Alignment) -> Option<Link> {
        let score = self.pair_score(pair).filter(|score| *score >= LINKED)?;
        Some(Link::new(pair.a, pair.b, score))
    }

    /// The thresholds by which everything is shown: the shipped ones, with the user's personal calibration on top if
    /// one is in use.
    pub fn thresholds(reader: &Store) -> Result<Thresholds, Error> {
        let shipped = Self::shipped_thresholds(reader)?;
        Ok(fit_in_use(reader)?.map_or(shipped, |personal| shipped.with(personal)))
    }

    /// The shipped thresholds for a library with as many recordings as have cohort statistics. What is stored for good
    /// is derived by these, so that it does not depend on what the user had answered at that time.
    pub fn shipped_thresholds(reader: &Store) -> Result<Thresholds, Error> {
        Ok(Thresholds::among(reader.cohort_statistics_count(ALIGNER)? as usize))
    }

    /// How many recordings have cohort statistics.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The normalised score of an external file and a recording of the library.
    pub fn score_with(
        &self,
        score: f32,
        external: &normalise::CohortStatistics,
        known: RecordingId,
    ) -> Option<f32> {
        Some(normalise::normalised_score(score, external, self.get(known)?))
    }

    /// The cohort statistics of one recording, by harmony.
    pub fn get(&self, recording: RecordingId) -> Option<&normalise::CohortStatistics> {
        self.0.get(&recording).map(|statistics| &statistics.harmony)
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
