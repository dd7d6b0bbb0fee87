//! Makes scores comparable: how far above strangers a pair is.
//!
//! Some tracks are like everything. Each recording therefore has a background, the distribution of its scores against
//! strangers, and a pair's edge is how many deviations its score lies above both backgrounds.

/// Deviations below this share of the mean are taken for it: few strangers, or very uniform ones, would otherwise
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
/// compared by training/scripts/compare_centring.py.
const LIMIT_DEVIATIONS: f32 = 6.0;

/// The distribution of one recording's scores against strangers.
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
    /// many others keeps a wide background. Without any, scores are taken as they are.
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
    pub fn centred(&self, score: f32) -> f32 {
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

/// The edge of a pair: the mean of its score centred on either background.
pub fn edge(score: f32, one: &CohortStatistics, other: &CohortStatistics) -> f32 {
    0.5 * (one.centred(score) + other.centred(score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_mean_and_deviation() {
        let background = CohortStatistics::of([2.0f32, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter());
        assert_eq!((background.mean, background.deviation, background.n), (5.0, 2.0, 8));
        assert_eq!(background.centred(9.0), 2.0);
    }

    #[test]
    fn a_recording_s_own_versions_hardly_move_its_scale() {
        let strangers: Vec<f32> = (0..100).map(|i| 4.0 + (i % 10) as f32 * 0.3).collect();
        let alone = CohortStatistics::of(strangers.iter().copied());
        let with_versions = CohortStatistics::of(strangers.iter().copied().chain([40.0, 60.0]));
        let ratio = with_versions.deviation / alone.deviation;
        assert!((1.0..1.4).contains(&ratio), "two versions among a hundred strangers: {ratio}");
        let mixed: Vec<f32> = strangers.iter().copied().chain([40.0, 60.0]).collect();
        assert!(
            mean_and_deviation(&mixed).1 / alone.deviation > 5.0,
            "without the limit they would drown them"
        );
    }

    #[test]
    fn uniform_strangers_do_not_make_a_small_difference_extraordinary() {
        let background = CohortStatistics::of([10.0f32; 50].into_iter());
        assert_eq!(background.deviation, 1.0, "a tenth of the mean is the least");
        assert_eq!(CohortStatistics::of(std::iter::empty()).centred(3.0), 3.0);
    }

    #[test]
    fn an_edge_does_not_depend_on_who_asks() {
        let (a, b) = (
            CohortStatistics { mean: 3.0, deviation: 1.0, n: 9 },
            CohortStatistics { mean: 5.0, deviation: 2.0, n: 9 },
        );
        assert_eq!(edge(7.0, &a, &b), edge(7.0, &b, &a));
        assert_eq!(edge(7.0, &a, &b), 2.5);
    }
}
