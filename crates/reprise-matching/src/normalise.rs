//! Makes scores comparable: how far above impostors a pair is.
//!
//! Some tracks are like everything. Each recording therefore has cohort statistics, the distribution of its scores
//! against impostors, and a pair's normalised score is how many deviations its score lies above both cohorts.

/// Deviations below this share of the mean are taken for it: few impostors, or very uniform ones, would otherwise
/// make any score extraordinary.
const SMALLEST_SHARE: f32 = 0.1;

/// Deviations below this are taken for it.
const SMALLEST_DEVIATION: f32 = 0.25;

/// Scores this many deviations above the mean are set aside while the limit is sought.
const SET_ASIDE_BEYOND: f32 = 3.0;

/// Rounds of setting aside; the deviation settles in three.
const ROUNDS: usize = 3;

/// No score counts for more than this many deviations above the mean of what remains. On half of the works of the
/// rendered MIDI archive 6 ranks as well as no limit, and lets a library of 40 tracks use the thresholds of one of 800;
/// compared by training/scripts/compare_normalisation.py.
const LIMIT_DEVIATIONS: f32 = 6.0;

/// The distribution of one recording's scores against impostors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CohortStatistics {
    /// Mean score.
    pub mean: f32,
    /// Standard deviation, floored.
    pub deviation: f32,
    /// How many scores it rests on.
    pub n: u32,
}

impl CohortStatistics {
    /// From scores. The recording's own versions may be among them: scores far above the rest count as the limit, so
    /// that neither their number nor the size of the library moves the scale much, while a recording that is like
    /// many others keeps a wide distribution. Without any, scores are taken as they are.
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

    /// Deviations above the mean.
    pub fn normalised(&self, score: f32) -> f32 {
        (score - self.mean) / self.deviation
    }
}

/// The score that counts as the largest.
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

/// The normalised score of a pair (S-norm): the mean of its score normalised by the cohort of either recording.
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
