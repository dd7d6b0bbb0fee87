//! One pair of the review: all that the user needs to know to answer.

use reprise_store::TrackId;

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::track_info::TrackInfo;
use crate::relations::heading::Heading;
use crate::relations::normalisation::ScoreNormalisation;
use crate::versions::compare::{Matching, compare};

/// Two tracks that the user is asked about.
#[derive(Debug, Clone)]
pub struct ReviewPair {
    /// The first track.
    pub a: TrackInfo,
    /// The second track, the candidate of `matching`.
    pub b: TrackInfo,
    /// Their relation: confidence, passages, key, tempo and reason. `None` if one of them cannot be matched and they
    /// share no audio.
    pub matching: Option<Matching>,
    /// The probability that two tracks of this standing are one song, 0 to 1; `None` without a standing.
    pub probability: Option<f32>,
}

impl ReviewPair {
    /// The heading that the second track is listed under among the versions of the first.
    pub fn heading(&self) -> Option<Heading> {
        self.matching.as_ref().map(|one| Heading::of(one.relation, one.confidence))
    }
}

pub(crate) fn review_pair(database: &Database, a: TrackId, b: TrackId) -> Result<ReviewPair, Error> {
    let (a, b) = (known_track(database, a)?, known_track(database, b)?);
    let comparison = compare(database, &a.path, &b.path)?;
    let thresholds = ScoreNormalisation::thresholds(&*database.reader()?)?;
    let score = comparison.matching.as_ref().and_then(|matching| matching.score);
    Ok(ReviewPair {
        a: comparison.query.track,
        b: comparison.candidate.track,
        probability: score.map(|score| thresholds.probability(score)),
        matching: comparison.matching,
    })
}
