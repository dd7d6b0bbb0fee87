//! Makes scores comparable: how far a pair's score lies above those of impostors.
//!
//! Some tracks are similar to everything. Each recording therefore has cohort statistics: mean and deviation of its
//! scores against impostors. The normalised score of a pair is how many standard deviations its score lies above the
//! cohort, as the mean over both recordings.

/// The smallest deviation, as a share of the mean. Without it, a few impostors or very uniform ones would make any
/// score extraordinary.
const SMALLEST_SHARE: f32 = 0.1;

/// The smallest deviation, as a score.
const SMALLEST_DEVIATION: f32 = 0.25;

/// Scores more than this many deviations above the mean are left out while the limit is computed.
const SET_ASIDE_BEYOND: f32 = 3.0;

/// How often such scores are left out; the deviation settles in three rounds.
const ROUNDS: usize = 3;

/// No score counts for more than this many deviations above the mean of the remaining scores. On half of the works of
/// the rendered MIDI archive, 6 ranks as well as no limit and lets a library of 40 tracks use the thresholds of one of
/// 800; training/scripts/compare_normalisation.py compares the values.
const LIMIT_DEVIATIONS: f32 = 6.0;

/// The distribution of one recording's scores against impostors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CohortStatistics {
    /// Mean score.
    pub mean: f32,
    /// Standard deviation, not below a floor.
    pub deviation: f32,
    /// Number of scores that it was computed from.
    pub n: u32,
}

impl CohortStatistics {
    /// Computes the statistics of scores. The recording's own versions may be among them: scores far above the rest
    /// count as the limit. Neither the number of versions nor the size of the library therefore moves the scale much,
    /// while a recording that is similar to many others keeps a wide distribution. Without scores, mean 0 and deviation
    /// 1 leave every score as it is.
    pub fn of(scores: impl Iterator<Item = f32>) -> Self {
        let mut scores: Vec<f32> = scores.collect();
        if scores.is_empty() {
            return Self { mean: 0.0, deviation: 1.0, n: 0 };
        }
        let limit = limit(scores.clone());
        scores.iter_mut().for_each(|score| *score = score.min(limit));
        let (mean, deviation) = mean_and_deviation(&scores);
        let floor = SMALLEST_DEVIATION.max(SMALLEST_SHARE * mean);
        Self { mean, deviation: deviation.max(floor), n: scores.len() as u32 }
    }

    /// Returns how many deviations the score lies above the mean.
    pub fn normalised(&self, score: f32) -> f32 {
        (score - self.mean) / self.deviation
    }
}

/// Returns the limit: higher scores count as this score.
fn limit(mut scores: Vec<f32>) -> f32 {
    for _ in 0..ROUNDS {
        let (mean, deviation) = mean_and_deviation(&scores);
        scores.retain(|score| *score <= mean + SET_ASIDE_BEYOND * deviation);
    }
    let (mean, deviation) = mean_and_deviation(&scores);
    mean + LIMIT_DEVIATIONS * deviation
}

fn mean_and_deviation(scores: &[f32]) -> (f32, f32) {
    let n = scores.len() as f64;
    let mean = scores.iter().map(|score| f64::from(*score)).sum::<f64>() / n;
    let squares = scores.iter().map(|score| (f64::from(*score) - mean).powi(2)).sum::<f64>();
    (mean as f32, (squares / n).sqrt() as f32)
}

/// Returns the normalised score of a pair (S-norm): the mean of its score normalised by either recording's cohort.
pub fn normalised_score(score: f32, one: &CohortStatistics, other: &CohortStatistics) -> f32 {
    0.5 * (one.normalised(score) + other.normalised(score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_mean_and_deviation() {
        let statistics = CohortStatistics::of([2.0f32, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter());
        assert_eq!((statistics.mean, statistics.deviation, statistics.n), (5.0, 2.0, 8));
        assert_eq!(statistics.normalised(9.0), 2.0);
    }

    #[test]
    fn a_recording_s_own_versions_hardly_move_its_scale() {
        let impostors: Vec<f32> = (0..100).map(|i| 4.0 + (i % 10) as f32 * 0.3).collect();
        let alone = CohortStatistics::of(impostors.iter().copied());
        let with_versions = CohortStatistics::of(impostors.iter().copied().chain([40.0, 60.0]));
        let ratio = with_versions.deviation / alone.deviation;
        assert!((1.0..1.4).contains(&ratio), "two versions among a hundred impostors: {ratio}");
        let mixed: Vec<f32> = impostors.iter().copied().chain([40.0, 60.0]).collect();
        assert!(
            mean_and_deviation(&mixed).1 / alone.deviation > 5.0,
            "without the limit they would drown them"
        );
    }

    #[test]
    fn uniform_strangers_do_not_make_a_small_difference_extraordinary() {
        let statistics = CohortStatistics::of([10.0f32; 50].into_iter());
        assert_eq!(statistics.deviation, 1.0, "a tenth of the mean is the least");
        assert_eq!(CohortStatistics::of(std::iter::empty()).normalised(3.0), 3.0);
    }

    #[test]
    fn a_normalised_score_does_not_depend_on_who_asks() {
        let (a, b) = (
            CohortStatistics { mean: 3.0, deviation: 1.0, n: 9 },
            CohortStatistics { mean: 5.0, deviation: 2.0, n: 9 },
        );
        assert_eq!(normalised_score(7.0, &a, &b), normalised_score(7.0, &b, &a));
        assert_eq!(normalised_score(7.0, &a, &b), 2.5);
    }
}
